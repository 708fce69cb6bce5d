// Frames under somebody's name that are not theirs, were changed or came twice (F3–F5), counted by the frame worker and dropped there:
// when so many come that it is nobody's bad line, it is said. A few now and then mean nothing: packets are sent again, people come and go.
import type { Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import type { Clock, Timer } from '../api/clock.ts';
import { idOf } from './ids.ts';

/** So many within the window, spread over the least time, are called an attack. */
export const leastFrames = 30;
export const windowMs = 3_000;
export const leastMs = 1_500;
/** It is over when none came for so long. */
export const overAfterMs = 4_000;

/** What the trust log is to say of one attack. */
export interface Finding {
  /** Under whose name the frames came. */
  readonly identity: Bytes;
  /** Dropped in this attack so far. */
  readonly count: number;
  /** The first of this attack. */
  readonly isNew: boolean;
}

interface Watch {
  readonly identity: Bytes;
  total: number;
  recent: { readonly atMs: number; readonly frames: number }[];
  /** Dropped in the attack that goes on; null while there is none. */
  attack: number | null;
}

export class Interference {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #watches = new Map<string, Watch>();
  #under: ReadonlySet<string> = new Set();
  #timer: Timer | null = null;

  /** `onChange` is called when time alone ended an attack. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Under whose names it goes on, in base64url. Another set only when it changed. */
  get under(): ReadonlySet<string> {
    return this.#under;
  }

  /**
   * Takes what was dropped so far, by LiveKit identity; answers what is new to say. Only of who holds a leaf: of who has none nothing
   * plays anyhow, and the screen says so (M3).
   */
  look(dropped: ReadonlyMap<string, number>, leaves: readonly Leaf[]): readonly Finding[] {
    const nowMs = this.#clock.now();
    const findings = leaves.flatMap(({ livekitIdentity, identity }) => {
      const total = dropped.get(livekitIdentity);
      if (total === undefined) return [];
      const finding = judge(this.#watchOf(livekitIdentity, identity), { total, nowMs });
      return finding === null ? [] : [{ identity, ...finding }];
    });
    this.#end(nowMs);
    return findings;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #watchOf(livekitIdentity: string, identity: Bytes): Watch {
    const known = this.#watches.get(livekitIdentity);
    if (known !== undefined) return known;
    const fresh = { identity, total: 0, recent: [], attack: null };
    this.#watches.set(livekitIdentity, fresh);
    return fresh;
  }

  /** Ends what has ended, and sees to it that the next end is noticed. */
  #end(nowMs: number): void {
    this.#timer?.cancel();
    const lastMs: number[] = [];
    for (const watch of this.#watches.values()) {
      if (watch.attack === null) continue;
      const last = watch.recent.at(-1)?.atMs ?? 0;
      if (nowMs - last >= overAfterMs) watch.attack = null;
      else lastMs.push(last);
    }
    this.#tellUnder();
    if (lastMs.length === 0) return;
    this.#timer = this.#clock.after(Math.min(...lastMs) + overAfterMs - nowMs, () => {
      this.#end(this.#clock.now());
      this.#onChange();
    });
  }

  #tellUnder(): void {
    const under = [...this.#watches.values()]
      .filter(({ attack }) => attack !== null)
      .map(({ identity }) => idOf(identity));
    if (under.join() !== [...this.#under].join()) this.#under = new Set(under);
  }
}

function judge(
  watch: Watch,
  { total, nowMs }: { readonly total: number; readonly nowMs: number },
): Omit<Finding, 'identity'> | null {
  // Less than before: another worker, which counts from 0.
  const frames = total < watch.total ? total : total - watch.total;
  watch.total = total;
  if (frames === 0) return null;
  const { attack } = watch;
  if (attack !== null && nowMs - (watch.recent.at(-1)?.atMs ?? 0) < overAfterMs) {
    watch.attack = attack + frames;
    watch.recent = [{ atMs: nowMs, frames }];
    return { count: watch.attack, isNew: false };
  }
  watch.recent = [...watch.recent.filter(({ atMs }) => nowMs - atMs <= windowMs), { atMs: nowMs, frames }];
  watch.attack = null;
  const sum = watch.recent.reduce((all, one) => all + one.frames, 0);
  if (sum < leastFrames || nowMs - (watch.recent[0]?.atMs ?? nowMs) < leastMs) return null;
  watch.attack = sum;
  return { count: sum, isNew: true };
}
