// Which pictures stand in focus: what I pinned, else the first screen of somebody else, else whoever speaks where I follow the speaker. My
// own screen is never put there by itself: a picture of this page in this page shows nothing. Pure; Stage.svelte draws it.
import type { TileView } from '../../state/view.ts';

export interface Wishes {
  /** Ids of tiles, in the order in which I pinned them. */
  readonly pins: readonly string[];
  readonly isFollowing: boolean;
  readonly speakerId: string | null;
}

export interface Arrangement<T> {
  readonly focus: readonly T[];
  readonly rest: readonly T[];
}

type Tile = Pick<TileView, 'id' | 'personId' | 'source' | 'isMe'>;

export function arrange<T extends Tile>(tiles: readonly T[], wishes: Wishes): Arrangement<T> {
  const focus = focusOf(tiles, wishes);
  return { focus, rest: tiles.filter((tile) => !focus.includes(tile)) };
}

function focusOf<T extends Tile>(
  tiles: readonly T[],
  { pins, isFollowing, speakerId }: Wishes,
): readonly T[] {
  const pinned = pins.flatMap((id) => tiles.find((tile) => tile.id === id) ?? []);
  if (pinned.length > 0) return pinned;
  const screen = tiles.find((tile) => tile.source === 'screen' && !tile.isMe);
  if (screen !== undefined) return [screen];
  // One picture alone is in focus anyway.
  if (!isFollowing || tiles.length < 2) return [];
  const others = tiles.filter((tile) => tile.source === 'camera' && !tile.isMe);
  const speaker = others.find(({ personId }) => personId === speakerId) ?? others[0];
  return speaker === undefined ? [] : [speaker];
}
