// Zoom and pan of a shared screen: wheel and pinch zoom where the pointer is, a drag moves, a double tap goes there and back, and on the
// keyboard + − 0 and the arrows. The picture never leaves its frame.
import { on } from 'svelte/events';
import type { Attachment } from 'svelte/attachments';

const mostZoom = 6;
const step = 1.25;

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface View {
  readonly scale: number;
  /** Of the picture's middle, in widths and heights of the frame. */
  readonly x: number;
  readonly y: number;
}

export const whole: View = { scale: 1, x: 0, y: 0 };

/** `view` zoomed by `factor` so that what is at `at` (−0.5 to 0.5 of the frame, from its middle) stays there. */
export function zoomed(view: View, factor: number, at: Point): View {
  const scale = Math.min(mostZoom, Math.max(1, view.scale * factor));
  const real = scale / view.scale;
  return bounded({ scale, x: at.x + (view.x - at.x) * real, y: at.y + (view.y - at.y) * real });
}

export function moved(view: View, by: Point): View {
  return bounded({ ...view, x: view.x + by.x, y: view.y + by.y });
}

/** No edge of the picture comes into the frame. */
function bounded({ scale, x, y }: View): View {
  const most = (scale - 1) / 2;
  const within = (value: number): number => Math.min(most, Math.max(-most, value)) + 0;
  return { scale, x: within(x), y: within(y) };
}

export class Zoom {
  view: View = $state.raw(whole);

  by(factor: number): void {
    this.view = zoomed(this.view, factor, { x: 0, y: 0 });
  }

  in(): void {
    this.by(step);
  }

  out(): void {
    this.by(1 / step);
  }

  reset(): void {
    this.view = whole;
  }

  get isZoomed(): boolean {
    return this.view.scale > 1;
  }

  /** For the frame that the picture moves in. */
  readonly watch: Attachment<HTMLElement> = (frame) => {
    // Nothing on the screen reads it.
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    const fingers = new Map<number, Point>();
    const at = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
      const box = frame.getBoundingClientRect();
      return {
        x: (clientX - box.left) / Math.max(1, box.width) - 0.5,
        y: (clientY - box.top) / Math.max(1, box.height) - 0.5,
      };
    };
    const onwheel = (event: WheelEvent): void => {
      event.preventDefault();
      this.view = zoomed(this.view, Math.exp(-event.deltaY / 300), at(event));
    };
    const onpointerdown = (event: PointerEvent): void => {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button') !== null))
        return;
      fingers.set(event.pointerId, at(event));
      frame.setPointerCapture(event.pointerId);
    };
    const onpointermove = (event: PointerEvent): void => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const now = at(event);
      const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      fingers.set(event.pointerId, now);
      const [other] = others;
      if (other === undefined) {
        this.view = moved(this.view, { x: now.x - before.x, y: now.y - before.y });
        return;
      }
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const spread = (a: Point): number => Math.max(0.01, Math.hypot(a.x - other.x, a.y - other.y));
      this.view = zoomed(this.view, spread(now) / spread(before), middle);
    };
    const onpointerup = (event: PointerEvent): void => void fingers.delete(event.pointerId);
    const ondblclick = (event: MouseEvent): void => {
      if (event.target instanceof Element && event.target.closest('button') !== null) return;
      this.view = this.isZoomed ? whole : zoomed(this.view, 2.5, at(event));
    };
    const onkeydown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = 0.1 / this.view.scale + 0.05;
      const moves: Readonly<Record<string, () => void>> = {
        '+': () => this.in(),
        '=': () => this.in(),
        '-': () => this.out(),
        '0': () => this.reset(),
        ArrowLeft: () => (this.view = moved(this.view, { x: by, y: 0 })),
        ArrowRight: () => (this.view = moved(this.view, { x: -by, y: 0 })),
        ArrowUp: () => (this.view = moved(this.view, { x: 0, y: by })),
        ArrowDown: () => (this.view = moved(this.view, { x: 0, y: -by })),
      };
      const move = moves[event.key];
      if (move === undefined) return;
      event.preventDefault();
      move();
    };
    const stops = [
      on(frame, 'wheel', onwheel, { passive: false }),
      on(frame, 'pointerdown', onpointerdown),
      on(frame, 'pointermove', onpointermove),
      on(frame, 'pointerup', onpointerup),
      on(frame, 'pointercancel', onpointerup),
      on(frame, 'dblclick', ondblclick),
      on(frame, 'keydown', onkeydown),
    ];
    return () => {
      for (const stop of stops) stop();
      fingers.clear();
    };
  };
}
