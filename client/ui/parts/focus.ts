// Where focus goes when something that took it closes: back to what opened it, and if that is gone by then (the "Verify"
// button of somebody who is verified now), to the nearest region around it that can take focus.
import { tick } from 'svelte';

/** Remembers what has focus now; the returned function gives it back. */
export function keepFocus(): () => void {
  const places: HTMLElement[] = [];
  let place = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  while (place !== null && place !== document.body) {
    places.push(place);
    place = place.parentElement?.closest<HTMLElement>('[tabindex]') ?? null;
  }
  return () => {
    // After the change that closed it has reached the page.
    setTimeout(() => places.find((element) => element.isConnected)?.focus());
  };
}

/** After a form was refused: to its first field that wants something, whose description says what. */
export async function focusInvalid(form: EventTarget | null): Promise<void> {
  await tick();
  if (form instanceof HTMLElement) form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
