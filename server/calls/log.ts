// The delivery log (D1–D5, D7) as the routes see it: append by compare-and-swap, and read with a long poll. The store does
// both atomically; what is added here is waiting, and the words for refusals.
import { AppError } from '../errors.ts';
import type { CallView, NoAccess, Store, ViewWish } from '../store/store.ts';
import { requestsOf, type Bells } from './bells.ts';
import { mostEntries, type AppendedShape, type AppendShape, type LogPageShape } from './schema.ts';

/** Longest wait of one read: below the idle limits of usual proxies. */
export const longestWaitMs = 25_000;

export interface LogParts {
  readonly store: Store;
  readonly bells: Bells;
  readonly count: (event: 'append_accepted' | 'append_conflict') => void;
}

export interface LogRead {
  readonly after: number;
  /** The participants' version the caller knows; null: none, so the answer comes at once. */
  readonly seen: number | null;
  readonly waitMs: number;
  /** The answer carries the GroupInfo (for an entry anew). */
  readonly withGroupInfo: boolean;
  readonly withWelcomes: boolean;
  /** The version of the join requests that the caller knows; null: it does not follow them (D6). */
  readonly requestsSeen: number | null;
}

/** What a page holds beside what was missed, after a lost race. */
const afterRace = { withGroupInfo: true, withWelcomes: false, requestsSeen: null };

export class LogService {
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  /** The new position, or the page of what the caller missed (D2). Throws the refusals of D4 and `log_full`. */
  async append(
    callId: string,
    identity: string,
    wish: AppendShape,
  ): Promise<{ accepted: AppendedShape } | { missed: LogPageShape }> {
    const { store, bells, count } = this.#parts;
    const { after, ...entry } = wish;
    const welcome = 'welcome' in entry ? (entry.welcome ?? null) : null;
    const result = await store.calls.append({
      ...{ callId, identity, ...entry, welcome },
      maxEntries: mostEntries,
    });
    if (result.outcome === 'accepted') {
      count('append_accepted');
      bells.ring(callId);
      const { position, generation, epoch } = result;
      return { accepted: { position, generation, epoch } };
    }
    if (result.outcome === 'log_full') throw new AppError('log_full');
    if (result.outcome !== 'conflict') throw refusal(result.outcome);
    count('append_conflict');
    return { missed: pageOf(await this.#view(callId, identity, { after, ...afterRace }), afterRace) };
  }

  /**
   * Entries after `after`, who is in the call and who asks to be: at once if there is something new, else as soon as there
   * is, at the latest after `waitMs`. `signal` ends the wait (the caller hung up); so does the stop of the service.
   */
  async read(
    callId: string,
    identity: string,
    wish: LogRead & { signal: AbortSignal },
  ): Promise<LogPageShape> {
    const { bells } = this.#parts;
    const keys = wish.requestsSeen === null ? [callId] : [callId, requestsOf(callId)];
    const untilMs = performance.now() + Math.min(wish.waitMs, longestWaitMs);
    for (;;) {
      const leftMs = untilMs - performance.now();
      const ear = bells.listen(keys, leftMs, wish.signal);
      try {
        const view = await this.#view(callId, identity, wish);
        if (isNews(view, wish) || leftMs <= 0 || wish.signal.aborted) return pageOf(view, wish);
        await ear.rung;
        if (bells.isClosed) throw new AppError('stopping');
      } finally {
        ear.stop();
      }
    }
  }

  async #view(callId: string, identity: string, wish: ViewWish): Promise<CallView> {
    const view = await this.#parts.store.calls.readAs(callId, identity, wish);
    if (typeof view === 'string') throw refusal(view);
    return view;
  }
}

function isNews(view: CallView, wish: LogRead): boolean {
  return view.position > wish.after || view.participantsVersion !== wish.seen || view.requests !== null;
}

/** A call as the log's answers show it. */
export function pageOf(call: CallView, { withGroupInfo }: { withGroupInfo: boolean }): LogPageShape {
  return {
    generation: call.generation,
    epoch: call.epoch,
    position: call.position,
    entries: [...call.entries],
    groupInfo: withGroupInfo ? call.groupInfo : null,
    participants: call.places.map(({ identity, livekitIdentity, state }) => ({
      identity,
      livekitIdentity,
      state,
    })),
    participantsVersion: call.participantsVersion,
    requests: call.requests && [...call.requests],
    requestsVersion: call.requestsVersion,
  };
}

/** The error for a caller that cannot touch a call (D4). */
export function refusal(access: NoAccess): AppError {
  const codes = { no_call: 'call_not_found', ended: 'call_ended', no_place: 'not_in_call' } as const;
  return new AppError(codes[access]);
}
