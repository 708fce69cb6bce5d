// LiveKit's signalling with lies in it: stands on the WebSocket between somebody's page and the server, and can change what the server says
// of people and tracks, whenever a test wants it to.
import { ParticipantInfo, SignalResponse } from '@livekit/protocol';
import type { BrowserContext, WebSocketRoute } from 'playwright-core';
import { until } from '../../client/e2e/harness/wait.ts';

/** Changes what the server says of somebody, and of that person's tracks. */
export type Lie = (info: ParticipantInfo) => void;

const truth: Lie = () => undefined;

export class LyingSignal {
  readonly #latest = new Map<string, Uint8Array>();
  #socket: WebSocketRoute | null = null;
  #lie = truth;

  /** For `Person.sitDown`: every connection of the page goes through here. */
  readonly prepare = (context: BrowserContext): Promise<void> =>
    context.routeWebSocket(/\/rtc/, (socket) => {
      this.#socket = socket;
      const server = socket.connectToServer();
      server.onMessage((message) =>
        socket.send(typeof message === 'string' ? message : this.#rewrite(message)),
      );
    });

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
    else return message;
    return Buffer.from(response.toBinary());
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
