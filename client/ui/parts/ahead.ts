// What a tap opens is loaded before the tap, one part after another while the page has nothing else to do: no answer waits for the network.
// App.svelte and Call.svelte say what.
import { whenIdle } from './gradual.svelte.ts';

/** What was just opened comes first. */
const settleMs = 1_500;

/** Returns the way to stop. A part that does not come is asked for again by the tap. */
export function loadAhead(loads: readonly (() => Promise<unknown>)[]): () => void {
  const rest = [...loads];
  let cancel: () => void = () => undefined;
  let isOver = false;
  const next = (): void => {
    const load = rest.shift();
    if (load === undefined || isOver) return;
    void load()
      .catch(() => undefined)
      .finally(() => (cancel = whenIdle(next)));
  };
  const timer = setTimeout(next, settleMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
    cancel();
  };
}
