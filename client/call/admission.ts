// The join requests that a session knows of, and when it is my turn to grant them (C12): keeps the times and what was refused;
// duty.ts decides, session.ts commits.
import { toBase64url } from '../../crypto/bytes.ts';
import type { CallState, RefusedRequest } from '../../crypto/call/types.ts';
import type { JoinRequest, LogPage } from '../api/schemas.ts';
import { additionDelayMs, isFollower, leavesToRemove, requestsToAdd, type Presence } from './duty.ts';

/** A request that was refused is looked at again after this: the roster may know more by then. */
const refusedRetryMs = 2_000;

export class Admission {
  #requests: readonly JoinRequest[] = [];
  #version = 0;
  /** The request that has waited longest, and since when I know of it. */
  #first: { readonly name: string; readonly sinceMs: number } | null = null;
  /** Until when refused requests are left alone, by their bytes. */
  readonly #refusedUntilMs = new Map<string, number>();

  /** Open requests, as far as I follow them. */
  get requests(): readonly JoinRequest[] {
    return this.#requests;
  }

  /** The version to ask the log with; null where it is not for me to follow requests. */
  seen(state: CallState | null): number | null {
    return state && isFollower(state) ? this.#version : null;
  }

  takePage({ requests, requestsVersion }: LogPage): void {
    if (requests === null || requestsVersion < this.#version) return;
    this.#requests = requests;
    this.#version = requestsVersion;
    const names = new Set(requests.map(nameOf));
    for (const name of this.#refusedUntilMs.keys()) if (!names.has(name)) this.#refusedUntilMs.delete(name);
  }

  refuse(refused: readonly RefusedRequest[], nowMs: number): void {
    for (const { request } of refused) this.#refusedUntilMs.set(nameOf(request), nowMs + refusedRetryMs);
  }

  /** Whom I add, and when; null where nobody waits. */
  due(
    state: CallState,
    { presence, paceMs }: { readonly presence: Presence; readonly paceMs: number },
    nowMs: number,
  ): { readonly atMs: number; readonly requests: readonly JoinRequest[] } | null {
    if (!isFollower(state)) return null;
    const waiting = requestsToAdd(state, presence);
    const untilMs = (request: JoinRequest): number => this.#refusedUntilMs.get(nameOf(request)) ?? 0;
    const requests = waiting.filter((request) => untilMs(request) <= nowMs);
    const [first] = requests;
    if (!first) {
      this.#first = null;
      return waiting.length === 0 ? null : { atMs: Math.min(...waiting.map(untilMs)), requests };
    }
    const name = nameOf(first);
    if (this.#first?.name !== name) this.#first = { name, sinceMs: nowMs };
    const leaving = leavesToRemove(state, presence);
    return { atMs: this.#first.sinceMs + additionDelayMs(state, leaving, paceMs), requests };
  }
}

function nameOf({ livekitIdentity, message }: JoinRequest): string {
  return `${livekitIdentity} ${toBase64url(message)}`;
}
