// Runs in the page, for taps.ts: from the moment of a tap, as the browser stamps the event, until the first frame with its answer has been
// made. It knows the product only by what a tap is to bring onto the screen.

/** What is seen once a tap is answered: an element, with words or without; or that it is there no more. */
export interface Answer {
  readonly selector: string;
  readonly text?: string;
  readonly isGone?: boolean;
}

/** The event that is the tap. Of a hold the answer is due when it has lasted so long. */
export interface Tap {
  readonly type: 'click' | 'pointerdown' | 'pointerup' | 'keydown' | 'keyup';
  readonly afterMs?: number;
}

export interface TapWatch {
  /** The next tap of this type is the one. Throws where its answer is there already. */
  arm(tap: Tap, answer: Answer): void;
  /** Milliseconds from the tap to its answer; null when there was none within `withinMs`. */
  result(withinMs: number): Promise<TapTimes | null>;
}

export interface TapTimes {
  /** Until the frame with the answer was made. */
  readonly answeredMs: number;
  /** By the browser's own Event Timing, in steps of 8: until the next frame after the event was on the screen. Null: under 16. */
  readonly presentedMs: number | null;
}

declare global {
  interface Window {
    taps: TapWatch;
  }
}

/** Everything in one function, so that it can be sent to a page as text. */
export function watchTaps(): void {
  const timings: PerformanceEntry[] = [];
  new PerformanceObserver((list) => timings.push(...list.getEntries())).observe({
    ...{ type: 'event', durationThreshold: 16 },
  });

  let wanted: { readonly tap: Tap; readonly answer: Answer } | null = null;
  let tappedMs: number | null = null;
  let answeredMs: number | null = null;
  let tell: () => void = () => undefined;

  const isThere = ({ selector, text, isGone = false }: Answer): boolean => {
    const found = [...document.querySelectorAll(selector)].some(
      (one) =>
        one.checkVisibility({ visibilityProperty: true }) &&
        (text === undefined || one.textContent.includes(text)),
    );
    return found !== isGone;
  };

  // What stands in the document when a frame is begun is in that frame, and a message that is posted then comes when it has been made.
  const made = new MessageChannel();
  made.port1.onmessage = () => {
    answeredMs = performance.now();
    tell();
  };
  const look = (): void => {
    if (wanted === null) return;
    if (!isThere(wanted.answer)) {
      requestAnimationFrame(look);
      return;
    }
    wanted = null;
    made.port2.postMessage(null);
  };

  for (const type of ['click', 'pointerdown', 'pointerup', 'keydown', 'keyup'] as const) {
    addEventListener(
      type,
      ({ timeStamp, isTrusted }) => {
        if (!isTrusted || tappedMs !== null || wanted?.tap.type !== type) return;
        tappedMs = timeStamp + (wanted.tap.afterMs ?? 0);
        requestAnimationFrame(look);
      },
      { capture: true },
    );
  }

  const settled = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });

  window.taps = {
    arm(tap, answer) {
      if (isThere(answer)) throw new Error(`already there: ${JSON.stringify(answer)}`);
      tappedMs = answeredMs = null;
      wanted = { tap, answer };
    },
    async result(withinMs) {
      const answered = new Promise<void>((resolve) => (tell = resolve));
      if (answeredMs === null) await Promise.race([answered, settled(withinMs)]);
      wanted = null;
      const [from, to] = [tappedMs, answeredMs];
      if (from === null || to === null) return null;
      await settled(50); // Event Timing tells of a frame a moment later
      const own = timings.find(({ startTime }) => Math.abs(startTime - from) < 0.2);
      return { answeredMs: to - from, presentedMs: own?.duration ?? null };
    },
  };
}
