// What the messages of the others show of them (protocol.md A5, A6): whether they hold the keys that I hold, and what they say about
// themselves, whatever the service shows. Judged by what opened and what did not; LiveKit's word on who sent something counts
// only for what did not.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import type { Clock, Timer } from '../api/clock.ts';
import type { PictureCodec, StreamMap } from './message-content.ts';

/** Heartbeats that may fail to come before somebody is called stale. */
const missedBeats = 2.5;
/** Messages that do not open, before somebody is called apart: one may be damage. */
const leastUnopened = 2;
/** While somebody is apart, the log is read again this often. */
const apartGapMs = 1_100;

/**
 * `well` says so itself, in my epoch; `stale` was not heard in my epoch for two and a half heartbeats, or speaks in an older one; `apart`
 * speaks in my epoch or a later one in a way that does not open: the service shows us different histories. `forked`: has another history of
 * the group than I (A9, histories.ts).
 */
export type PeerHealth = 'well' | 'stale' | 'apart' | 'forked';

export interface PeerStatus {
  readonly health: PeerHealth;
  /** As it says itself; null while it has not. */
  readonly isMuted: boolean | null;
  /** It sends nothing until it has verified everybody (C18). */
  readonly isWithholding: boolean;
  /** What it can decode besides VP8, as it says itself (M7); null while it has not. */
  readonly decodes: readonly PictureCodec[] | null;
  /** Number of the raised hand (A7); 0: it is down. */
  readonly hand: number;
  readonly streams: StreamMap;
}

/** What somebody says of what they send. */
interface OwnWord {
  readonly isMuted: boolean;
  readonly isWithholding: boolean;
  readonly decodes: readonly PictureCodec[];
  readonly hand: number;
  readonly streams: StreamMap;
}

interface Peer {
  /** When it last proved to be in my epoch, or came. */
  wellAtMs: number;
  unopened: number;
  isBehind: boolean;
  /** The same object as long as it says the same. */
  status: PeerStatus;
}

/** Of somebody who has said nothing yet. */
const silent: PeerStatus = {
  ...{ health: 'well', isMuted: null, isWithholding: false, decodes: null, hand: 0, streams: {} },
};

export interface PeersParts {
  readonly clock: Clock;
  readonly onPeers: (peers: ReadonlyMap<string, PeerStatus>) => void;
  readonly onDoubt: () => void;
}

export class Peers {
  readonly #parts: PeersParts;
  readonly #peers = new Map<string, Peer>();
  #everyMs = 10_000;
  #timer: Timer | null = null;
  /** Somebody says something else than what was told last, came or went; at first, also that nobody is there. */
  #isNew = true;

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  /** A new epoch with these other leaves: everybody has until the next heartbeats to show that they are in it. */
  enter(others: readonly Leaf[], everyMs: number): void {
    this.#everyMs = everyMs;
    const nowMs = this.#parts.clock.now();
    const names = new Set(others.map(({ livekitIdentity }) => livekitIdentity));
    for (const name of this.#peers.keys()) if (!names.has(name)) this.#isNew = this.#peers.delete(name);
    const fresh = { wellAtMs: nowMs, unopened: 0, isBehind: false };
    for (const name of names) {
      const known = this.#peers.get(name);
      if (known !== undefined) {
        Object.assign(known, fresh);
        continue;
      }
      this.#peers.set(name, { ...fresh, status: silent });
      this.#isNew = true;
    }
    this.#judge();
  }

  heard(name: string): void {
    const peer = this.#peers.get(name);
    if (!peer) return;
    Object.assign(peer, { wellAtMs: this.#parts.clock.now(), unopened: 0, isBehind: false });
    this.#judge();
  }

  told(
    name: string,
    { transcriptHash, ...said }: OwnWord & { readonly transcriptHash: Bytes },
    mine: Bytes,
  ): void {
    const peer = this.#peers.get(name);
    if (!peer) return;
    const { isMuted, isWithholding, decodes, hand, streams } = said;
    this.#say(peer, { ...{ health: peer.status.health, isMuted, isWithholding, decodes, hand, streams } });
    // Whoever shares the keys shares the history: this cannot happen unless somebody's client is broken.
    if (!equal(transcriptHash, mine)) peer.unopened = leastUnopened;
    this.#judge();
  }

  /** Something that LiveKit says is from `name` did not open in my epoch. */
  unopened(name: string | null): void {
    const peer = this.#peers.get(name ?? '');
    if (!peer) return;
    peer.unopened++;
    this.#judge();
  }

  /** Speaks in an epoch that I have left. */
  behind(name: string | null): void {
    const peer = this.#peers.get(name ?? '');
    if (!peer || this.#parts.clock.now() - peer.wellAtMs < this.#everyMs) return;
    peer.isBehind = true;
    this.#judge();
  }

  /** Speaks in an epoch or generation that is not here. */
  ahead(name: string | null): void {
    const peer = this.#peers.get(name ?? '');
    if (!peer || this.#parts.clock.now() - peer.wellAtMs < this.#everyMs) return;
    peer.unopened = leastUnopened;
    this.#judge();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #judge(): void {
    const nowMs = this.#parts.clock.now();
    const limitMs = missedBeats * this.#everyMs;
    let nextMs = Number.POSITIVE_INFINITY;
    let isApart = false;
    for (const peer of this.#peers.values()) {
      const quietMs = nowMs - peer.wellAtMs;
      const health: PeerHealth =
        peer.unopened >= leastUnopened ? 'apart' : peer.isBehind || quietMs >= limitMs ? 'stale' : 'well';
      if (health !== peer.status.health) this.#say(peer, { ...peer.status, health });
      isApart ||= health === 'apart';
      if (quietMs < limitMs) nextMs = Math.min(nextMs, limitMs - quietMs);
    }
    this.#timer?.cancel();
    // Until it is mended, or said by the log itself (C9).
    if (isApart) {
      nextMs = Math.min(nextMs, apartGapMs);
      this.#parts.onDoubt();
    }
    if (Number.isFinite(nextMs)) this.#timer = this.#parts.clock.after(nextMs, () => this.#judge());
    this.#show();
  }

  #say(peer: Peer, status: PeerStatus): void {
    if (JSON.stringify(status) === JSON.stringify(peer.status)) return;
    peer.status = status;
    this.#isNew = true;
  }

  #show(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    this.#parts.onPeers(new Map([...this.#peers].map(([name, { status }]) => [name, status])));
  }
}
