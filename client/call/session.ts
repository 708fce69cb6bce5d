// One call from the join to the end: drives crypto/call with the delivery log. A single loop does one thing at a time:
// take a page of the log and apply its entries in order (D5), else do what is due (removals C7, additions C12, self-update
// C8, a new generation C9), else wait for the log. So no two changes of the state can cross.
// Getting in is entrance.ts, decisions are in duty.ts and change.ts; client/state listens.
import type { Bytes } from '../../crypto/bytes.ts';
import { mlsGroupId, RemovedByCommit, type RemovalPurpose } from '../../crypto/call/index.ts';
import type { CallState, Leaf, Proposed } from '../../crypto/call/types.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { wait } from '../api/clock.ts';
import { ApiError } from '../api/errors.ts';
import { withEverybody } from '../api/participants.ts';
import type { LogEntry, LogPage } from '../api/schemas.ts';
import { Admission } from './admission.ts';
import { difference, sendDelayMs, trustChanges } from './change.ts';
import {
  leavesToRemove,
  longSleepMs,
  removalDelayMs,
  restartDelayMs,
  selfUpdateDelayMs,
  type Presence,
} from './duty.ts';
import { Entrance, type Entered } from './entrance.ts';
import { endOf, SessionFailed } from './failure.ts';
import { LineWatch } from './line.ts';
import { Histories } from './histories.ts';
import { Lock, neverMs } from './lock.ts';
import { agrees, LogRecord } from './log-record.ts';
import { CallMessages, type MessageCounts, type OwnStatus } from './messages.ts';
import { isMine } from './outcome.ts';
import type { PeerStatus } from './peers.ts';
import { SleepWatch } from './sleep.ts';
import type { OutcomeCounts, SessionParts } from './types.ts';

const longPollMs = 25_000;
/** Between two looks at a log that does not show what it should. */
const astrayRetryMs = 250;
/** After a commit that could not be made. */
const commitRetryMs = 2_000;
/** More generations of mine, or entries anew, than this in a minute mean that it does not help. */
const maxRestartsAMinute = 5;

/** Something to do besides listening. */
interface Due {
  readonly atMs: number;
  readonly run: () => Promise<void>;
}

