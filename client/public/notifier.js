// A service worker that shows what a page of this origin tells it to show (client/notifier.ts), and leads back to the page when it is
// tapped. It has no fetch handler: it keeps nothing, serves nothing and cannot come between a page and the service.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { kind, title, body, tag, groupId } = event.data;
  const sender = event.source === null ? '' : event.source.id;
  if (kind === 'show') event.waitUntil(show({ title, body, tag, groupId, sender }));
  if (kind === 'clear') event.waitUntil(clear(tag));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.groupId));
});

/** One for each call, however many pages tell of it; none while somebody looks at one of them. */
async function show({ title, body, tag, groupId, sender }) {
  const isSeen = (await pages()).some((page) => page.id !== sender && page.visibilityState === 'visible');
  if (isSeen) return;
  await self.registration.showNotification(title, { body, tag, icon: '/icon.svg', data: { groupId } });
}

async function clear(tag) {
  for (const shown of await self.registration.getNotifications({ tag })) shown.close();
}

async function open(groupId) {
  const [page] = await pages();
  if (page === undefined) {
    await self.clients.openWindow(`/?g=${encodeURIComponent(groupId)}`);
    return;
  }
  await page.focus();
  page.postMessage({ open: groupId });
}

function pages() {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true });
}
