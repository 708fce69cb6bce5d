// Entry of the service worker: one for the origin, of one build. It starts the app without network (shell.ts) and shows notifications
// (notifications.ts); the API, and everything else that is not the page or a file of its build, goes past it. Built by
// shell.config.ts into `/service-worker.js`; client/registration.ts is its other end.
import { isShown, Notifications } from './notifications.ts';
import type { Scope } from './scope.ts';
import { Shell } from './shell.ts';

const scope = self as unknown as Scope;
const notifications = new Notifications(scope);
const shell = new Shell({
  build: __BUILD_ID__,
  origin: scope.location.origin,
  caches: scope.caches,
  fetch: (...request) => fetch(...request),
  giveUpAfter: (ms) =>
    new Promise((_resolve, reject) => {
      setTimeout(() => reject(new Error('no answer')), ms);
    }),
});

scope.addEventListener('install', (event) => {
  // What cannot be kept now is kept with the next page: the worker is there all the same.
  event.waitUntil(shell.fill().catch(() => undefined));
  const past = [{ condition: { urlPattern: { pathname: '/api/*' } }, source: 'network' }];
  event.waitUntil(Promise.resolve(event.addRoutes?.(past)).catch(() => undefined));
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(shell.tidy());
  event.waitUntil(enablePreload().catch(() => undefined));
  event.waitUntil(scope.clients.claim());
});

scope.addEventListener('fetch', (event) => {
  const { request, preloadResponse } = event;
  const way = shell.wayOf(request);
  if (way === 'asset') event.respondWith(shell.asset(request));
  if (way !== 'shell') return;
  const answer = shell.page(request, preloadResponse);
  event.respondWith(answer.then(({ response }) => response));
  event.waitUntil(answer.then(({ after }) => after).catch(() => undefined));
});

scope.addEventListener('message', (event) => {
  const { data } = event;
  if (typeof data !== 'object' || data === null || !('kind' in data)) return;
  // A page of this build is there: the worker of an older one has nothing more to do.
  if (data.kind === 'takeOver' && 'build' in data && data.build === __BUILD_ID__)
    event.waitUntil(scope.skipWaiting());
  if (data.kind === 'show' && isShown(data))
    event.waitUntil(notifications.show(data, event.source?.id ?? ''));
  if (data.kind === 'clear' && 'tag' in data && typeof data.tag === 'string')
    event.waitUntil(notifications.clear(data.tag));
});

scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(notifications.open(event.notification));
});

/** Not in every browser, whatever its types say. */
async function enablePreload(): Promise<void> {
  if ('navigationPreload' in scope.registration) await scope.registration.navigationPreload.enable();
}
