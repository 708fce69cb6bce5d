// How good each connection is, with the reason (docs/protocol.md has no rule for it: nothing depends on it but words). LiveKit's grade is one
// witness; the other is what this device measures: sound that was lost or made up, pictures that stood still, the way there and back.
// quality-stats.ts reads it from WebRTC, room.ts asks every two seconds, client/state shows it.

/** `loss`: percent of the sound; `far`: milliseconds there and back; `frozen`: the picture stands still; `line`: LiveKit says so, and no more is known. */
export interface Quality {
  readonly grade: 'weak' | 'bad';
  readonly reason: 'loss' | 'far' | 'frozen' | 'line';
  /** Percent or milliseconds; 0 where there is none. */
  readonly amount: number;
}

/** LiveKit's word (`ConnectionQuality`). */
export type ServerGrade = 'excellent' | 'good' | 'poor' | 'lost' | 'unknown';

/** What arrived from somebody so far: totals that only grow while their tracks are the same. */
export interface Arrived {
  readonly grade: ServerGrade;
  /** Packets of sound, and those of them that never came. */
  readonly packets: number;
  readonly lost: number;
  /** Samples of sound that were played, and those of them that were made up. */
  readonly samples: number;
  readonly concealed: number;
  /** Milliseconds that their pictures stood still. */
  readonly frozenMs: number;
}

/** What I send, as the other end reports it. */
export interface Sent {
  readonly grade: ServerGrade;
  /** 0..1 of my sound that the server missed lately; null: it has not said. */
  readonly lost: number | null;
  /** Milliseconds; null: not known. */
  readonly roundTripMs: number | null;
}

export interface Qualities {
  /** Only who is not well, by LiveKit identity. */
  readonly others: ReadonlyMap<string, Quality>;
  readonly mine: Quality | null;
}

/** Looks in a row that must agree before the screen changes: a short gust is not worth a word. */
const looksToShow = 2;
const looksToHide = 3;
/** Shares of the sound, and of the time between two looks. */
const weakLoss = 0.05;
const badLoss = 0.2;
const weakFrozen = 0.25;
const badFrozen = 0.75;
const weakMs = 400;
const badMs = 800;
/** Less than this is no measure of anything. */
const leastPackets = 25;
const leastSamples = 24_000;

export const wellQualities: Qualities = { others: new Map(), mine: null };

/** Judges look after look. Gives the very same object while nothing has changed, so that nobody is drawn again for nothing. */
export class QualityMeter {
  #before = new Map<string, Arrived>();
  #lastMs: number | null = null;
  readonly #steady = new Map<string, Steady>();
  #shown = wellQualities;

