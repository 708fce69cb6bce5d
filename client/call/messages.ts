// Messages inside a call over whatever carries opaque bytes (protocol.md A1–A6): acknowledgements, which let senders move to new keys
// (K4); heartbeats, from which peers.ts sees who is apart, stale or lied about; text. What does not open is dropped and counted.
// session.ts tells of epochs; client/state carries bytes to and from the media room.
import { toHex, type Bytes } from '../../crypto/bytes.ts';
import { placeOfMessage } from '../../crypto/call/index.ts';
import type { CallState, EpochMessages, Leaf } from '../../crypto/call/types.ts';
import { CryptoError } from '../../crypto/errors.ts';
import type { Clock, Timer } from '../api/clock.ts';
import { difference } from './change.ts';
import { decodeContent, encodeContent, type Content, type StreamMap } from './message-content.ts';
import { Peers, type PeerStatus } from './peers.ts';
import type { HistoryMark } from './types.ts';

/** A4: as long as old receive keys (K3), and no longer. */
export const lateMs = 10_000;
/** A5, for up to 20 people; above, half a second a head, so that the whole call hears at most two a second. */
export const heartbeatMs = 10_000;
const crowdHeartbeatMs = 500;
/** A change of mute is told at once, but no more often than this. */
const leastGapMs = 300;
/** Messages of an epoch that is not here yet. */
const maxHeld = 256;
const heldMs = 5_000;
/** The log is not read again more often than this, whatever comes over the data channel. */
const doubtGapMs = 1_000;
/** Messages that nobody in the call wrote, or that came again: so many within the time are told, once until they end. */
const leastStray = 5;
const strayMs = 10_000;
/** Newcomers are told how things stand by everybody, spread over this; in calls of more than so many, by those who send something. */
const greetingMs = 1_000;
const mostGreeting = 20;
/** Calls of more acknowledge nothing: what it would cost everybody is more than the wait for the limits of K4. */
const mostAcknowledging = 32;

export interface MessagesParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** Sends to these LiveKit identities, or to everybody with null. Must not throw. */
  readonly send: (message: Bytes, to: readonly string[] | null) => void;
  /** All who stay have the keys: my frames may move (K4). */
  readonly onSwitch: (generation: number, epoch: bigint) => void;
  readonly onPeers: (peers: ReadonlyMap<string, PeerStatus>) => void;
  readonly onText: (from: Leaf, text: string) => void;
  /** Somebody asks my device to mute its microphone (A8). */
  readonly onMute: (from: Leaf) => void;
  /** Messages come in numbers that nobody here wrote, or that came before. They are dropped. */
  readonly onStray: () => void;
  /** What goes with every heartbeat (A9). */
  readonly history: () => HistoryMark | null;
  readonly onHistory: (from: Leaf, said: HistoryMark) => void;
  /** Somebody seems to be elsewhere: look at the log. */
  readonly onDoubt: () => void;
}

/** What I say of myself in every heartbeat. */
export type OwnStatus = Pick<
  Extract<Content, { kind: 'heartbeat' }>,
  'isMuted' | 'isWithholding' | 'decodes' | 'hand' | 'streams'
>;

/** Counted, and in the debug panel one day. */
export interface MessageCounts {
  opened: number;
  dropped: number;
}

interface Held {
  readonly message: Bytes;
  readonly from: string | null;
  readonly untilMs: number;
}

interface EpochDesk {
  readonly generation: number;
  readonly state: { readonly leaves: readonly Leaf[]; readonly ownLeaf: Leaf };
  readonly messages: EpochMessages;
  readonly transcriptHash: Bytes;
  readonly groupId: string;
  /** Leaves that stay and have not acknowledged; null once the switch was told. */
  awaited: Set<number> | null;
  /** C16. */
  isHeld: boolean;
}

export class CallMessages {
  readonly counts: MessageCounts = { opened: 0, dropped: 0 };
  readonly #parts: MessagesParts;
  readonly #peers: Peers;
  #current: EpochDesk | null = null;
  readonly #late = new Map<EpochDesk, Timer>();
  #held: Held[] = [];
  #beat: Timer | null = null;
  #mine: OwnStatus = { isMuted: false, isWithholding: false, decodes: [], hand: 0, streams: {} };
  #lastBeatAtMs = Number.NEGATIVE_INFINITY;
  #lastDoubtAtMs = Number.NEGATIVE_INFINITY;
  #strayAtMs: readonly number[] = [];
  #isStrayTold = false;
  /** LiveKit identities that send sound or pictures: who waits for acknowledgements. */
  #senders: ReadonlySet<string> = new Set();

  constructor(parts: MessagesParts) {
    this.#parts = parts;
    this.#peers = new Peers({ ...parts, onDoubt: () => this.doubt() });
  }

