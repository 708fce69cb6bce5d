// In which order people and pictures of a call stand: me, who presents, who spoke lately, raised hands, who shows themselves, the others,
// and last who has no key. Within each as rows.ts has them, so that nobody changes places without a reason. Pure.
import type { CallRow, TileView } from './view.ts';

export interface Prominence {
  /** Ids of who spoke lately, in the order in which they began to (speakers.ts). */
  readonly recent: readonly string[];
  readonly tiles: readonly Pick<TileView, 'personId' | 'source'>[];
}

export function inOrder(rows: readonly CallRow[], { recent, tiles }: Prominence): CallRow[] {
  const shows = (source: TileView['source']): ReadonlySet<string> =>
    new Set(tiles.filter((tile) => tile.source === source).map(({ personId }) => personId));
  const [presenting, onCamera] = [shows('screen'), shows('camera')];
  const turn = new Map(recent.map((id, place) => [id, place]));
  const rank = (row: CallRow): number => {
    if (row.isMe) return 0;
    if (row.status === 'outsider') return 6;
    if (presenting.has(row.id)) return 1;
    if (turn.has(row.id)) return 2;
    if (row.hand > 0) return 3;
    return onCamera.has(row.id) ? 4 : 5;
  };
  const place = (row: CallRow): number => (rank(row) === 2 ? (turn.get(row.id) ?? 0) : row.hand);
  return rows
    .map((row, at) => ({ row, at, rank: rank(row) }))
    .sort((a, b) => a.rank - b.rank || place(a.row) - place(b.row) || a.at - b.at)
    .map(({ row }) => row);
}
