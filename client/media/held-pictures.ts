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

const pictures = ['camera', 'screen'] as const;

export class HeldPictures {
  readonly #held = new Map<string, Held>();

  /**
   * What is there of somebody's, and what is held of it. `isOff`: the sender shows it as turned off, which is another thing than taking
   * it back.
   */
  with(
    livekitIdentity: string,
    tracks: readonly RemoteTrackView[],
    {
      isOff,
      nowMs,
    }: { readonly isOff: (source: RemoteTrackView['source']) => boolean; readonly nowMs: number },
  ): readonly RemoteTrackView[] {
    // Most people show nothing, and are asked about ten times a second.
    if (this.#held.size === 0 && tracks.every(({ source }) => source !== 'camera' && source !== 'screen'))
      return tracks;
    const held = pictures.flatMap((source) => {
      const name = `${source} ${livekitIdentity}`;
      const view = tracks.find((track) => track.source === source);
      if (view?.status === 'playing' && view.stream !== null) this.#held.set(name, { view, sinceMs: null });
      // One that waits is about to come, or has just lost its receiver on the way out.
      else if (isOff(source) || (view !== undefined && view.status !== 'waiting')) this.#held.delete(name);
      return view === undefined ? this.#stillHeld(name, nowMs) : [];
    });
    return held.length === 0 ? tracks : [...tracks, ...held];
  }

  #stillHeld(name: string, nowMs: number): RemoteTrackView[] {
    const held = this.#held.get(name);
    if (held === undefined) return [];
    held.sinceMs ??= nowMs;
    // Without its stream, whose receiver may carry somebody else's picture by now (F4): the tile has kept the last one.
    if (nowMs - held.sinceMs < heldForMs)
      return [{ ...held.view, stream: null, isArriving: false, isHeld: true }];
    this.#held.delete(name);
    return [];
  }

  /** Nobody else is there. */
  keep(livekitIdentities: ReadonlySet<string>): void {
    for (const name of this.#held.keys())
      if (!livekitIdentities.has(name.slice(name.indexOf(' ') + 1))) this.#held.delete(name);
  }
}