  /**
   * A new epoch. Its keys are on their way to the worker; `before` is null for the first of a generation. `isHeld`: somebody in it is not
   * to hear anything (C16), and my frames do not move to it.
   */
  enter(
    before: Pick<CallState, 'leaves'> | null,
    state: CallState,
    { groupId, isHeld = false }: { readonly groupId: Bytes; readonly isHeld?: boolean },
  ): void {
    const desk: EpochDesk = {
      generation: state.context.generation,
      state: { leaves: state.leaves, ownLeaf: state.ownLeaf },
      messages: state.messages(),
      transcriptHash: state.transcriptHash(),
      groupId: toHex(groupId),
      awaited: isHeld ? null : awaitedIn(before, state),
      isHeld,
    };
    this.#retire(this.#current);
    this.#current = desk;
    this.#peers.enter(
      desk.state.leaves.filter((leaf) => leaf.index !== desk.state.ownLeaf.index),
      heartbeatEveryMs(desk),
    );
    const isGreeting =
      before === null || (difference(before, state).joined.length > 0 && this.#greets(state));
    this.#planBeat(isGreeting ? this.#parts.random() * greetingMs : this.#nextBeatMs());
    const held = this.#held;
    this.#held = [];
    for (const { message, from } of held) void this.receive(message, from);
  }

  /** The worker holds the epoch's keys (K3): those who send are told. */
  installed(generation: number, epoch: bigint): void {
    const desk = this.#current;
    if (desk?.generation !== generation || desk.messages.epoch !== epoch) return;
    if (desk.state.leaves.length > mostAcknowledging) return;
    const isCrowd = desk.state.leaves.length > 16;
    const to = desk.state.leaves
      .map(({ livekitIdentity }) => livekitIdentity)
      .filter((name) => this.#senders.has(name));
    if (!isCrowd || to.length > 0) this.#send(desk, { kind: 'acknowledgement' }, isCrowd ? to : null);
  }

  #greets({ leaves }: Pick<CallState, 'leaves'>): boolean {
    return leaves.length <= mostGreeting || Object.keys(this.#mine.streams).length > 0;
  }

  /** Who sends, as far as LiveKit shows: a hint for routing, nothing more. */
  noteSenders(senders: ReadonlySet<string>): void {
    this.#senders = senders;
  }

  /** What I send, whether my microphone is muted, and my hand: told at once, and with every heartbeat. */
  tell(mine: OwnStatus): void {
    if (isSameStatus(mine, this.#mine)) return;
    this.#mine = mine;
    const sinceMs = this.#parts.clock.now() - this.#lastBeatAtMs;
    if (this.#current) this.#planBeat(Math.max(0, leastGapMs - sinceMs));
  }

  /** The data channel is there: what I said before may be lost, and not everybody waits for it (M7). */
  opened(): void {
    if (this.#current && this.#current.state.leaves.length <= mostGreeting) this.#planBeat(0);
  }

  /** Everybody in the epoch may hear everything after all (C16). */
  letGo(): void {
    if (this.#current) this.#current.isHeld = false;
  }

  /** Throws `RangeError` for a text that is too long. False while there are no keys that only those have who are to hear it (C16). */
  say(text: string): boolean {
    if (this.#current === null || this.#current.isHeld) return false;
    this.#send(this.#current, { kind: 'text', text }, null);
    return true;
  }

  /** Asks the device of this leaf, or with null everybody's, to mute its microphone (A8). */
  mute(leaf: Leaf | null): void {
    if (this.#current === null) return;
    this.#send(this.#current, { kind: 'mute', leaf: leaf?.index ?? null }, leaf && [leaf.livekitIdentity]);
  }

  /** Bytes that came, with the LiveKit identity that LiveKit says they are from. Never throws. */
  async receive(message: Bytes, from: string | null): Promise<void> {
    const place = placeOfMessage(message);
    const desk = this.#current;
    if (place === undefined || desk === null) {
      if (place === undefined) this.#stray();
      this.#drop();
      return;
    }
    const groupId = toHex(place.mlsGroupId);
    const of = [desk, ...this.#late.keys()].find(
      (one) => one.groupId === groupId && one.messages.epoch === place.epoch,
    );
    if (of !== undefined) return this.#open(of, message, from);
    const isAhead = groupId !== desk.groupId || place.epoch > desk.messages.epoch;
    if (!isAhead) {
      this.#peers.behind(from);
      this.#drop();
      return;
    }
    this.#hold({ message, from, untilMs: this.#parts.clock.now() + heldMs });
  }

  /** Others are where I am not, it seems: has the log read, at most once a second. */
  doubt(): void {
    const nowMs = this.#parts.clock.now();
    if (nowMs - this.#lastDoubtAtMs < doubtGapMs) return;
    this.#lastDoubtAtMs = nowMs;
    this.#parts.onDoubt();
  }

  stop(): void {
    this.#beat?.cancel();
    this.#peers.stop();
    for (const [desk, timer] of this.#late) {
      timer.cancel();
      desk.messages.wipe();
    }
    this.#late.clear();
    this.#current?.messages.wipe();
    this.#current = null;
  }

  async #open(desk: EpochDesk, message: Bytes, from: string | null): Promise<void> {
    try {
      const { sender, data } = await desk.messages.open(message);
      const content = decodeContent(data);
      this.counts.opened++;
      this.#take(desk, sender, content);
    } catch (error) {
      if (!(error instanceof CryptoError) && !(error instanceof TypeError)) throw error;
      if (error instanceof CryptoError && error.code === 'not_opened' && desk === this.#current)
        this.#peers.unopened(from);
      this.#stray();
      this.#drop();
    }
  }

  #take(desk: EpochDesk, sender: Leaf, content: Content): void {
    const isCurrent = desk === this.#current;
    if (content.kind === 'text') {
      this.#parts.onText(sender, content.text);
      return;
    }
    if (content.kind === 'mute') {
      if (content.leaf === null || content.leaf === desk.state.ownLeaf.index) this.#parts.onMute(sender);
      return;
    }
    if (!isCurrent) {
      this.#peers.behind(sender.livekitIdentity);
      return;
    }
    this.#peers.heard(sender.livekitIdentity);
    if (content.kind === 'acknowledgement') {
      this.#acknowledged(desk, sender);
      return;
    }
    if (content.kind === 'history') this.#parts.onHistory(sender, content);
    else this.#peers.told(sender.livekitIdentity, content, desk.transcriptHash);
  }

  #acknowledged(desk: EpochDesk, sender: Leaf): void {
    if (desk.awaited === null) return;
    desk.awaited.delete(sender.index);
    if (desk.awaited.size > 0) return;
    desk.awaited = null;
    this.#parts.onSwitch(desk.generation, desk.messages.epoch);
  }

  #send(desk: EpochDesk, content: Content, to: readonly string[] | null): void {
    this.#parts.send(desk.messages.seal(encodeContent(content)), to);
  }

  #hold(held: Held): void {
    const nowMs = this.#parts.clock.now();
    this.#held = this.#held.filter(({ untilMs }) => untilMs > nowMs);
    this.#peers.ahead(held.from);
    if (this.#held.length >= maxHeld) {
      this.#drop();
      return;
    }
    this.#held.push(held);
    // Others are in an epoch that the log has not told me of yet.
    this.doubt();
  }

  #stray(): void {
    const nowMs = this.#parts.clock.now();
    const recent = this.#strayAtMs.filter((atMs) => nowMs - atMs < strayMs);
    if (recent.length === 0) this.#isStrayTold = false;
    this.#strayAtMs = [...recent, nowMs].slice(-leastStray);
    if (this.#isStrayTold || this.#strayAtMs.length < leastStray) return;
    this.#isStrayTold = true;
    this.#parts.onStray();
  }

  #drop(): void {
    this.counts.dropped++;
  }

  #retire(desk: EpochDesk | null): void {
    if (desk === null) return;
    const timer = this.#parts.clock.after(lateMs, () => {
      this.#late.delete(desk);
      desk.messages.wipe();
    });
    this.#late.set(desk, timer);
  }

  #planBeat(inMs: number): void {
    this.#beat?.cancel();
    this.#beat = this.#parts.clock.after(inMs, () => this.#heartbeat());
  }

