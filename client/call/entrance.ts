// Getting into a generation of a call (C4): the first one creates, everybody else joins by external commit from the sealed
// GroupInfo; who loses the race at the log takes the page it answers and tries again, and who lost twice, or comes in a crowd, asks to
// be added and waits for the Welcome (C11, C14). A GroupInfo that cannot be used
// for two seconds is answered like an entry that cannot be applied: with a new generation (C9).
import type { Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import type { CallContext, CallState, Me, PendingJoin, Proposed } from '../../crypto/call/types.ts';
import { wait } from '../api/clock.ts';
import { ApiError } from '../api/errors.ts';
import { withEverybody } from '../api/participants.ts';
import type { LogEntry, LogPage } from '../api/schemas.ts';
import type { PlaceOf } from '../api/service.ts';
import { restartAfterMs } from './duty.ts';
import { SessionFailed } from './failure.ts';
import type { LineWatch } from './line.ts';
import type { SessionParts } from './types.ts';

const unusableRetryMs = 400;
/** Losers of a race come back spread over this, and more of it the more often they lost. */
const raceJitterMs = 60;
const maxAttempts = 40;
/** C11: lost races before I ask to be added. */
const racesBeforeRequest = 2;
/** C11: so many others on their way in make a race that is not worth running. */
const crowd = 4;
/** C11: how long I wait for it while nothing happens: time to gather, for seven of those who follow requests to fail, and for a slow commit. */
export const requestWaitMs = 4_000;
/** C11: and how long at most, while others come. */
const longestRequestMs = 30_000;
/** C11: those who gave up waiting at the same moment would run a race that one of them wins: spread over so much for each who has a place. */
const givingUpMs = 50;

/** In: the first state of a generation. */
export interface Entered {
  readonly state: CallState;
  /** Position of the entry that brought us in, and its message. */
  readonly position: number;
  readonly message: Bytes;
  /** I opened this generation. */
  readonly isOpener: boolean;
  /** What the log told along with it: entries after `position` still have to be applied. */
  readonly page: LogPage | null;
}

type Offered = Entered | { readonly state: null; readonly page: LogPage };

export class Entrance {
  readonly #parts: SessionParts;
  readonly #line: LineWatch;
  readonly #stop: AbortSignal;
  readonly #me: Me;
  #nap = new AbortController();

  constructor(parts: SessionParts, line: LineWatch, stop: AbortSignal) {
    this.#parts = parts;
    this.#line = line;
    this.#stop = stop;
    this.#me = { identity: parts.identity, livekitIdentity: parts.ticket.livekit.identity };
  }

  /** Cuts a wait for the line short. */
  wake(): void {
    this.#nap.abort();
  }

  /** Enters from `page`, by whatever way it takes. Throws `SessionFailed`, `ApiError`, or the reason of the stop signal. */
  async enter(page: LogPage, isRejoin = false): Promise<Entered> {
    let unusableSinceMs: number | null = null;
    let lostRaces = 0;
    let hasAsked = false;
    for (let attempt = 0, at = page; attempt < maxAttempts; attempt++) {
      const isCrowded = !hasAsked && this.#isCrowded(at, isRejoin);
      if ((lostRaces >= racesBeforeRequest && this.#hasOthers(at)) || isCrowded) {
        hasAsked = true;
        const answered = await this.#ask(at);
        if (answered.state) return answered;
        at = answered.page;
        lostRaces = 0;
      }
      const proposed = await this.#propose(at);
      if (proposed) {
        unusableSinceMs = null;
        const offered = await this.#offer(proposed, at.position);
        if (offered.state) return offered;
        at = offered.page;
        if (proposed.kind === 'commit') lostRaces++;
        await this.#rest(this.#parts.random() * raceJitterMs * attempt);
        continue;
      }
      const nowMs = this.#parts.clock.now();
      unusableSinceMs ??= nowMs;
      if (nowMs - unusableSinceMs >= restartAfterMs) {
        this.#parts.listeners.onTrust({ kind: 'refused', identity: this.#parts.identity.publicKey });
        return this.open(at.generation + 1, at.position);
      }
      await this.#rest(unusableRetryMs);
      at = await this.#currentPage(at.position);
    }
    throw new SessionFailed('failed', 'keys_failed');
  }

  /** Opens `generation`, or enters it if somebody else was first. */
  async open(generation: number, after: number): Promise<Entered> {
    const offered = await this.#offer(
      await this.#parts.engine.create(this.#context(generation), this.#me),
      after,
    );
    return offered.state ? offered : this.enter(offered.page, true);
  }

  /** Enters the generation that the log is in now. */
  async rejoin(after: number): Promise<Entered> {
    return this.enter(await this.#currentPage(after), true);
  }

  /** What would bring us in from `page`; null if its GroupInfo cannot be used. */
  async #propose(page: LogPage): Promise<Proposed | null> {
    const { engine, roster } = this.#parts;
    if (page.generation === 0) return engine.create(this.#context(1), this.#me);
    const context = this.#context(page.generation);
    const { groupInfo } = page.groupInfo ? page : await this.#currentPage(page.position);
    if (!groupInfo) return null;
    try {
      const isMember = (identity: Uint8Array<ArrayBuffer>) => roster.isMember(identity);
      return await engine.join(context, this.#me, page.epoch, groupInfo, isMember);
    } catch (error) {
      if (error instanceof CryptoError) return null;
      throw error;
    }
  }

  /** Offers until the log answers; the same bytes every time, which the log takes once and says so each time. */
  async #offer(proposed: Proposed, after: number): Promise<Offered> {
    const isOpener = proposed.kind === 'open';
    const { message } = proposed;
    const outcome = await this.#persist(() =>
      this.#parts.log.append(this.#parts.ticket.callId, { ...proposed, after }),
    );
    if (outcome.isAccepted) {
      return { state: proposed.next, position: outcome.position, message, isOpener, page: null };
    }
    proposed.next.wipe();
    return { state: null, page: outcome.page };
  }

  /** Asks to be added and waits for it (C11). Without a state, the request is withdrawn or over, and the page is current. */
  async #ask(page: LogPage): Promise<Offered> {
    const { engine, log } = this.#parts;
    const pending = await engine.request(this.#context(page.generation), this.#me);
    try {
      const request = { generation: page.generation, message: pending.message };
      await this.#persist(() => log.openRequest(this.#place, request));
      const answered = await this.#awaitWelcome(pending, page);
      if (answered) return answered;
      await this.#persist(() => log.withdrawRequest(this.#place));
    } catch (error) {
      // Another generation has begun meanwhile: the request is not for it.
      if (!(error instanceof ApiError) || error.code !== 'epoch_conflict') throw error;
    } finally {
      pending.wipe();
    }
    return { state: null, page: await this.#currentPage(page.position) };
  }

  /** Follows the log until my Welcome; null where it does not come, cannot be used, or nobody is there to send it. */
  async #awaitWelcome(pending: PendingJoin, from: LogPage): Promise<Entered | null> {
    const { clock, log, ticket } = this.#parts;
    const spreadMs = this.#parts.random() * givingUpMs * (from.participants.length - 1);
    const lastMs = clock.now() + longestRequestMs + spreadMs;
    let untilMs = clock.now() + requestWaitMs + spreadMs;
    const signal = this.#stop;
    for (let page = from, after = from.position; ;) {
      const leftMs = (): number => Math.max(0, Math.ceil(untilMs - clock.now()));
      const isLast = leftMs() === 0 || !this.#hasOthers(page);
      const { participantsVersion: seen } = page;
      const told = await this.#persist(() =>
        log.readLog(ticket.callId, {
          after,
          seen,
          waitMs: isLast ? 0 : leftMs(),
          withWelcomes: true,
          signal,
        }),
      );
      page = withEverybody(page, told) ?? told;
      for (const entry of page.entries) {
        if (entry.kind === 'open') return null;
        const state = await this.#welcomedBy(entry, pending);
        if (state === 'unusable') return null;
        if (state) {
          const { position, message } = entry;
          return { state, position, message, isOpener: false, page };
        }
        // The call goes on: it may be my turn next.
        untilMs = Math.min(lastMs, clock.now() + requestWaitMs + spreadMs);
        after = entry.position;
      }
      if (isLast && after >= page.position) return null;
    }
  }

  /** My first state, where the entry brings a Welcome for me. */
  async #welcomedBy(
    { epoch, welcome }: LogEntry,
    pending: PendingJoin,
  ): Promise<CallState | 'unusable' | null> {
    if (!welcome) return null;
    try {
      return await pending.open(epoch + 1n, welcome, (identity) => this.#parts.roster.isMember(identity));
    } catch (error) {
      if (error instanceof CryptoError) return 'unusable';
      throw error;
    }
  }

  /** C11: many others come as I do: into a running generation, or, into a new one, from the one before. */
  #isCrowded({ generation, participants }: LogPage, isRejoin: boolean): boolean {
    const others = participants.filter(({ livekitIdentity }) => livekitIdentity !== this.#me.livekitIdentity);
    const onTheirWay = isRejoin ? others : others.filter(({ state }) => state === 'joining');
    return generation > 0 && onTheirWay.length >= crowd;
  }

  /** Whether anybody else has a place, who could add me. */
  #hasOthers({ participants }: LogPage): boolean {
    return participants.some(({ livekitIdentity }) => livekitIdentity !== this.#me.livekitIdentity);
  }

  get #place(): PlaceOf {
    return { callId: this.#parts.ticket.callId, livekitIdentity: this.#me.livekitIdentity };
  }

  /** The log's state with its GroupInfo. */
  #currentPage(after: number): Promise<LogPage> {
    const query = { after, seen: null, waitMs: 0, withGroupInfo: true, signal: this.#stop };
    return this.#persist(() => this.#parts.log.readLog(this.#parts.ticket.callId, query));
  }

  async #persist<T>(request: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#stop.throwIfAborted();
      try {
        const answer = await request();
        this.#line.works();
        return answer;
      } catch (error) {
        this.#nap = new AbortController();
        await this.#line.trouble(error, AbortSignal.any([this.#stop, this.#nap.signal]));
      }
    }
  }

  async #rest(ms: number): Promise<void> {
    await wait(this.#parts.clock, ms, this.#stop);
    this.#stop.throwIfAborted();
  }

  #context(generation: number): CallContext {
    const { groupId, ticket, keys } = this.#parts;
    const { handshake: handshakeKey, media: mediaKey } = keys;
    return { groupId, callId: ticket.callId, generation, handshakeKey, mediaKey };
  }
}
