// Draws one state of the whole page from a fixture, chosen by the URL's hash (`#call-voice-live`), in the language of `?lang=`.
// Without a hash: a list of all. Every tap is written to the console and does nothing.
import { mount, unmount } from 'svelte';
import App from '../App.svelte';
import { i18n } from '../i18n/index.svelte.ts';
import type { Actions } from '../state/view.ts';
import { numbers } from './numbers.ts';
import { presses, states } from './states.ts';

const target = document.querySelector('#app');
const answers: Partial<Actions> = {
  copyLink: () => Promise.resolve(true),
  checkQr: () => true,
  diagnose: () => Promise.resolve(numbers()),
};
const quiet = new Proxy({} as Actions, {
  get: (_, name) => answers[name as keyof Actions] ?? (() => undefined),
});
let mounted: Record<string, unknown> | null = null;

function show(): void {
  if (target === null) return;
  if (mounted !== null) void unmount(mounted);
  target.replaceChildren();
  const view = states[location.hash.slice(1)]?.();
  mounted = view === undefined ? null : mount(App, { target, props: { view, actions: quiet } });
  if (view === undefined) target.replaceChildren(...Object.keys(states).map(linkTo));
  void press(target, presses[location.hash.slice(1)] ?? []);
}

/** Each as soon as it is there. */
async function press(within: Element, selectors: readonly string[]): Promise<void> {
  const { hash } = location;
  for (const selector of selectors) {
    let button: HTMLElement | null = null;
    while (button === null && location.hash === hash) {
      button = within.querySelector<HTMLElement>(selector);
      if (button === null) await new Promise(requestAnimationFrame);
    }
    button?.click();
  }
}

function linkTo(name: string): HTMLElement {
  const line = document.createElement('p');
  const link = document.createElement('a');
  link.href = `#${name}`;
  link.textContent = name;
  line.append(link);
  return line;
}

addEventListener('hashchange', show);
const language = new URLSearchParams(location.search).get('lang');
if (language === 'fr' || language === 'en') await i18n.choose(language);
show();