  #heartbeat(): void {
    const desk = this.#current;
    if (desk === null) return;
    this.#lastBeatAtMs = this.#parts.clock.now();
    if (desk.state.leaves.length > 1) {
      this.#send(desk, { kind: 'heartbeat', transcriptHash: desk.transcriptHash, ...this.#mine }, null);
      const history = this.#parts.history();
      if (history) this.#send(desk, { kind: 'history', ...history }, null);
    }
    this.#planBeat(this.#nextBeatMs());
  }

  #nextBeatMs(): number {
    const everyMs = this.#current ? heartbeatEveryMs(this.#current) : heartbeatMs;
    return everyMs * (0.9 + 0.2 * this.#parts.random());
  }
}

/** A5. */
export function heartbeatEveryMs({
  state,
}: {
  readonly state: { readonly leaves: readonly unknown[] };
}): number {
  return Math.max(heartbeatMs, state.leaves.length * crowdHeartbeatMs);
}

/** Who was there before and is still: they have an older key to hold on to. Null where nobody has. */
function awaitedIn(before: Pick<CallState, 'leaves'> | null, state: CallState): Set<number> | null {
  if (before === null) return null;
  const joined = new Set(difference(before, state).joined);
  const stayed = state.leaves.filter((leaf) => leaf.index !== state.ownLeaf.index && !joined.has(leaf));
  return stayed.length === 0 ? null : new Set(stayed.map(({ index }) => index));
}

function isSameStatus(a: OwnStatus, b: OwnStatus): boolean {
  const keys = Object.keys({ ...a.streams, ...b.streams }) as (keyof StreamMap)[];
  return (
    a.isMuted === b.isMuted &&
    a.isWithholding === b.isWithholding &&
    a.decodes.join() === b.decodes.join() &&
    a.hand === b.hand &&
    keys.every((key) => a.streams[key] === b.streams[key])
  );
}
