// What changes places glides to the new one, so that the eye can follow it: everything inside that says `data-glide`, by transform alone, which
// moves nothing else. Never an `svg` itself, which Chromium counts as a jump all the same: the element around it. App.svelte says before a
// change and after it; what is inside something that glides adds its own way only.
import type { Attachment } from 'svelte/attachments';

/** As `--time-move` and `--ease-out`. */
const timing: KeyframeAnimationOptions = { duration: 280, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' };
/** Nobody sees less. */
const leastPixels = 1;
/** More than a person follows with the eye, and a page measures twice at each change: in a crowd things stand where they stand. */
const mostPieces = 100;

interface Way {
  readonly x: number;
  readonly y: number;
}

const none: Way = { x: 0, y: 0 };

export class Glide {
  #root: HTMLElement | null = null;
  #before = new Map<Element, DOMRect>();
  #gliding: readonly Animation[] = [];

  readonly watch: Attachment<HTMLElement> = (root) => {
    this.#root = root;
    return () => {
      this.#root = null;
      this.#before.clear();
      this.#gliding = [];
    };
  };

  /** Before the change, from wherever it is gliding. */
  note(): void {
    const pieces = this.#pieces();
    const seen = pieces.length > mostPieces ? [] : pieces;
    this.#before = new Map(seen.map((piece) => [piece, piece.getBoundingClientRect()]));
  }

  /** After it. What is new, or was not seen, comes without. */
  play(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const animation of this.#gliding) animation.cancel();
    this.#gliding = [];
    if (this.#before.size === 0) return;
    const ways = this.#ways();
    this.#before.clear();
    this.#gliding = [...ways].flatMap(([piece, way]) => {
      const around = piece.parentElement?.closest('[data-glide]');
      const { x, y } = less(way, (around && ways.get(around)) ?? none);
      if (Math.hypot(x, y) < leastPixels) return [];
      return [piece.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], timing)];
    });
  }

  /** How far each is from where it was. All are measured before any is moved. */
  #ways(): Map<Element, Way> {
    const moved = this.#pieces().flatMap((piece) => {
      const [from, to] = [this.#before.get(piece), piece.getBoundingClientRect()];
      if (from === undefined || from.width === 0 || to.width === 0) return [];
      return [[piece, { x: from.left - to.left, y: from.top - to.top }] as const];
    });
    return new Map(moved);
  }

  #pieces(): Element[] {
    return [...(this.#root?.querySelectorAll('[data-glide]') ?? [])];
  }
}

function less(a: Way, b: Way): Way {
  return { x: a.x - b.x, y: a.y - b.y };
}
