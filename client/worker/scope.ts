// The part of a service worker's scope that client/worker uses; the DOM library of this folder describes pages.

export interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}

export interface Fetching extends Lasting {
  readonly request: Request;
  /** The network's answer to a navigation, asked for while the worker starts; undefined where the browser does not do that. */
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

export interface Messaging extends Lasting {
  readonly data: unknown;
  readonly source: { readonly id: string } | null;
}

export interface Tapping extends Lasting {
  readonly notification: Notification;
}

/** A window of this origin. */
export interface Page {
  readonly id: string;
  readonly visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

/** Chromium: requests that the worker has nothing to do with go past it, and need not wait for it to start. */
export interface Installing extends Lasting {
  addRoutes?(rules: readonly object[]): Promise<void>;
}

export interface Scope {
  readonly caches: CacheStorage;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install', listener: (event: Installing) => void): void;
  addEventListener(type: 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Messaging) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: Tapping) => void): void;
}
