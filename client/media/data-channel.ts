// Opaque bytes over LiveKit's data channel (A1): sealed before they come here, judged after they leave. Reliable and in order, as far
// as LiveKit is; what is sent while there is no connection is lost, and whoever needs it sends again.
import { RoomEvent, type Room } from 'livekit-client';
import type { Bytes } from '../../crypto/bytes.ts';

/** A2; longer ones are nobody's. */
const maxBytes = 16 * 1024;

export class DataChannel {
  readonly #listeners = new Set<(data: Bytes, from: string | null) => void>();

  listen(room: Room): void {
    room.on(RoomEvent.DataReceived, (data, participant) => {
      if (data.length > maxBytes) return;
      for (const listener of this.#listeners) listener(new Uint8Array(data), participant?.identity ?? null);
    });
  }

  onData(listener: (data: Bytes, from: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(room: Room | null, data: Bytes, to: readonly string[] | null): void {
    const destination = to === null ? {} : { destinationIdentities: [...to] };
    const sending = room?.localParticipant.publishData(data, { reliable: true, ...destination });
    sending?.catch(() => undefined);
  }
}
