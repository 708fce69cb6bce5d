// The media of one call over livekit-client: connects, publishes, receives and counts (M1–M5). The only file through which
// the rest of the client reaches LiveKit; imported dynamically, so that livekit-client is its own chunk.
import type { MediaRoom } from './types.ts';

export type VideoCodec = 'vp8' | 'vp9' | 'h264' | 'av1';

export interface MediaRoomOptions {
  /** What the camera and the screen are encoded with. Default `vp8`, which every browser can decode. */
  readonly videoCodec?: VideoCodec;
}

/** The media of one call, not yet connected. */
export function createMediaRoom(_options: MediaRoomOptions = {}): MediaRoom {
  throw new Error('not built yet');
}
