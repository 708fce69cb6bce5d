// What keeps a headless member's place and carries its sealed messages: signal.ts for a crowd, participant.ts for a few.
import type { Bytes } from '../../../crypto/bytes.ts';

export interface Presence {
  /** Sends opaque bytes to these LiveKit identities, or to everybody with null (A1). Lost where there is no data channel. */
  send(message: Bytes, to: readonly string[] | null): void;
  close(): void;
  /** Where LiveKit's patience ends before the member does. Resolves when LiveKit has answered. */
  renew(): Promise<void>;
}

export interface PresenceListeners {
  onMessage(message: Bytes, from: string | null): void;
  /** LiveKit identities of those who publish something. */
  onSenders(livekitIdentities: ReadonlySet<string>): void;
}

/** `signal`: listed by LiveKit, without a peer connection. `whole`: a real participant with a data channel, without media. */
export type PresenceKind = 'signal' | 'whole';
