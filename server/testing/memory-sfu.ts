// A media server that lives in memory, for tests that need to say who is in a room at which moment. It passes the same
// tests as the real one (livekit/sfu.test.ts), and can be switched off.
import { AppError } from '../errors.ts';
import type { Sfu } from '../livekit/sfu.ts';

export interface MemorySfu extends Sfu {
  readonly rooms: Map<string, Set<string>>;
  isDown: boolean;
  /** What `permit` said last, by LiveKit identity. */
  readonly mayPublish: Map<string, boolean>;
  /** A participant connects. False if there is no such room. */
  enter(room: string, livekitIdentity: string): boolean;
  /** A participant's connection is lost. */
  vanish(room: string, livekitIdentity: string): void;
}

export function createMemorySfu(): MemorySfu {
  const rooms = new Map<string, Set<string>>();
  const mayPublish = new Map<string, boolean>();
  const sfu: MemorySfu = {
    rooms,
    mayPublish,
    isDown: false,
    enter: (room, livekitIdentity) => rooms.get(room)?.add(livekitIdentity) !== undefined,
    vanish: (room, livekitIdentity) => {
      rooms.get(room)?.delete(livekitIdentity);
    },
    createRoom: (name) =>
      answer(() => {
        rooms.set(name, rooms.get(name) ?? new Set());
      }),
    deleteRoom: (name) =>
      answer(() => {
        rooms.delete(name);
      }),
    removeParticipant: (room, livekitIdentity) =>
      answer(() => {
        rooms.get(room)?.delete(livekitIdentity);
      }),
    permit: (room, livekitIdentity, maySpeak) =>
      answer(() => {
        if (rooms.get(room)?.has(livekitIdentity)) mayPublish.set(livekitIdentity, maySpeak);
      }),
    listRooms: (names) => answer(() => new Set(names.filter((name) => rooms.has(name)))),
    listParticipants: (room) => answer(() => [...(rooms.get(room) ?? [])]),
  };
  function answer<T>(work: () => T): Promise<T> {
    return sfu.isDown
      ? Promise.reject(new AppError('livekit_unavailable', { retryAfterSeconds: 2 }))
      : Promise.resolve(work());
  }
  return sfu;
}
