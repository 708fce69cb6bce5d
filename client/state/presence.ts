// Who holds a leaf but is not in LiveKit, who is in LiveKit without a leaf (M3), and what is sent and does not arrive (M6). What
// we know reaches us over two lines that never agree to the millisecond, so any of it is only said after it has lasted a while.
import type { Clock, Timer } from '../api/clock.ts';

/** A leaf and its media arrive this far apart without anything being wrong. */
export const graceMs = 4_000;

/** To begin with. */
export const nobody: ReadonlySet<string> = new Set();

export interface Seen {
  /** LiveKit identities of the other leaves. */
  readonly leaves: readonly string[];
  /** LiveKit identities of the remote participants; null while my own line to LiveKit says nothing. */
  readonly participants: readonly string[] | null;
  /** LiveKit identities whose microphone is shown otherwise than they say. */
  readonly misshown?: readonly string[];
  /** What is sent and does not arrive, by `streamName` of rows.ts. */
  readonly silent?: readonly string[];
}

export class Presence {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #missingSince = new Map<string, number>();
  readonly #strangeSince = new Map<string, number>();
  readonly #misshownSince = new Map<string, number>();
  readonly #silentSince = new Map<string, number>();
  #away = nobody;
  #outsiders = nobody;
  #misshown = nobody;
  #stalled = nobody;
  #timer: Timer | null = null;

  /** `onChange` is called when time alone changed somebody's standing. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  // Each of these is another set only when somebody's standing changed: what is seen comes ten times a second.

  get away(): ReadonlySet<string> {
    return this.#away;
  }

  get outsiders(): ReadonlySet<string> {
    return this.#outsiders;
  }

  get misshown(): ReadonlySet<string> {
    return this.#misshown;
  }

  /** What was silent for a while (M6). */
  get stalled(): ReadonlySet<string> {
    return this.#stalled;
  }

  /** Takes what is seen now. Nobody is judged while my own line is down. */
  update(seen: Seen): void {
    const { leaves, participants } = seen;
    const isThere = new Set(participants ?? leaves);
    const hasLeaf = new Set(leaves);
    const missing = leaves.filter((name) => !isThere.has(name));
    const strange = [...isThere].filter((name) => !hasLeaf.has(name));
    this.#note(this.#missingSince, missing);
    this.#note(this.#strangeSince, strange);
    this.#note(this.#misshownSince, seen.misshown ?? []);
    this.#note(this.#silentSince, seen.silent ?? []);
    this.#judge();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #note(since: Map<string, number>, names: readonly string[]): void {
    const now = new Set(names);
    for (const name of since.keys()) if (!now.has(name)) since.delete(name);
    for (const name of names) if (!since.has(name)) since.set(name, this.#clock.now());
  }

  #judge(): void {
    const nowMs = this.#clock.now();
    const lasting = (since: Map<string, number>, before: ReadonlySet<string>): ReadonlySet<string> => {
      const names = [...since].filter(([, sinceMs]) => nowMs - sinceMs >= graceMs).map(([name]) => name);
      return names.length === before.size && names.every((name) => before.has(name))
        ? before
        : new Set(names);
    };
    this.#away = lasting(this.#missingSince, this.#away);
    this.#outsiders = lasting(this.#strangeSince, this.#outsiders);
    this.#misshown = lasting(this.#misshownSince, this.#misshown);
    this.#stalled = lasting(this.#silentSince, this.#stalled);
    this.#timer?.cancel();
    const pending = [this.#missingSince, this.#strangeSince, this.#misshownSince, this.#silentSince]
      .flatMap((since) => [...since.values()])
      .filter((sinceMs) => nowMs - sinceMs < graceMs);
    if (pending.length === 0) return;
    this.#timer = this.#clock.after(Math.min(...pending) + graceMs - nowMs, () => {
      this.#judge();
      this.#onChange();
    });
  }
}
