// A headless member as a whole LiveKit participant without media: peer connections and a data channel by @livekit/rtc-node, subscribed to
// nothing. Costs about 2 ms of CPU a second each, so it is for calls of ten; a crowd has signal.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { Room, RoomEvent } from '@livekit/rtc-node';
import type { Bytes } from '../../../crypto/bytes.ts';
import type { LivekitTicket } from '../../api/schemas.ts';
import type { Presence, PresenceListeners } from './presence.ts';

/** On a busy machine rtc-node loses rooms whose connection took too long. */
const tries = 5;
const retryMs = 500;

export class ParticipantPresence implements Presence {
  readonly #listeners: PresenceListeners;
  readonly #room: Promise<Room | null>;
  #isClosed = false;

  constructor(ticket: Pick<LivekitTicket, 'url' | 'token'>, listeners: PresenceListeners) {
    this.#listeners = listeners;
    this.#room = this.#connect(ticket);
  }

  send(message: Bytes, to: readonly string[] | null): void {
    const options = { reliable: true, ...(to === null ? {} : { destination_identities: [...to] }) };
    this.#room.then((room) => room?.localParticipant?.publishData(message, options)).catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#room.then((room) => room?.disconnect()).catch(() => undefined);
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  async #connect({ url, token }: Pick<LivekitTicket, 'url' | 'token'>): Promise<Room | null> {
    for (let attempt = 0; attempt < tries && !this.#isClosed; attempt++) {
      const room = this.#listenIn(new Room());
      try {
        await room.connect(url, token, { autoSubscribe: false, dynacast: false });
        this.#tellSenders(room);
        return room;
      } catch {
        await pause(retryMs);
      }
    }
    return null;
  }

  #listenIn(room: Room): Room {
    const tell = (): void => this.#tellSenders(room);
    return room
      .on(RoomEvent.DataReceived, (data, participant) =>
        this.#listeners.onMessage(new Uint8Array(data), participant?.identity ?? null),
      )
      .on(RoomEvent.TrackPublished, tell)
      .on(RoomEvent.TrackUnpublished, tell)
      .on(RoomEvent.ParticipantDisconnected, tell);
  }

  #tellSenders({ remoteParticipants }: Room): void {
    const senders = [...remoteParticipants.values()].filter((one) => one.trackPublications.size > 0);
    this.#listeners.onSenders(new Set(senders.map(({ identity }) => identity)));
  }
}
