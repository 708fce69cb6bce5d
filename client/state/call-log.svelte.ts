// Keeps the trust log of a call: what the session, the roster and the media room tell becomes lines (trust-log.ts), a matter that goes on
// one line that counts. call.svelte.ts holds it.
import { fromBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { Clock } from '../api/clock.ts';
import { isRemoved, type Group } from '../groups/group.ts';
import type { MediaSnapshot } from '../media/types.ts';
import { idOf } from './ids.ts';
import { Interference, type Finding } from './interference.ts';
import type { LiveState } from './live-call.ts';
import { nobody } from './presence.ts';
import { withCount, withLine, withRemovals, type TrustLine } from './trust-log.ts';
import type { TrustEvent } from './view.ts';

/** Mutes by the service that follow each other closer than this are one line. */
const sameMuteMs = 10_000;

/** What of a call's state the log is kept by. */
type Told = Pick<LiveState, 'leaves' | 'unverified'> & {
  readonly media: Pick<MediaSnapshot, 'forged' | 'silenced' | 'serverMutes' | 'withheld'> | null;
};

export interface CallLogParts {
  readonly clock: Clock;
  /** Empty for somebody who was never seen. */
  readonly nameOf: (identity: Bytes) => string;
  /** Time alone ended an attack. */
  readonly onChange: () => void;
}

export class CallLog {
  readonly #parts: CallLogParts;
  /** False frames under somebody's name (F3–F5). */
  readonly #interference: Interference;
  /** The same of what listeners send (F10). */
  readonly #intrusion: Interference;
  #lines: readonly TrustLine[] = $state.raw([]);
  #forged = $state.raw(nobody);
  #intruding = $state.raw(nobody);
  /** The service last named somebody who cannot be a member. */
  #isRosterForged = false;
  #serverMutes = 0;
  #serverMutedAtMs = Number.NEGATIVE_INFINITY;
  #withheld: { readonly id: string; readonly before: number } | null = null;

  constructor(parts: CallLogParts) {
    this.#parts = parts;
    this.#interference = new Interference(parts.clock, parts.onChange);
    this.#intrusion = new Interference(parts.clock, parts.onChange);
  }

  /** The newest first. */
  get lines(): readonly TrustLine[] {
    return this.#lines;
  }

  /** Ids of those under whose name forged frames come. */
  get forged(): ReadonlySet<string> {
    return this.#forged;
  }

  /** Ids of listeners who send. */
  get intruding(): ReadonlySet<string> {
    return this.#intruding;
  }

  stop(): void {
    this.#interference.stop();
    this.#intrusion.stop();
  }

  write(
    kind: TrustEvent['kind'],
    about: Bytes | null,
    more: Partial<Pick<TrustEvent, 'count' | 'by'>> = {},
  ): void {
    const { clock, nameOf } = this.#parts;
    const who = about ? { name: nameOf(about), identity: idOf(about) } : { name: '', identity: '' };
    this.#lines = withLine(this.#lines, { atMs: clock.today(), kind, ...who, ...more });
  }

  /** The roster changed. */
  noteRoster(group: Group): void {
    const isLying = group.problem === 'entries_refused';
    if (isLying && !this.#isRosterForged) this.write('refused', null);
    this.#isRosterForged = isLying;
    const wasRemoved = (identity: string): boolean => isRemoved(group, fromBase64url(identity));
    this.#lines = withRemovals(this.#lines, this.#parts.clock.today(), wasRemoved);
  }

  /** The call changed. */
  note({ media, leaves, unverified }: Told): void {
    if (media !== null) {
      this.#writeCounts('forged', this.#interference.look(media.forged, leaves));
      this.#writeCounts('silenced', this.#intrusion.look(media.silenced, leaves));
      this.#forged = this.#interference.under;
      this.#intruding = this.#intrusion.under;
    }
    this.#noteServerMutes(media?.serverMutes ?? 0);
    this.#noteWithheld(unverified[0], media?.withheld ?? 0);
  }

  #writeCounts(kind: 'forged' | 'silenced', findings: readonly Finding[]): void {
    for (const { identity, count, isNew } of findings) {
      if (isNew) this.write(kind, identity, { count });
      else this.#lines = withCount(this.#lines, { kind, identity: idOf(identity), count });
    }
  }

  /** The first of a series: one that goes on is one matter. */
  #noteServerMutes(count: number): void {
    const nowMs = this.#parts.clock.now();
    if (count > this.#serverMutes && nowMs - this.#serverMutedAtMs > sameMuteMs)
      this.write('mutedByService', null);
    if (count !== this.#serverMutes) this.#serverMutedAtMs = nowMs;
    this.#serverMutes = count;
  }

  /** One line, with the number of frames that were not sent, from when that begins until it ends (C18). */
  #noteWithheld(first: Bytes | undefined, frames: number): void {
    if (first === undefined) {
      this.#withheld = null;
      return;
    }
    const began = this.#withheld === null;
    this.#withheld ??= { id: idOf(first), before: frames };
    const { id: identity, before } = this.#withheld;
    if (began) this.write('withheld', first, { count: 0 });
    else this.#lines = withCount(this.#lines, { kind: 'withheld', identity, count: frames - before });
  }
}
