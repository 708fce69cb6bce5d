// The page's end of the service worker (client/worker): registers it once the page has settled, lets it take over when it is of the
// page's own build, and asks the service which build it serves now. main.ts and notifier.ts use it.

const script = '/service-worker.js';
/** What the page is made of comes first. */
const settleMs = 2_000;

let registering: Promise<ServiceWorkerRegistration> | null = null;

export function canHaveWorker(): boolean {
  return 'serviceWorker' in navigator;
}

/** Once the page has settled. A browser that keeps nothing (private windows) goes without. */
export function registerWhenSettled(): void {
  if (!canHaveWorker()) return;
  const start = (): unknown => setTimeout(() => void register().catch(() => undefined), settleMs);
  if (document.readyState === 'complete') start();
  else window.addEventListener('load', start, { once: true });
}

/** Now. Asking twice registers once. */
export function register(): Promise<ServiceWorkerRegistration> {
  registering ??= begin().catch((error: unknown) => {
    registering = null;
    throw error;
  });
  return registering;
}

async function begin(): Promise<ServiceWorkerRegistration> {
  const registration = await navigator.serviceWorker.register(script, { updateViaCache: 'none' });
  // Only the worker of this very build does what it is told: see worker/main.ts.
  const letTakeOver = (): void =>
    registration.waiting?.postMessage({ kind: 'takeOver', build: __BUILD_ID__ });
  letTakeOver();
  const follow = (): void => registration.installing?.addEventListener('statechange', letTakeOver);
  follow();
  registration.addEventListener('updatefound', follow);
  return registration;
}

/** The build that the service serves now; null where it does not say. */
export async function servedBuild(): Promise<string | null> {
  try {
    const answer = await fetch('/build.json', { cache: 'no-store' });
    const listing: unknown = answer.ok ? await answer.json() : null;
    const isNamed = typeof listing === 'object' && listing !== null && 'build' in listing;
    return isNamed && typeof listing.build === 'string' ? listing.build : null;
  } catch {
    return null;
  }
}
