// Where in the app the person is, in the address bar: `/` and `/?g=<group id>` and `/?new`. The service serves one page,
// so the query carries the place; nothing secret is in it, and the fragment is never used except by invite links (G3).
import { takeInvite, type AddressBar } from './invite-link.ts';

export type Route =
  { readonly name: 'home' } | { readonly name: 'new' } | { readonly name: 'group'; readonly groupId: string };

/** `window`, as far as the router uses it. */
export interface Browser extends AddressBar {
  readonly history: Pick<History, 'replaceState' | 'pushState' | 'state'>;
  addEventListener(type: 'popstate' | 'hashchange', listener: () => void): void;
}

export interface RouterListeners {
  onRoute(route: Route): void;
  /** A link was opened in this tab; its payload is out of the address bar already. */
  onInvite(payload: string): void;
}

export class Router {
  readonly #browser: Browser;
  #listeners: RouterListeners | null = null;

  constructor(browser: Browser) {
    this.#browser = browser;
    // A pasted link fires both, in either order: whoever comes first takes it.
    browser.addEventListener('popstate', () => {
      if (!this.#takeInvite()) this.#listeners?.onRoute(this.route);
    });
    browser.addEventListener('hashchange', () => void this.#takeInvite());
  }

  get route(): Route {
    return parseRoute(this.#browser.location.search);
  }

  listen(listeners: RouterListeners): void {
    this.#listeners = listeners;
  }

  /** Shows `route` in the address bar, as a new step for the back button unless `replaces`. Tells no listener. */
  go(route: Route, options: { readonly replaces?: boolean } = {}): void {
    const address = this.#browser.location.pathname + formatRoute(route);
    if (options.replaces) this.#browser.history.replaceState(null, '', address);
    else this.#browser.history.pushState(null, '', address);
  }

  #takeInvite(): boolean {
    const payload = takeInvite(this.#browser);
    if (payload !== null) this.#listeners?.onInvite(payload);
    return payload !== null;
  }
}

/** The route of a query; anything strange is `home`. */
export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const groupId = query.get('g');
  if (groupId !== null && /^[A-Za-z0-9_-]{22}$/.test(groupId)) return { name: 'group', groupId };
  return query.has('new') ? { name: 'new' } : { name: 'home' };
}

export function formatRoute(route: Route): string {
  switch (route.name) {
    case 'home':
      return '';
    case 'new':
      return '?new';
    case 'group':
      return `?g=${route.groupId}`;
  }
}
