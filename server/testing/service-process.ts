// The service as a process of its own, for tests that kill it and for figures: the configured store, and a media server in which everybody
// who has a place is connected. Prints its address. remote.ts starts it.
import { buildApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { openStore } from '../store/open.ts';
import { createMemorySfu } from './memory-sfu.ts';

const config = loadConfig(process.env);
const store = await openStore(config);
const app = await buildApp(config, {
  store,
  sfu: {
    ...createMemorySfu(),
    listRooms: (names) => Promise.resolve(new Set(names)),
    listParticipants: async (room) =>
      (await store.calls.places(room)).map(({ livekitIdentity }) => livekitIdentity),
  },
});
process.stdout.write(`${await app.listen({ host: config.host, port: config.port })}\n`);
