// A headless member's connection to LiveKit: its signal socket, and no media. LiveKit lists such a participant like any other, so its
// place is `present` (L3), but lets go of one without a peer connection after a minute: crowd.ts has them all opened anew before
// that, between two measurements, with the token that LiveKit itself hands out for coming back.
import { SignalResponse } from '@livekit/protocol';
import type { LivekitTicket } from '../../api/schemas.ts';

/** The oldest protocol, in which the peer connection waits for the client: from 3 on LiveKit gives up after 15 s. */
const protocol = 2;
const retryMs = 300;

export class SignalPresence {
  readonly #url: string;
  #token: string;
  #socket: WebSocket | null = null;
  #isClosed = false;

  constructor(ticket: Pick<LivekitTicket, 'url' | 'token'>) {
    this.#url = ticket.url;
    this.#token = ticket.token;
    void this.reopen();
  }

  /** Joins (again). Resolves when LiveKit has answered. */
  reopen(): Promise<void> {
    return new Promise((resolve) => this.#open(resolve));
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  #open(joined: () => void): void {
    if (this.#isClosed) {
      joined();
      return;
    }
    const query = new URLSearchParams({
      access_token: this.#token,
      auto_subscribe: '0',
      protocol: `${protocol}`,
    });
    const socket = new WebSocket(`${this.#url}/rtc?${query.toString()}`);
    const former = this.#socket;
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      const { message } = SignalResponse.fromBinary(new Uint8Array(data));
      if (message.case === 'refreshToken') this.#token = message.value;
      if (message.case !== 'join') return;
      former?.close();
      joined();
    };
    socket.onclose = () => {
      if (this.#socket === socket) setTimeout(() => this.#open(joined), retryMs);
    };
  }
}
