// What the service worker decides, without doing it: which requests are its business, which build a page is of, what a listing of a
// build must say. shell.ts acts on it.

/** `shell`: the page itself. `asset`: a file whose name has its hash. `pass`: the browser's and the service's business. */
export type Way = 'shell' | 'asset' | 'pass';

/** Everything that is not certainly the page or a file of a build passes: the API, other origins, whatever comes one day. */
export function wayOf({ method, mode, url }: Pick<Request, 'method' | 'mode' | 'url'>, origin: string): Way {
  const target = new URL(url);
  if (method !== 'GET' || target.origin !== origin) return 'pass';
  if (mode === 'navigate') return target.pathname === '/' ? 'shell' : 'pass';
  return target.pathname.startsWith('/assets/') && target.search === '' ? 'asset' : 'pass';
}

/** The build that a page says it is of; null: it is no page of ours (a proxy's, a captive portal's). */
export function buildOf(html: string): string | null {
  return /<meta name="aparte-build" content="([^"]+)"/.exec(html)?.[1] ?? null;
}

/** The files of one build, each with its hash in the form of the `integrity` attribute. */
export interface Listing {
  readonly build: string;
  readonly files: readonly (readonly [path: string, integrity: string])[];
}

/**
 * What `/build.json` says, if it is of `build` and whole: it has the page, and besides the page only files that `wayOf` calls assets.
 * The page comes last, so that a cache that has it has everything.
 */
export function listingOf(json: unknown, build: string): Listing | null {
  if (typeof json !== 'object' || json === null || !('build' in json) || json.build !== build) return null;
  if (!('files' in json) || typeof json.files !== 'object' || json.files === null) return null;
  const files = Object.entries(json.files as Record<string, unknown>);
  const isFile = (path: string): boolean => path === '/' || /^\/assets\/[^?#]+$/.test(path);
  const isListed = ([path, hash]: [string, unknown]): boolean =>
    isFile(path) && typeof hash === 'string' && /^sha256-[A-Za-z0-9+/]{43}=$/.test(hash);
  if (!files.every(isListed) || !files.some(([path]) => path === '/')) return null;
  const sorted = (files as [string, string][]).sort(([a], [b]) => Number(a === '/') - Number(b === '/'));
  return { build, files: sorted };
}

const prefix = 'aparte-shell ';

export function cacheName(build: string): string {
  return prefix + build;
}

/** Caches of other builds. */
export function outdated(names: readonly string[], build: string): string[] {
  return names.filter((name) => name.startsWith(prefix) && name !== cacheName(build));
}

/** A proxy that does not reach the service answers in its place: that is no answer. */
export function isAnswer({ status }: Pick<Response, 'status'>): boolean {
  return status < 500;
}
