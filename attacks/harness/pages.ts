// What a hostile service answers about the delivery log: pages as they travel (docs/service.md), and attacks that change them for some
// and not for others. hostile-service.ts carries them; former-call.ts has a whole call that is old.
import type { Answer, Asked, Attack } from './hostile-service.ts';

export interface Entry {
  readonly position: number;
  readonly kind: 'open' | 'commit';
  readonly generation: number;
  readonly epoch: number;
  /** base64url. */
  readonly message: string;
  readonly welcome: string | null;
}

export interface Participant {
  readonly identity: string;
  readonly livekitIdentity: string;
  readonly state: string;
}

export interface Page {
  readonly generation: number;
  readonly epoch: number;
  readonly position: number;
  readonly entries: readonly Entry[];
  readonly groupInfo: string | null;
  readonly participants: readonly Participant[];
  readonly participantsVersion: number;
  readonly participantsSince: number | null;
}

export function isAppend({ method, path }: Asked): boolean {
  return method === 'POST' && path.endsWith('/log');
}

export function isLogRead({ method, path }: Asked): boolean {
  return method === 'GET' && path.endsWith('/log');
}

/** Changes every page that `identity` is shown: of a read, of a lost race, and of the ticket to join. */
export function pagesFor(identity: string, change: (page: Page, asked: Asked) => Page): Attack {
  return async (asked, truth) => {
    const answer = await truth();
    return asked.by === identity ? withPage(answer, (page) => change(page, asked)) : answer;
  };
}

/** Where the log stands. */
export interface Place {
  readonly position: number;
  readonly epoch: number;
}

/**
 * Time stands still for `identity`: the log is as it was at `place`, and only who is there is true. With
 * `areCommitsKept` they are told that each commit of theirs was accepted, and nobody else hears of it.
 */
export function historyOf(
  identity: string,
  place: Place,
  { areCommitsKept }: { readonly areCommitsKept: boolean },
): Attack {
  let made = 0;
  const present = (): Place => ({ position: place.position + made, epoch: place.epoch + made });
  return async (asked, truth) => {
    if (asked.by !== identity) return truth();
    if (isAppend(asked) && areCommitsKept) {
      made++;
      const { generation } = asked.body as { generation: number };
      return { status: 201, body: { ...present(), generation } };
    }
    if (!isLogRead(asked)) return truth();
    const answer = await truth();
    const page = answer.body as Page;
    const isNews = String(page.participantsVersion) !== asked.query.get('seen');
    if (!isNews) await linger(Number(asked.query.get('waitMs')), [asked.hungUp, asked.nudged]);
    return { ...answer, body: { ...page, ...present(), entries: [] } };
  };
}

/** Answers with a page, or with one inside. */
export function withPage(answer: Answer, change: (page: Page) => Page): Answer {
  const body = answer.body as (Page & { page?: Page }) | null;
  if (body === null || typeof body !== 'object') return answer;
  if (body.page !== undefined) return { ...answer, body: { ...body, page: change(body.page) } };
  return Array.isArray(body.entries) ? { ...answer, body: change(body) } : answer;
}

/** Resolves after `ms` or at a signal: how a long poll passes. */
export function linger(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const any = AbortSignal.any([...signals]);
    const done = (): void => {
      clearTimeout(timer);
      any.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (any.aborted) done();
    else any.addEventListener('abort', done);
  });
}