export class CallSession {
  readonly #parts: SessionParts;
  readonly #line: LineWatch;
  readonly #entrance: Entrance;
  readonly #messages: CallMessages;
  readonly #sleep: SleepWatch;
  readonly #histories: Histories;
  #peers: ReadonlyMap<string, PeerStatus> = new Map();
  readonly #stop = new AbortController();
  readonly #counts: OutcomeCounts = { applied: 0, ignored: 0, rejected: 0 };
  /** Cuts the present wait short. */
  #nap = new AbortController();
  #state: CallState | null = null;
  /** The last entry that was taken. */
  #position = 0;
  /** The latest page: who has a place. */
  #page: LogPage;
  /** A commit of mine whose fate is not known yet (C6). */
  #pending: Proposed | null = null;
  readonly #admission = new Admission();
  /** How long my last change of the state took, made or applied, without the way to the log. */
  #paceMs = 0;
  #removalSinceMs: number | null = null;
  #selfUpdateAtMs = 0;
  #notBeforeMs = 0;
  /** When to open the next generation, if nobody else does; null while all is well. */
  #restartAtMs: number | null = null;
  #restartsAtMs: number[] = [];
  #isRestarting = false;
  readonly #record = new LogRecord();
  readonly #lock = new Lock();
  /** LiveKit identities of those whom I take out (C17). */
  #takingOut: { readonly names: ReadonlySet<string>; readonly purpose: RemovalPurpose } | null = null;
  /** Somebody seems to be elsewhere: the next read begins with the entry that I took last. */
  #isInDoubt = false;
  /** The log does not show what it should; a page that does takes this back. */
  #isAstray = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#page = parts.ticket.page;
    const { clock, random, listeners } = parts;
    this.#line = new LineWatch({ clock, random, onLine: (isUp) => listeners.onLine(isUp) });
    this.#entrance = new Entrance(parts, this.#line, this.#stop.signal);
    this.#messages = new CallMessages({
      ...{ clock, random, send: parts.sendMessage },
      onSwitch: (generation, epoch) => listeners.onSwitch(generation, epoch),
      onPeers: (peers) => this.#showPeers(peers),
      history: () => parts.roster.history,
      onHistory: (from, said) => void this.#histories.hear(from, said),
      onText: (from, text) => listeners.onText(from, text),
      onMute: (from) => listeners.onMute(from),
      onStray: () => listeners.onTrust({ kind: 'strayMessages', identity: this.#parts.identity.publicKey }),
      onDoubt: () => this.#doubt(),
    });
    this.#histories = new Histories({
      roster: parts.roster,
      onChange: () => this.#showPeers(this.#peers),
      onForked: (identity) => this.#isStopped || listeners.onTrust({ kind: 'forkedGroup', identity }),
    });
    this.#sleep = new SleepWatch({ clock, onWoke: (sleptMs) => this.#woke(sleptMs) });
  }

  /** Applied, ignored and rejected entries so far (O2). */
  get counts(): Readonly<OutcomeCounts> {
    return this.#counts;
  }

  get messageCounts(): Readonly<MessageCounts> {
    return this.#messages.counts;
  }

  /** Joins and then follows the log until `stop` or the end. Never throws: see `onEnded`. */
  async run(): Promise<void> {
    this.#sleep.start();
    try {
      await this.#take(await this.#entrance.enter(this.#page));
      while (!this.#isStopped) await this.#step();
    } catch (error) {
      if (!this.#isStopped) this.#parts.listeners.onEnded(endOf(error));
    } finally {
      this.#stop.abort();
      this.#sleep.stop();
      this.#state?.wipe();
      this.#dropPending();
      this.#messages.stop();
    }
  }

  /** Ends the session without a word. Idempotent. */
  stop(): void {
    this.#stop.abort();
  }

  /** Looks at everything again now: the network is back, or the roster changed. */
  wake(): void {
    this.#nap.abort();
    this.#entrance.wake();
  }

  /** C16: holds a leaf, or wants to, and was not inside when the call was locked. */
  isShutOut(identity: Bytes): boolean {
    if (this.#state) this.#noteLock(this.#state);
    return this.#lock.isShutOut(identity);
  }

  /** Something shows that the log has more than I have seen: reads it now, but not more than once a second. */
  doubt(): void {
    this.#messages.doubt();
  }

  /** The frame worker holds the keys of this epoch. */
  keysInstalled(generation: number, epoch: bigint): void {
    this.#messages.installed(generation, epoch);
  }

  /** Bytes that came over the data channel; `from` is what LiveKit says. */
  receiveMessage(message: Bytes, from: string | null): void {
    void this.#messages.receive(message, from);
  }

  /** What I send and my hand, for the others to know; and who sends, as LiveKit shows it. */
  noteMedia(mine: OwnStatus, senders: ReadonlySet<string>): void {
    this.#messages.noteSenders(senders);
    this.#messages.tell(mine);
  }

  /** What is said reaches the others from now on. */
  channelOpened(): void {
    this.#messages.opened();
  }

  /** Removes these places' leaves, as who may take them out (C17). They are out when an epoch comes without them. */
  takeOut(livekitIdentities: readonly string[], purpose: RemovalPurpose): void {
    const { names = [], purpose: former = purpose } = this.#takingOut ?? {};
    // Whoever is still to go goes with them, and an end for all stays one.
    this.#takingOut = {
      names: new Set([...names, ...livekitIdentities]),
      purpose: former === 'ended' ? former : purpose,
    };
    this.#nap.abort();
  }

  /** Asks the device of this leaf, or with null everybody's, to mute its microphone (A8). */
  mute(leaf: Leaf | null): void {
    this.#messages.mute(leaf);
  }

  /** Writes to everybody in the call. False while there are no keys. Throws `RangeError` for a text over 4096 bytes. */
  say(text: string): boolean {
    return this.#messages.say(text);
  }

  #showPeers(peers: ReadonlyMap<string, PeerStatus>): void {
    this.#peers = peers;
    if (!this.#isStopped) this.#parts.listeners.onPeers(this.#histories.shown(peers));
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** One thing: what is due, or a page of the log. */
  async #step(): Promise<void> {
    this.#nap = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, this.#nap.signal]);
    const nowMs = this.#parts.clock.now();
    const due = this.#nextDue(nowMs);
    try {
      if (due && due.atMs <= nowMs) await due.run();
      else await this.#listen(due ? Math.ceil(due.atMs - nowMs) : longPollMs, signal);
    } catch (error) {
      if (signal.aborted && error === signal.reason) return;
      if (error instanceof ApiError && error.code === 'log_behind') return this.#enterAnew();
      await this.#line.trouble(error, signal);
    }
  }

  async #listen(maxWaitMs: number, signal: AbortSignal): Promise<void> {
    // The first answer after a failure says that the line is back: it must not wait for news.
    const waitMs = this.#line.isDown ? 0 : Math.min(maxWaitMs, longPollMs);
    const seen = this.#page.participantsVersion;
    const requestsSeen = this.#admission.seen(this.#state);
    const isInDoubt = this.#isInDoubt && this.#position > 0;
    this.#isInDoubt = false;
    const after = isInDoubt ? this.#position - 1 : this.#position;
    const query = { after, seen, requestsSeen, waitMs: isInDoubt ? 0 : waitMs, signal };
    await this.#takePage(await this.#parts.log.readLog(this.#parts.ticket.callId, query));
    if (this.#isAstray) await wait(this.#parts.clock, astrayRetryMs, signal);
  }

  #doubt(): void {
    this.#isInDoubt = true;
    this.#nap.abort();
  }

  #nextDue(nowMs: number): Due | null {
    if (this.#restartAtMs !== null) return { atMs: this.#restartAtMs, run: () => this.#restart() };
    const state = this.#state;
    if (!state) return null;
    this.#noteLock(state);
    const { participants } = this.#page;
    const presence = { participants, requests: this.#admission.requests, isRemoved: this.#isRemoved };
    const update = this.#commitDue(this.#selfUpdateAtMs, () => state.selfUpdate());
    return firstOf(
      [
        ...this.#takingOutDue(state, nowMs),
        ...this.#removals(state, presence, nowMs),
        ...this.#additions(state, presence, nowMs),
        update,
      ],
      nowMs,
    );
  }

  /** C17: at once. */
  #takingOutDue(state: CallState, nowMs: number): Due[] {
    const wish = this.#takingOut;
    if (wish === null) return [];
    const leaves = state.leaves.filter(({ livekitIdentity }) => wish.names.has(livekitIdentity));
    if (leaves.length === 0) this.#takingOut = null;
    const indexes = leaves.map(({ index }) => index);
    return leaves.length === 0 ? [] : [this.#commitDue(nowMs, () => state.remove(indexes, wish.purpose))];
  }

  #removals(state: CallState, presence: Presence, nowMs: number): Due[] {
    const leaving = leavesToRemove(state, presence);
    this.#removalSinceMs = leaving.length > 0 ? (this.#removalSinceMs ?? nowMs) : null;
    if (this.#removalSinceMs === null) return [];
    const world = { presence, paceMs: this.#paceMs };
    const atMs = this.#removalSinceMs + removalDelayMs(state, leaving, world);
    return [this.#commitDue(atMs, () => state.remove(leaving.map((leaf) => leaf.index)))];
  }

  #additions(state: CallState, presence: Presence, nowMs: number): Due[] {
    const due = this.#admission.due(state, { presence, paceMs: this.#paceMs }, nowMs);
    if (!due) return [];
    const add = async () => {
      const { proposed, refused } = await state.add(due.requests, this.#isMember);
      this.#admission.refuse(refused, this.#parts.clock.now());
      return proposed;
    };
    return [this.#commitDue(due.atMs, add)];
  }

  #commitDue(atMs: number, make: () => Promise<Proposed | null>): Due {
    return { atMs: Math.max(atMs, this.#notBeforeMs), run: () => this.#commit(make) };
  }

  readonly #isRemoved = (identity: Bytes): boolean =>
    this.#parts.roster.isRemoved(identity) || this.#lock.isShutOut(identity);
  readonly #isShutOut = (identity: Bytes): boolean => this.#lock.isShutOut(identity);
  readonly #isMember = (identity: Bytes): boolean | Promise<boolean> => this.#parts.roster.isMember(identity);

  /** Offers a commit. One whose answer got lost is offered again as it was, until the log says what became of it. */
  async #commit(make: () => Promise<Proposed | null>): Promise<void> {
    const proposed = this.#pending ?? (await this.#madeBy(make));
    if (!proposed) return;
    this.#pending = proposed;
    const { callId } = this.#parts.ticket;
    const outcome = await this.#parts.log.append(callId, { ...proposed, after: this.#position });
    this.#line.works();
    if (!outcome.isAccepted) {
      const { page } = outcome;
      const isBehind = page.entries.length === 0 && page.position > this.#position;
      return isBehind ? this.#enterAnew() : this.#takePage(page);
    }
    // Where something came between that we have not seen yet, the log tells us in its order.
    if (outcome.position !== this.#position + 1) return;
    this.#position = outcome.position;
    this.#record.take(proposed);
    await this.#adoptPending(proposed);
  }

  /** Null where there is nothing to commit after all, and, with a pause, where the engine refuses. */
  async #madeBy(make: () => Promise<Proposed | null>): Promise<Proposed | null> {
    try {
      return await this.#timed(make);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      this.#notBeforeMs = this.#parts.clock.now() + commitRetryMs;
      return null;
    }
  }

  async #timed<T>(change: () => Promise<T>): Promise<T> {
    const beganMs = this.#parts.clock.now();
    const made = await change();
    this.#paceMs = this.#parts.clock.now() - beganMs;
    return made;
  }

  async #takePage(page: LogPage): Promise<void> {
    this.#line.works();
    if (this.#state) this.#noteLock(this.#state);
    const before = this.#position;
    const generation = this.#state?.context.generation;
    for (const entry of page.entries) {
      if (this.#isStopped) return;
      if (entry.position <= this.#position) {
        this.#counts.ignored++;
        if (entry.position === before && this.#record.isForked(entry)) this.#cannotFollow();
      } else if (entry.position === this.#position + 1) {
        this.#position = entry.position;
        this.#record.take(entry);
        await this.#takeEntry(entry);
      } else {
        break; // A gap: the next read begins where we are.
      }
    }
    if (this.#isStopped) return;
    this.#takeParticipants(page);
    // What a rejoin took meanwhile is newer than this page, and a long page is read on.
    const isRead = this.#position === before || this.#position === page.position;
    if (isRead && this.#state?.context.generation === generation) this.#compare(page);
  }

  /** C9: the log keeps an entry back, got shorter, or calls another epoch its present one than all its entries lead to. */
  #compare(page: LogPage): void {
    const state = this.#state;
    if (!state || (this.#restartAtMs !== null && !this.#isAstray)) return;
    if (agrees(page, this.#position, state)) {
      if (this.#isAstray) this.#restartAtMs = null;
      if (this.#isAstray) this.#setRestarting(false);
      this.#isAstray = false;
    } else if (!this.#isAstray) {
      this.#isAstray = true;
      this.#cannotFollow();
    }
  }

  /** C9: the next generation, unless somebody else is quicker. */
  #cannotFollow(): void {
    this.#dropPending();
    if (this.#restartAtMs !== null || !this.#state) return;
    this.#parts.listeners.onTrust({ kind: 'refused', identity: this.#parts.identity.publicKey });
    const nowMs = this.#parts.clock.now();
    this.#restartAtMs = nowMs + restartDelayMs(this.#state, this.#recentRestarts(nowMs).length);
    this.#setRestarting(true);
  }

  #takeParticipants(page: LogPage): void {
    const { identity: livekitIdentity } = this.#parts.ticket.livekit;
    this.#page = withEverybody(this.#page, page) ?? this.#page;
    const mine = this.#page.participants.find(
      (participant) => participant.livekitIdentity === livekitIdentity,
    );
    if (!mine || mine.state === 'left') throw new SessionFailed('place_lost', 'not_in_call');
    this.#admission.takePage(page);
  }

  async #takeEntry(entry: LogEntry): Promise<void> {
    const state = this.#state;
    const generation = state?.context.generation ?? 0;
    if (entry.kind === 'open' && entry.generation > generation) {
      await this.#enterAgain();
    } else if (!state || entry.kind === 'open' || this.#restartAtMs !== null || isPast(entry, state)) {
      // An epoch that was left already, or a generation that we cannot follow any more.
      this.#counts.ignored++;
    } else if (this.#pending && isMine(this.#pending, entry)) {
      await this.#adoptPending(this.#pending);
    } else {
      await this.#apply(state, entry);
    }
  }

  async #apply(state: CallState, entry: LogEntry): Promise<void> {
    try {
      if (entry.generation !== state.context.generation || entry.epoch !== state.epoch) {
        throw new CryptoError('wrong_epoch', 'the log skipped an epoch');
      }
      const change = await this.#timed(() => state.apply(entry.message, this.#isMember));
      this.#counts.applied++;
      this.#dropPending();
      const by = change.purpose === null ? null : change.committer.identity;
      await this.#adopt(state, change.state, by);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      if (error.code === 'removed') throw this.#outBy(error);
      this.#counts.rejected++;
      this.#cannotFollow();
    }
  }

  /** C17: for good, by who may take me out and says so; else it may be the service's doing, and a new place mends it. */
  #outBy(error: CryptoError): SessionFailed {
    const { identity, roster } = this.#parts;
    if (!(error instanceof RemovedByCommit) || !roster.mayTakeOut(error.by.identity, identity.publicKey))
      return new SessionFailed('place_lost', 'removed');
    const code = error.purpose === 'ended' ? 'ended_for_all' : 'taken_out';
    return new SessionFailed('failed', code, error.by.identity);
  }

  /** C16. A lock that ends lets those in who stand before it: my frames may move to their epoch. */
  #noteLock(state: CallState): void {
    const wasHeld = this.#isHeld(state);
    this.#lock.note(this.#parts.roster.isLocked(this.#parts.ticket.callId), state.leaves);
    if (!wasHeld || this.#isHeld(state)) return;
    this.#messages.letGo();
    this.#parts.listeners.onSwitch(state.context.generation, state.epoch);
  }

  /** Somebody holds the keys of this epoch who is not to hear anything. */
  #isHeld({ leaves }: Pick<CallState, 'leaves'>): boolean {
    return leaves.some(({ identity }) => this.#lock.isShutOut(identity));
  }

  /** C9: nobody opened the next generation, so I do. */
  async #restart(): Promise<void> {
    this.#countRestart();
    const generation = (this.#state?.context.generation ?? 0) + 1;
    await this.#take(await this.#entrance.open(generation, this.#position));
  }

  #countRestart(): void {
    const nowMs = this.#parts.clock.now();
    this.#restartsAtMs = this.#recentRestarts(nowMs);
    if (this.#restartsAtMs.length >= maxRestartsAMinute) throw new SessionFailed('failed', 'keys_failed');
    this.#restartsAtMs.push(nowMs);
  }

  /** D4: what I missed is no longer in the log, so I enter as a newcomer does, in place of my old leaf. */
  #enterAnew(): Promise<void> {
    this.#countRestart();
    return this.#enterAgain();
  }

  #recentRestarts(nowMs: number): number[] {
    return this.#restartsAtMs.filter((atMs) => atMs > nowMs - 60_000);
  }

  /** Somebody opened a new generation: all rejoin it. */
  async #enterAgain(): Promise<void> {
    this.#setRestarting(true);
    this.#dropPending();
    await this.#take(await this.#entrance.rejoin(this.#position));
  }

  /** The first state of a generation. */
  async #take(entered: Entered): Promise<void> {
    const old = this.#state;
    const kind = old ? 'restarted' : entered.isOpener ? 'opened' : 'joined';
    this.#state = entered.state;
    this.#position = entered.position;
    this.#record.take(entered);
    this.#restartAtMs = null;
    this.#isAstray = false;
    old?.wipe();
    this.#parts.listeners.onTrust({ kind, identity: this.#parts.identity.publicKey });
    this.#noteLock(entered.state);
    await this.#announce(null, entered.state);
    this.#planSelfUpdate();
    this.#setRestarting(false);
    if (entered.page) await this.#takePage(entered.page);
  }

  async #adoptPending(proposed: Proposed): Promise<void> {
    this.#pending = null;
    this.#planSelfUpdate();
    this.#counts.applied++;
    const by = this.#takingOut === null ? null : this.#parts.identity.publicKey;
    if (this.#state) await this.#adopt(this.#state, proposed.next, by);
  }

  /** The next epoch of this generation. */
  async #adopt(before: CallState, next: CallState, by: Bytes | null): Promise<void> {
    this.#state = next;
    const judge = { isRemoved: this.#isRemoved, isShutOut: this.#isShutOut };
    for (const change of trustChanges(difference(before, next), judge)) {
      const isTakenOut =
        by !== null && change.kind === 'left' && this.#parts.roster.mayTakeOut(by, change.identity);
      this.#parts.listeners.onTrust(isTakenOut ? { ...change, kind: 'takenOut', by } : change);
    }
    await this.#announce(before, next);
    before.wipe();
  }

  async #announce(before: CallState | null, state: CallState): Promise<void> {
    const baseKey = await state.baseKey();
    const isHeld = this.#isHeld(state);
    this.#messages.enter(before, state, { groupId: mlsGroupId(state.context), isHeld });
    this.#parts.listeners.onEpoch({
      generation: state.context.generation,
      epoch: state.epoch,
      baseKey,
      ownLeaf: state.ownLeaf.index,
      leaves: state.leaves,
      sendAfterMs: isHeld ? neverMs : sendDelayMs(before, state),
      authenticator: state.epochAuthenticator(),
    });
  }

  #setRestarting(isRestarting: boolean): void {
    if (this.#isRestarting === isRestarting) return;
    this.#isRestarting = isRestarting;
    this.#parts.listeners.onRestarting(isRestarting);
  }

  /** C8. */
  #planSelfUpdate(): void {
    const { clock, random } = this.#parts;
    this.#selfUpdateAtMs = clock.now() + selfUpdateDelayMs(random, this.#state?.leaves.length ?? 1);
  }

  /** C8: what was waited for may never come, and the keys lay in a device that nobody watched. */
  #woke(sleptMs: number): void {
    if (sleptMs >= longSleepMs) this.#selfUpdateAtMs = this.#parts.clock.now();
    this.wake();
  }

  #dropPending(): void {
    this.#pending?.next.wipe();
    this.#pending = null;
  }
}

/** What is due, the first in the list before others; else what comes next. */
function firstOf(dues: readonly Due[], nowMs: number): Due | null {
  const next = dues.reduce<Due | null>((first, due) => (first && first.atMs <= due.atMs ? first : due), null);
  return dues.find((due) => due.atMs <= nowMs) ?? next;
}

function isPast(entry: LogEntry, state: CallState): boolean {
  const { generation } = state.context;
  return entry.generation < generation || (entry.generation === generation && entry.epoch < state.epoch);
}
