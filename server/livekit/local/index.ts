// A LiveKit server for this machine: which one (find.mjs), made how (build.ts), run how (start.ts). Used by `npm start`, `npm test`
// and the browser tests.
export { ensureLivekit, type EnsureOptions } from './build.ts';
export { existingLivekit, findGo, findLivekit, pinned } from './find.mjs';
export { keyFileName } from './keys.ts';
export { defaultPort, defaultUdpPort } from './ports.mjs';
export { startLocalLivekit, type LocalLivekit, type LocalLivekitOptions } from './start.ts';