  take(nowMs: number, arrived: ReadonlyMap<string, Arrived>, sent: Sent): Qualities {
    const sinceMs = this.#lastMs === null ? 0 : nowMs - this.#lastMs;
    const judged = new Map(
      [...arrived].map(([name, now]) => [name, judge(this.#before.get(name), now, sinceMs)]),
    );
    this.#before = new Map(arrived);
    this.#lastMs = nowMs;
    const measured = [...judged.values()].filter(({ isMeasured }) => isMeasured);
    const lossy = measured.filter(({ quality }) => quality?.reason === 'loss');
    // What everybody's sound suffers from is not everybody's line, but mine.
    const isMine = lossy.length > 1 && lossy.length === measured.length;
    const shared = isMine ? least(lossy.map(({ quality }) => quality as Quality)) : null;
    const others = new Map<string, Quality>();
    for (const [name, { quality }] of judged) {
      const theirs = this.#settled(name, isMine && quality?.reason === 'loss' ? null : quality);
      if (theirs !== null) others.set(name, theirs);
    }
    for (const name of this.#steady.keys()) if (name !== me && !arrived.has(name)) this.#steady.delete(name);
    const mine = this.#settled(me, worse(judgeSent(sent), shared));
    if (isSame(this.#shown, { others, mine })) return this.#shown;
    this.#shown = { others, mine };
    return this.#shown;
  }

  #settled(name: string, now: Quality | null): Quality | null {
    const steady = this.#steady.get(name) ?? { shown: null, other: 0 };
    const isOther = now?.grade !== steady.shown?.grade || now?.reason !== steady.shown?.reason;
    const other = isOther ? steady.other + 1 : 0;
    const looks = now === null ? looksToHide : looksToShow;
    const isDue = isOther && other >= looks;
    const shown = isDue || (!isOther && now?.amount !== steady.shown?.amount) ? now : steady.shown;
    this.#steady.set(name, { shown, other: isDue ? 0 : other });
    return shown;
  }
}

interface Steady {
  readonly shown: Quality | null;
  /** Looks in a row that said something else. */
  readonly other: number;
}

/** No LiveKit identity is like it. */
const me = '';

function judge(
  before: Arrived | undefined,
  now: Arrived,
  sinceMs: number,
): { readonly quality: Quality | null; readonly isMeasured: boolean } {
  // Another track under the same name begins again from nothing.
  const isOn = before !== undefined && now.packets >= before.packets && now.samples >= before.samples;
  const from = isOn ? before : now;
  const packets = now.packets - from.packets + (now.lost - from.lost);
  const samples = now.samples - from.samples;
  const lost = packets >= leastPackets ? (now.lost - from.lost) / packets : 0;
  const concealed = samples >= leastSamples ? (now.concealed - from.concealed) / samples : 0;
  const isMeasured = packets >= leastPackets;
  // Silence is not sent packet by packet, and what is not sent is made up: only with packets missing does it count.
  const loss = lost > 0.01 ? Math.max(lost, Math.min(concealed, 1)) : 0;
  const frozen = sinceMs > 0 ? Math.max(0, now.frozenMs - from.frozenMs) / sinceMs : 0;
  const quality = worse(
    worse(
      graded(loss, [weakLoss, badLoss], { reason: 'loss', amount: percent(loss) }),
      serverSays(now.grade),
    ),
    graded(frozen, [weakFrozen, badFrozen], { reason: 'frozen', amount: 0 }),
  );
  return { quality, isMeasured };
}

function judgeSent({ grade, lost, roundTripMs }: Sent): Quality | null {
  const far = graded(roundTripMs ?? 0, [weakMs, badMs], {
    reason: 'far',
    amount: Math.round((roundTripMs ?? 0) / 20) * 20,
  });
  const loss = graded(lost ?? 0, [weakLoss, badLoss], { reason: 'loss', amount: percent(lost ?? 0) });
  return worse(worse(loss, far), serverSays(grade));
}

function serverSays(grade: ServerGrade): Quality | null {
  if (grade === 'lost') return { grade: 'bad', reason: 'line', amount: 0 };
  return grade === 'poor' ? { grade: 'weak', reason: 'line', amount: 0 } : null;
}

function graded(
  value: number,
  [weak, bad]: readonly [number, number],
  why: Omit<Quality, 'grade'>,
): Quality | null {
  if (value < weak) return null;
  return { grade: value < bad ? 'weak' : 'bad', ...why };
}

/** The worse of two; of two that are alike, the first, which says more. */
function worse(a: Quality | null, b: Quality | null): Quality | null {
  if (a === null || b === null) return a ?? b;
  // A reason of one's own is worth more than LiveKit's word, whatever that calls it.
  if (b.reason === 'line') return { ...a, grade: a.grade === 'bad' ? 'bad' : b.grade };
  return a.grade === 'weak' && b.grade === 'bad' ? b : a;
}

function least(all: readonly Quality[]): Quality {
  return all.reduce((one, other) => (other.amount < one.amount ? other : one));
}

function percent(share: number): number {
  return Math.round(share * 100);
}

function isSame(a: Qualities, b: Qualities): boolean {
  return (
    isSameQuality(a.mine, b.mine) &&
    a.others.size === b.others.size &&
    [...a.others].every(([name, one]) => isSameQuality(one, b.others.get(name) ?? null))
  );
}

function isSameQuality(a: Quality | null, b: Quality | null): boolean {
  return a?.grade === b?.grade && a?.reason === b?.reason && a?.amount === b?.amount;
}
