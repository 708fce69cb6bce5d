// Pictures travel: from the face in the list that they come out of, and from one place of the stage to the next. Measured before the screen
// changes and played after it (FLIP), by transforms alone, so that nothing else moves. Call.svelte says when; who wants less motion has none.

const milliseconds = 260;
const easing = 'cubic-bezier(0.2, 0.7, 0.2, 1)';
/** Less than this is no way to go. */
const leastPixels = 2;

type Box = Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>;

export interface Way {
  readonly transform: string;
  readonly opacity: number;
}

/**
 * Where something begins that comes from one box to another, relative to where it ends; null: it stays. From a face it comes as a whole and
 * faint; a picture that was one before is drawn to its new measures.
 */
export function wayBetween(from: Box, to: Box, isFromFace: boolean): Way | null {
  if (from.width === 0 || to.width === 0 || to.height === 0) return null;
  const x = from.left + from.width / 2 - (to.left + to.width / 2);
  const y = from.top + from.height / 2 - (to.top + to.height / 2);
  const [wide, high] = [from.width / to.width, from.height / to.height];
  const isNear = Math.hypot(x, y) < leastPixels && Math.abs(from.width - to.width) < leastPixels;
  if (isNear && Math.abs(from.height - to.height) < leastPixels) return null;
  const scale = isFromFace ? `${Math.max(wide, high)}` : `${wide}, ${high}`;
  return { transform: `translate(${x}px, ${y}px) scale(${scale})`, opacity: isFromFace ? 0 : 1 };
}

/** Marks of the markup: `data-place` names what stands somewhere, `data-from` the face that a picture comes out of. */
export class Travel {
  #before = new Map<string, Box>();
  readonly #under = new WeakMap<Element, Animation>();

  /** The screen is about to change. */
  note(root: Element | undefined): void {
    this.#before.clear();
    for (const element of placed(root)) {
      const shown = element.tagName === 'LI' ? element.firstElementChild : element;
      if (shown !== null) this.#before.set(element.dataset['place'] ?? '', shown.getBoundingClientRect());
    }
  }

  /** It has changed. */
  play(root: Element | undefined): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const moving = [...placed(root)].filter(({ dataset }) => dataset['from'] !== undefined);
    for (const element of moving) this.#under.get(element)?.cancel();
    const ways = moving.map((element) => {
      const { place = '', from = '' } = element.dataset;
      const was = this.#before.get(place);
      const start = was ?? this.#before.get(from);
      return start && wayBetween(start, element.getBoundingClientRect(), was === undefined);
    });
    moving.forEach((element, n) => {
      const way = ways[n];
      if (!way) return;
      const keyframes = [{ ...way }, { transform: 'none', opacity: 1 }];
      this.#under.set(element, element.animate(keyframes, { duration: milliseconds, easing }));
    });
    this.#before.clear();
  }
}

function placed(root: Element | undefined): Iterable<HTMLElement> {
  return root?.querySelectorAll<HTMLElement>('[data-place]') ?? [];
}
