// LiveKit's signalling with lies in it: stands on the WebSocket between somebody's page and the server, and can change what the server says
// of people and tracks, and of codecs in its SDP, whenever a test wants it to.
import { ParticipantInfo, SignalResponse, type SessionDescription } from '@livekit/protocol';
import type { BrowserContext, WebSocketRoute } from 'playwright-core';
import { until } from '../../client/e2e/harness/wait.ts';

/** Changes what the server says of somebody, and of that person's tracks. */
export type Lie = (info: ParticipantInfo) => void;

const truth: Lie = () => undefined;

/** Who is who, exchanged: what is `one`'s is called `other`'s, and the other way round. */
export function swapped(one: string, other: string): Lie {
  return (info) => {
    if (info.identity === one) info.identity = other;
    else if (info.identity === other) info.identity = one;
  };
}

export class LyingSignal {
  readonly #latest = new Map<string, Uint8Array>();
  #socket: WebSocketRoute | null = null;
  #lie = truth;
  /** Changes the server's SDP; null: not. */
  #sdp: ((sdp: string) => string) | null = null;
  /** So many descriptions were changed. */
  changedSdps = 0;

  /** For `Person.sitDown`: every connection of the page goes through here. */
  readonly prepare = (context: BrowserContext): Promise<void> =>
    context.routeWebSocket(/\/rtc/, (socket) => {
      this.#socket = socket;
      const server = socket.connectToServer();
      server.onMessage((message) =>
        socket.send(typeof message === 'string' ? message : this.#rewrite(message)),
      );
    });

  /** From the next connection on. */
  lieToWhoComes(lie: Lie): void {
    this.#lie = lie;
  }

  /** Nothing but the truth from the next connection on. */
  forget(): void {
    this.#lie = truth;
  }

  /** From now on the server's SDP is changed so. */
  lieInSdp(change: ((sdp: string) => string) | null): void {
    this.#sdp = change;
  }

  /** From now on the server says this, and says it at once of everybody who is there. */
  async lie(lie: Lie): Promise<void> {
    this.#lie = lie;
    const socket = await until(() => this.#socket, { what: 'the page has a signalling connection' });
    const participants = [...this.#latest.values()].map((bytes) =>
      this.#told(ParticipantInfo.fromBinary(bytes)),
    );
    const response = new SignalResponse({ message: { case: 'update', value: { participants } } });
    socket.send(Buffer.from(response.toBinary()));
  }

  /** Nothing but the truth again, told at once. */
  stop(): Promise<void> {
    return this.lie(truth);
  }

  #rewrite(message: Buffer): Buffer {
    const response = SignalResponse.fromBinary(new Uint8Array(message));
    const { message: inner } = response;
    if (inner.case === 'join') inner.value.otherParticipants = this.#all(inner.value.otherParticipants);
    else if (inner.case === 'update') inner.value.participants = this.#all(inner.value.participants);
    else if (inner.case === 'answer' || inner.case === 'offer') this.#describe(inner.value);
    else return message;
    return Buffer.from(response.toBinary());
  }

  #describe(description: SessionDescription): void {
    const sdp = this.#sdp?.(description.sdp) ?? description.sdp;
    if (sdp !== description.sdp) this.changedSdps++;
    description.sdp = sdp;
  }

  #all(participants: readonly ParticipantInfo[]): ParticipantInfo[] {
    return participants.map((info) => {
      this.#latest.set(info.identity, info.toBinary());
      return this.#told(info);
    });
  }

  #told(info: ParticipantInfo): ParticipantInfo {
    this.#lie(info);
    return info;
  }
}
