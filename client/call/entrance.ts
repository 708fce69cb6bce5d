// Getting into a generation of a call (C4): the first one creates, everybody else joins by external commit from the sealed
// GroupInfo; who loses the race at the log takes the page it answers and tries again. A GroupInfo that cannot be used
// for two seconds is answered like an entry that cannot be applied: with a new generation (C9).
import { CryptoError } from '../../crypto/errors.ts';
import type { CallContext, CallState, Me, Proposed } from '../../crypto/call/types.ts';
import { wait } from '../api/clock.ts';
import type { LogPage } from '../api/schemas.ts';
import { SessionFailed } from './failure.ts';
import type { LineWatch } from './line.ts';
import { isMine, isMyOpen } from './outcome.ts';
import type { SessionParts } from './types.ts';

/** C9. */
export const restartAfterMs = 2_000;
const unusableRetryMs = 400;
/** Losers of a race come back spread over this, and more of it the more often they lost. */
const raceJitterMs = 60;
const maxAttempts = 40;

/** In: the first state of a generation. */
export interface Entered {
  readonly state: CallState;
  /** Position of the entry that brought us in. */
  readonly position: number;
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
  async enter(page: LogPage): Promise<Entered> {
    let unusableSinceMs: number | null = null;
    for (let attempt = 0, at = page; attempt < maxAttempts; attempt++) {
      const proposed = await this.#propose(at);
      if (proposed) {
        unusableSinceMs = null;
        const offered = await this.#offer(proposed, at.position);
        if (offered.state) return offered;
        at = offered.page;
        await this.#rest(this.#parts.random() * raceJitterMs * attempt);
        continue;
      }
      const nowMs = this.#parts.clock.now();
      unusableSinceMs ??= nowMs;
      if (nowMs - unusableSinceMs >= restartAfterMs) return this.open(at.generation + 1, at.position);
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
    return offered.state ? offered : this.enter(offered.page);
  }

  /** Enters the generation that the log is in now. */
  async rejoin(after: number): Promise<Entered> {
    return this.enter(await this.#currentPage(after));
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

  /** Offers until the log answers; the same bytes every time, so that a lost answer does no harm. */
  async #offer(proposed: Proposed, after: number): Promise<Offered> {
    const isOpener = proposed.kind === 'open';
    const outcome = await this.#persist(() =>
      this.#parts.log.append(this.#parts.ticket.callId, { ...proposed, after }),
    );
    if (outcome.isAccepted) {
      return { state: proposed.next, position: outcome.position, isOpener, page: null };
    }
    const { page } = outcome;
    const mine = page.entries.find((entry) => isMine(proposed, entry));
    if (mine) return { state: proposed.next, position: mine.position, isOpener, page };
    if (isMyOpen(proposed, page)) return { state: proposed.next, position: page.position, isOpener, page };
    proposed.next.wipe();
    return { state: null, page };
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
