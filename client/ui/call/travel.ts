// A picture that is new comes out of the face in the list that it belongs to. What was on the screen before glides (parts/glide.ts); this is
// for what was not. Measured before the screen changes and played after it, by transform and opacity alone. Call.svelte says when.

const milliseconds = 260;
const easing = 'cubic-bezier(0.2, 0.8, 0.2, 1)';

type Box = Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>;

/** What begins in one box and ends in another, as a whole and faint at first; null: one of them is not on the screen. */
export function wayBetween(from: Box, to: Box): string | null {
  if (from.width === 0 || to.width === 0 || to.height === 0) return null;
  const x = from.left + from.width / 2 - (to.left + to.width / 2);
  const y = from.top + from.height / 2 - (to.top + to.height / 2);
  const scale = Math.max(from.width / to.width, from.height / to.height);
  return `translate(${x}px, ${y}px) scale(${scale})`;
}

/** Marks of the markup: `data-place` names who or what stands somewhere, `data-from` the face that a picture comes out of. */
export class Travel {
  #before = new Map<string, Box>();

  /** The screen is about to change. */
  note(root: Element | undefined): void {
    this.#before.clear();
    for (const element of placed(root)) {
      const shown = element.tagName === 'LI' ? element.firstElementChild : element;
      if (shown !== null) this.#before.set(element.dataset['place'] ?? '', shown.getBoundingClientRect());
    }
  }

  /** It has changed. Who wants less motion sees what is new where it is. */
  play(root: Element | undefined): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const coming = [...placed(root)].flatMap((element) => {
      const { place = '', from } = element.dataset;
      const face = from === undefined || this.#before.has(place) ? undefined : this.#before.get(from);
      const transform = face && wayBetween(face, element.getBoundingClientRect());
      return transform ? [{ element, transform }] : [];
    });
    for (const { element, transform } of coming)
      element.animate([{ transform, opacity: 0 }, {}], { duration: milliseconds, easing });
    this.#before.clear();
  }
}

function placed(root: Element | undefined): Iterable<HTMLElement> {
  return root?.querySelectorAll<HTMLElement>('[data-place]') ?? [];
}
