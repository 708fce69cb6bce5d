// A headless member's connection to LiveKit in a crowd: its signal socket, and no peer connection. LiveKit lists such a participant like
// any other, so its place is `present` (L3), but lets go of one that never connects after a minute: crowd.ts has them all renewed
// before that, between two measurements, with the token that LiveKit itself hands out for coming back; where a measurement takes longer,
// each renews itself, or the crowd would lose its places in the middle of it. No data channel.
import { setTimeout as pause } from 'node:timers/promises';
import { SignalResponse, type ParticipantInfo } from '@livekit/protocol';
import { WebSocket, type MessageEvent } from 'ws';
import type { LivekitTicket } from '../../api/schemas.ts';
import type { Presence, PresenceListeners } from './presence.ts';

/** The oldest protocol, in which the peer connection waits for the client: from 3 on LiveKit gives up after 15 s. */
const protocol = 2;
const retryMs = 300;
/** Before LiveKit's minute is over, and not all at once. */
const ownRenewalMs = (): number => 40_000 + Math.random() * 10_000;
/** Then whoever waits goes on without it: a token that ran out is refused for ever. */
const mostTries = 20;
const patienceMs = 10_000;

export class SignalPresence implements Presence {
  readonly #url: string;
  readonly #listeners: PresenceListeners;
  readonly #senders = new Set<string>();
  #token: string;
  #socket: WebSocket | null = null;
  #nextRenewal: NodeJS.Timeout | undefined;
  /** One at a time: LiveKit would end the first for the second. */
  #renewal: Promise<void> | null = null;
  #isClosed = false;

  constructor(ticket: Pick<LivekitTicket, 'url' | 'token'>, listeners: PresenceListeners) {
    this.#url = ticket.url;
    this.#token = ticket.token;
    this.#listeners = listeners;
    void this.renew();
  }

  send(): void {
    // Lost, as with any participant whose data channel is not up.
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#nextRenewal);
    this.#socket?.close();
  }

  renew(): Promise<void> {
    this.#renewal ??= this.#connect().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #connect(): Promise<void> {
    for (let tries = 0; tries < mostTries && !this.#isClosed; tries++) {
      if (await this.#attempt()) return;
      await pause(retryMs);
    }
  }

  /** Resolves with whether LiveKit let it in; the former socket is closed only then. */
  #attempt(): Promise<boolean> {
    const query = new URLSearchParams({
      access_token: this.#token,
      auto_subscribe: '0',
      protocol: `${protocol}`,
    });
    // Uncompressed: on one machine there is nothing to save, and four processes would unpack what browsers do by the way.
    const socket = new WebSocket(`${this.#url}/rtc?${query.toString()}`, { perMessageDeflate: false });
    socket.binaryType = 'arraybuffer';
    return new Promise((resolve) => {
      const tooLong = setTimeout(() => socket.close(), patienceMs);
      socket.onmessage = ({ data }: MessageEvent) => {
        const { message } = SignalResponse.fromBinary(new Uint8Array(data as ArrayBuffer));
        if (message.case === 'refreshToken') this.#token = message.value;
        if (message.case === 'update') this.#note(message.value.participants);
        if (message.case !== 'join') return;
        clearTimeout(tooLong);
        this.#note(message.value.otherParticipants);
        this.#take(socket);
        resolve(true);
      };
      // A close follows.
      socket.onerror = () => undefined;
      socket.onclose = () => {
        clearTimeout(tooLong);
        resolve(false);
        // While it is being renewed LiveKit ends the former by itself.
        const isLost = this.#socket === socket && this.#renewal === null && !this.#isClosed;
        if (isLost) setTimeout(() => void this.renew(), retryMs);
      };
    });
  }

  #take(socket: WebSocket): void {
    const former = this.#socket;
    this.#socket = socket;
    former?.close();
    clearTimeout(this.#nextRenewal);
    if (this.#isClosed) socket.close();
    else this.#nextRenewal = setTimeout(() => void this.renew(), ownRenewalMs());
  }

  #note(participants: readonly ParticipantInfo[]): void {
    for (const { identity, tracks } of participants) {
      if (tracks.length > 0) this.#senders.add(identity);
      else this.#senders.delete(identity);
    }
    this.#listeners.onSenders(this.#senders);
  }
}
