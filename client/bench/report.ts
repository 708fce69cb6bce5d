// What every benchmark gives back, and how it is printed: value, baseline of the same run, ratio, what is to be reached.

export interface Measure {
  readonly what: string;
  /** With its unit: `412 ms`. */
  readonly value: string;
  readonly baseline?: string;
  readonly ratio?: number;
  /** As it stands in docs/benchmarks.md: `≤ 1.2`. Absent: reported only. */
  readonly reach?: string;
  readonly isReached?: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that the given share of all does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** `412 ms (380–690)`: median and range. */
export function spread(values: readonly number[]): string {
  const round = (value: number): string => value.toFixed(0);
  return `${round(median(values))} ms (${round(Math.min(...values))}–${round(Math.max(...values))})`;
}

/** A measure whose value is compared with a baseline of the same run. */
export function compared(
  what: string,
  values: { readonly product: readonly number[]; readonly baseline: readonly number[] },
  reach: number,
): Measure {
  const ratio = median(values.product) / median(values.baseline);
  return {
    what,
    value: spread(values.product),
    baseline: spread(values.baseline),
    ratio,
    reach: `≤ ${reach}`,
    isReached: ratio <= reach,
  };
}

/** One line a measure, columns as wide as they need to be. */
export function table(measures: readonly Measure[]): string {
  const rows = measures.map(({ what, value, baseline = '–', ratio, reach = 'report', isReached }) => [
    what,
    value,
    baseline,
    ratio === undefined ? '–' : ratio.toFixed(2),
    reach,
    isReached === undefined ? '' : isReached ? 'reached' : 'MISSED',
  ]);
  const all = [['what', 'value', 'baseline', 'ratio', 'reach', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
