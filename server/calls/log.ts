// The delivery log (D1–D5, D7) as the routes see it: append by compare-and-swap, and read with a long poll. The store does
// both atomically; what is added here is waiting, and the words for refusals.
import { AppError } from '../errors.ts';
import type { CallView, NoAccess, Store, ViewWish } from '../store/store.ts';
import { requestsOf, type Bells } from './bells.ts';
import { everyParticipant, ParticipantHistory, type ShownParticipants } from './participants.ts';
import { keptEntries, type AppendedShape, type AppendShape, type LogPageShape } from './schema.ts';
import { CallViews } from './views.ts';

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

/**
 * How long a poll may wait for more where all that is new is that somebody comes or goes: two hundred who come would else wake everybody
 * 200 times. From its beginning for who follows requests, and so is among the first to act on it; from the news for all others, who learn the
 * rest with the commit that it brings.
 */
export const gatherMs = 1_000;

/** What a page holds beside what was missed, after a lost race. */
const afterRace = { withGroupInfo: true, withWelcomes: false, requestsSeen: null };

export class LogService {
  readonly #parts: LogParts;
  readonly #views: CallViews;
  readonly #history = new ParticipantHistory();

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.#views = new CallViews(parts);
  }

  /** The new position, or the page of what the caller missed (D2). Throws the refusals of D4. */
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
      ...{ after, keptEntries },
    });
    if (result.outcome === 'accepted' || result.outcome === 'repeated') {
      if (result.outcome === 'accepted') {
        count('append_accepted');
        bells.ring(callId);
      }
      const { position, generation, epoch } = result;
      return { accepted: { position, generation, epoch } };
    }
    if (result.outcome !== 'conflict') throw refusal(result.outcome);
    count('append_conflict');
    const missed = { after, ...afterRace };
    const view = allowed(await store.calls.readAs(callId, identity, missed), missed);
    return { missed: pageOf(view, afterRace) };
  }

  /**
   * Entries after `after`, who is in the call and who asks to be: at once if there is something new, else as soon as there
   * is, at the latest after `waitMs`; where it is only that people came or went, within a second. `signal` ends the wait (the caller
   * hung up); so does the stop of the service.
   */
  async read(
    callId: string,
    identity: string,
    wish: LogRead & { signal: AbortSignal },
  ): Promise<LogPageShape> {
    const { bells } = this.#parts;
    const keys = wish.requestsSeen === null ? [callId] : [callId, requestsOf(callId)];
    const beganMs = performance.now();
    const untilMs = beganMs + Math.min(wish.waitMs, longestWaitMs);
    let sinceMs = wish.requestsSeen === null ? null : beganMs;
    for (;;) {
      const nowMs = performance.now();
      const ear = bells.listen(keys, untilMs - nowMs, wish.signal);
      try {
        const view = allowed(await this.#views.readAs(callId, identity, wish), wish);
        const shown = this.#history.since(view, wish.seen);
        const isNew = view.participantsVersion !== wish.seen;
        if (isNew) sinceMs ??= nowMs;
        const gatherUntilMs = Math.min(untilMs, (sinceMs ?? nowMs) + gatherMs);
        const isDue = nowMs >= (isNew ? gatherUntilMs : untilMs);
        if (isPressing(view, wish, shown) || isDue || wish.signal.aborted) return pageOf(view, wish, shown);
        if (isNew) ear.within(gatherUntilMs - nowMs);
        await ear.rung;
        if (bells.isClosed) throw new AppError('stopping');
      } finally {
        ear.stop();
      }
    }
  }
}

/**
 * Throws the refusals of D4. Who is behind the oldest entry that is kept can only enter anew: with the GroupInfo the state is all there
 * is to tell.
 */
function allowed(view: CallView | NoAccess, wish: ViewWish & { readonly withGroupInfo: boolean }): CallView {
  if (typeof view === 'string') throw refusal(view);
  if (!isBehind(view, wish)) return view;
  if (!wish.withGroupInfo) throw new AppError('log_behind');
  return { ...view, entries: [] };
}

function isBehind({ entries: [first] }: CallView, { after }: ViewWish): boolean {
  return first !== undefined && after !== null && first.position > after + 1;
}

/** What nobody should wait for: entries, requests, what the reader knows nothing of, and for who follows requests that somebody left. */
function isPressing(view: CallView, wish: LogRead, shown: ShownParticipants): boolean {
  if (view.position > wish.after || view.requests !== null || shown.participantsSince === null) return true;
  return wish.requestsSeen !== null && shown.participants.some(({ state }) => state === 'left');
}

/** A call as the log's answers show it; with everybody who is in it, if nothing else is given. */
export function pageOf(
  call: CallView,
  { withGroupInfo }: { withGroupInfo: boolean },
  shown: ShownParticipants = everyParticipant(call),
): LogPageShape {
  return {
    generation: call.generation,
    epoch: call.epoch,
    position: call.position,
    entries: [...call.entries],
    groupInfo: withGroupInfo ? call.groupInfo : null,
    ...shown,
    requests: call.requests && [...call.requests],
    requestsVersion: call.requestsVersion,
  };
}

/** The error for a caller that cannot touch a call (D4). */
export function refusal(access: NoAccess): AppError {
  const codes = { no_call: 'call_not_found', ended: 'call_ended', no_place: 'not_in_call' } as const;
  return new AppError(codes[access]);
}
