// When what happened in this call: how long each join took, and every change of the key since. Times of day are for people, lengths are by
// the monotone clock. live-call.ts tells it, diagnostics.ts shows it. Nothing in here is secret: epochs are numbers that the service knows.
import type { Clock } from '../api/clock.ts';
import type { CallEpoch } from '../call/types.ts';
import type { MediaSnapshot } from '../media/types.ts';

/** Lengths in ms from the tap, or from the loss of the place before; null: not so far. */
export interface JoinTimes {
  readonly atMs: number;
  /** The service's ticket is here. */
  readonly ticketMs: number | null;
  /** LiveKit has answered. */
  readonly connectedMs: number | null;
  /** The first keys are in the frame worker. */
  readonly keysMs: number | null;
  readonly publishedMs: number | null;
  /** The first frame of somebody else opened. */
  readonly heardMs: number | null;
}

export interface RekeyTimes {
  readonly atMs: number;
  readonly generation: number;
  readonly epoch: string;
  readonly members: number;
  /** Of the leaves before it; 0 and 0 where keys were made new without a change of people. */
  readonly came: number;
  readonly went: number;
  /** From the entry that was applied to keys in the frame worker. */
  readonly keysMs: number;
  /** … until my frames moved to them (K4): null while they have not. */
  readonly switchedMs: number | null;
}

export interface TimelineView {
  readonly joins: readonly JoinTimes[];
  /** The latest first. */
  readonly rekeys: readonly RekeyTimes[];
}

const mostJoins = 10;
const mostRekeys = 50;

type Step = Exclude<keyof JoinTimes, 'atMs'>;

export class Timeline {
  readonly #clock: Clock;
  #joins: JoinTimes[] = [];
  #beganMs = 0;
  #rekeys: RekeyTimes[] = [];
  /** Epochs that were applied, and are not in the worker yet. */
  readonly #applied = new Map<string, { readonly atMs: number; readonly sendAfterMs: number }>();
  #names: ReadonlySet<string> = new Set();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As of now: who moves without being told to, has moved when its time came. */
  get view(): TimelineView {
    return { joins: this.#joins, rekeys: this.#rekeys };
  }

  /** Another place is being taken. */
  began(): void {
    this.#beganMs = this.#clock.now();
    const none = { ticketMs: null, connectedMs: null, keysMs: null, publishedMs: null, heardMs: null };
    this.#joins = [...this.#joins, { atMs: this.#clock.today(), ...none }].slice(-mostJoins);
    this.#applied.clear();
    this.#names = new Set();
  }

  ticket(): void {
    this.#reached('ticketMs');
  }

  media({ connection, microphone, participants }: MediaSnapshot): void {
    if (connection === 'connected') this.#reached('connectedMs');
    if (microphone === 'on') this.#reached('publishedMs');
    if (this.#joins.at(-1)?.heardMs !== null) return;
    if (participants.some(({ tracks }) => tracks.some(({ status }) => status === 'playing')))
      this.#reached('heardMs');
  }

  /** An entry of the log made this epoch. */
  applied({ generation, epoch, sendAfterMs }: Pick<CallEpoch, 'generation' | 'epoch' | 'sendAfterMs'>): void {
    this.#applied.set(nameOf(generation, epoch), { atMs: this.#clock.now(), sendAfterMs });
  }

  /** Its keys are in the frame worker. */
  installed({ generation, epoch, leaves }: Pick<CallEpoch, 'generation' | 'epoch' | 'leaves'>): void {
    this.#reached('keysMs');
    const found = this.#applied.get(nameOf(generation, epoch));
    if (found === undefined) return;
    const names = new Set(leaves.map(({ livekitIdentity }) => livekitIdentity));
    const keysMs = this.#since(found.atMs);
    const rekey: RekeyTimes = {
      ...{ atMs: this.#clock.today(), generation, epoch: epoch.toString(), members: leaves.length },
      came: [...names].filter((name) => !this.#names.has(name)).length,
      went: [...this.#names].filter((name) => !names.has(name)).length,
      ...{ keysMs, switchedMs: found.sendAfterMs === 0 ? keysMs : null },
    };
    this.#names = names;
    this.#rekeys = [rekey, ...this.#rekeys].slice(0, mostRekeys);
    if (found.sendAfterMs === 0) this.#applied.delete(nameOf(generation, epoch));
    else this.#clock.after(Math.max(0, found.sendAfterMs - keysMs), () => this.switched(generation, epoch));
  }

  /** My frames move to it (K4). */
  switched(generation: number, epoch: bigint): void {
    const name = nameOf(generation, epoch);
    const found = this.#applied.get(name);
    if (found === undefined || !this.#rekeys.some((one) => nameOf(one.generation, one.epoch) === name))
      return;
    this.#applied.delete(name);
    const switchedMs = this.#since(found.atMs);
    this.#rekeys = this.#rekeys.map((one) =>
      one.switchedMs === null && nameOf(one.generation, one.epoch) === name ? { ...one, switchedMs } : one,
    );
  }

  #reached(step: Step): void {
    const last = this.#joins.at(-1);
    if (last === undefined || last[step] !== null) return;
    this.#joins = [...this.#joins.slice(0, -1), { ...last, [step]: this.#since(this.#beganMs) }];
  }

  #since(ms: number): number {
    return Math.round(this.#clock.now() - ms);
  }
}

function nameOf(generation: number, epoch: bigint | string): string {
  return `${generation}/${epoch.toString()}`;
}
