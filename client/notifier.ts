// Says through the system that a voice chat began, where the person wants that: the service worker (worker/notifications.ts) shows it,
// and opens the group when it is tapped. There is no push service: it works while a page of this browser is open.
import { i18n } from './i18n/index.svelte.ts';
import { canHaveWorker, register } from './registration.ts';
import type { Notifier, NotifyState } from './state/rings.ts';

const storageKey = 'aparte.notify';

/** The browser's; asks for nothing before it is told to. */
export function browserNotifier(): Notifier {
  if (!('Notification' in globalThis) || !canHaveWorker()) return silent;
  return {
    get state() {
      return stateOf();
    },
    async turnOn() {
      if ((await Notification.requestPermission()) !== 'granted') return;
      keep(true);
      await register();
    },
    turnOff() {
      keep(false);
      return Promise.resolve();
    },
    ring({ groupId, groupName, callId }) {
      // Who looks at the page sees it there.
      if (stateOf() !== 'on' || document.visibilityState === 'visible') return;
      const t = i18n.t.ring;
      void tell({ kind: 'show', title: groupName, body: t.notification, tag: callId, groupId });
    },
    clear(callId) {
      if (stateOf() === 'on') void tell({ kind: 'clear', tag: callId });
    },
    listen(open) {
      navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (isOpening(data)) open(data.open);
      });
    },
  };
}

const silent: Notifier = {
  state: 'unsupported',
  turnOn: () => Promise.resolve(),
  turnOff: () => Promise.resolve(),
  ring: () => undefined,
  clear: () => undefined,
  listen: () => undefined,
};

function stateOf(): NotifyState {
  if (Notification.permission === 'denied') return 'denied';
  return Notification.permission === 'granted' && isKept() ? 'on' : 'off';
}

async function tell(message: object): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.active?.postMessage(message);
}

function isOpening(data: unknown): data is { open: string } {
  return typeof data === 'object' && data !== null && 'open' in data && typeof data.open === 'string';
}

function isKept(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'on';
  } catch {
    return false;
  }
}

function keep(isOn: boolean): void {
  try {
    localStorage.setItem(storageKey, isOn ? 'on' : 'off');
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}
