// A picture whose sender has just taken it back keeps its place for a moment, with what it showed last: mostly it comes again, in another
// codec (M7). Whether its sender still says to be sending it is for state/rows.ts to look at. remote.ts asks for every view.
import type { RemoteTrackView } from './types.ts';

/** A change takes half a second, or longer on a slow line and a busy machine. */
const heldForMs = 2_500;

interface Held {
  readonly view: RemoteTrackView;
  /** When it was gone; null: it is there. */
  sinceMs: number | null;
}

type Picture = 'camera' | 'screen';
const pictures: readonly Picture[] = ['camera', 'screen'];
const isPicture = ({ source }: RemoteTrackView): boolean => source === 'camera' || source === 'screen';

export class HeldPictures {
  /** By LiveKit identity. */
  readonly #held = new Map<string, Map<Picture, Held>>();

  /**
   * What is there of somebody's, and what is held of it. `isOff`: the sender shows it as turned off, which is another thing than taking
   * it back.
   */
  with(
    livekitIdentity: string,
    tracks: readonly RemoteTrackView[],
    given: { readonly isOff: (source: Picture) => boolean; readonly nowMs: number },
  ): readonly RemoteTrackView[] {
    // Most people show nothing, and are asked about ten times a second.
    const known = this.#held.get(livekitIdentity);
    if (known === undefined && !tracks.some(isPicture)) return tracks;
    const held = known ?? new Map<Picture, Held>();
    const more = pictures.flatMap((source) => {
      const view = tracks.find((track) => track.source === source);
      if (view?.status === 'playing' && view.stream !== null) held.set(source, { view, sinceMs: null });
      // One that waits is about to come, or has just lost its receiver on the way out.
      else if (given.isOff(source) || (view !== undefined && view.status !== 'waiting')) held.delete(source);
      return view === undefined ? stillHeld(held, source, given.nowMs) : [];
    });
    if (held.size > 0) this.#held.set(livekitIdentity, held);
    else this.#held.delete(livekitIdentity);
    return more.length === 0 ? tracks : [...tracks, ...more];
  }

  /** Nobody else is there. */
  keep(livekitIdentities: Pick<ReadonlySet<string>, 'has'>): void {
    for (const one of this.#held.keys()) if (!livekitIdentities.has(one)) this.#held.delete(one);
  }
}

function stillHeld(all: Map<Picture, Held>, source: Picture, nowMs: number): RemoteTrackView[] {
  const held = all.get(source);
  if (held === undefined) return [];
  held.sinceMs ??= nowMs;
  // Without its stream, whose receiver may carry somebody else's picture by now (F4): the tile has kept the last one.
  if (nowMs - held.sinceMs < heldForMs)
    return [{ ...held.view, stream: null, isArriving: false, isHeld: true }];
  all.delete(source);
  return [];
}
