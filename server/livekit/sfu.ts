// The media server as the service sees it. `room-service.ts` is the real one; nothing else in the service knows
// livekit-server-sdk's client. Every method rejects with `AppError('livekit_unavailable')` if LiveKit does not answer.

export interface Sfu {
  /** Makes the room of a call, or does nothing if it is there. */
  createRoom(name: string): Promise<void>;
  /** Ends a room with everybody in it; fine if it is gone already. */
  deleteRoom(name: string): Promise<void>;
  /** Takes a participant out; fine if they are gone already. */
  removeParticipant(room: string, livekitIdentity: string): Promise<void>;
  /** Lets a participant send sound and pictures, or no longer; fine if they are not there. */
  permit(room: string, livekitIdentity: string, maySpeak: boolean): Promise<void>;
  /** Which of these rooms exist. */
  listRooms(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** LiveKit identities that are in a room; none for a room that does not exist. */
  listParticipants(room: string): Promise<readonly string[]>;
}
