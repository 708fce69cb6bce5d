// Address bar and history of a tab, as the router sees them.
import type { Browser } from '../router/router.ts';

export interface TestBrowser extends Browser {
  readonly address: string;
  /** All steps of the history. */
  readonly entries: readonly string[];
  paste(hash: string): void;
  fire(event: 'popstate' | 'hashchange'): void;
}

/** A tab that was opened with `address`. */
export function firstVisit(address: string): TestBrowser {
  const entries = [new URL(address)];
  const listeners = { popstate: new Set<() => void>(), hashchange: new Set<() => void>() };
  const current = () => entries.at(-1) as URL;
  return {
    get location() {
      return current();
    },
    history: {
      state: null,
      replaceState: (_state: unknown, _title: string, to?: string | URL | null) => {
        entries[entries.length - 1] = new URL(to ?? '', current());
      },
      pushState: (_state: unknown, _title: string, to?: string | URL | null) => {
        entries.push(new URL(to ?? '', current()));
      },
    },
    addEventListener: (type, listener) => listeners[type].add(listener),
    get address() {
      return current().href;
    },
    get entries() {
      return entries.map((entry) => entry.href);
    },
    paste: (hash) => entries.push(new URL(hash, current())),
    fire: (event) => {
      for (const listener of listeners[event]) listener();
    },
  };
}
