// Where tiles stand: columns by number of pictures, and how the last, incomplete row is centred. Figures of the look:
// stage columns 1/2/3/4/5 at 1/3/7/13/25 pictures; the panel has two columns and its odd first tile a whole row.

/** Pictures from which a stage has one column more. */
const stageSteps = [1, 3, 7, 13, 25] as const;

export function stageColumns(count: number): number {
  return Math.max(1, stageSteps.filter((from) => count >= from).length);
}

/**
 * The grid line where tile `index` of `count` begins, on a grid of `2 × columns` tracks where a tile spans two; null where
 * the browser's own flow is right. Only the first tile of an incomplete last row is moved.
 */
export function stageStart(index: number, count: number): number | null {
  const columns = stageColumns(count);
  const left = count % columns;
  return left !== 0 && index === count - left ? columns - left + 1 : null;
}

/** In the panel: an odd number of pictures gives the first one a whole row. */
export function isWholeRow(index: number, count: number): boolean {
  return index === 0 && count % 2 === 1;
}
