// One whole build, kept for when there is no network: the page and its files, each pinned by its hash. The network is always asked first
// for the page. As soon as it answers with another build, the kept one is thrown away: a device whose keys a newer build has seen never
// goes back to an older one. requests.ts decides, main.ts connects it to the browser's events.
import { buildOf, cacheName, isAnswer, listingOf, outdated, wayOf, type Way } from './requests.ts';

/** A network that says nothing for this long is no network. */
const patienceMs = 4_000;

export interface ShellParts {
  readonly build: string;
  readonly origin: string;
  readonly caches: CacheStorage;
  readonly fetch: typeof fetch;
  /** Rejects after so many milliseconds. */
  readonly giveUpAfter: (ms: number) => Promise<never>;
}

/** An answer for the page, and what is still to be done when it has been given. */
export interface Answer {
  readonly response: Response;
  readonly after: Promise<void>;
}

export class Shell {
  readonly #parts: ShellParts;
  #filling: Promise<void> | null = null;

  constructor(parts: ShellParts) {
    this.#parts = parts;
  }

  wayOf(request: Request): Way {
    return wayOf(request, this.#parts.origin);
  }

  /** The page. `asked`: the network was asked for it already. */
  async page(request: Request, asked?: Promise<Response | undefined>): Promise<Answer> {
    const network = this.#fromNetwork(request, asked);
    const noted = network.then((response) => this.#note(response.clone())).catch(() => undefined);
    const inTime = await Promise.race([network, this.#parts.giveUpAfter(patienceMs)]).catch(() => null);
    if (inTime !== null && isAnswer(inTime)) return { response: inTime, after: noted };
    const kept = await this.#kept('/');
    return { response: kept ?? (await network), after: noted };
  }

  /** A file of this build, or whatever the network has under that name. */
  async asset(request: Request): Promise<Response> {
    return (await this.#kept(new URL(request.url).pathname)) ?? this.#parts.fetch(request);
  }

  /** Keeps the whole build, as far as it is not yet kept. Where that fails it is tried again with the next page. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => (this.#filling = null));
    return this.#filling;
  }

  /** Of other builds nothing is left. */
  async tidy(): Promise<void> {
    const { caches, build } = this.#parts;
    await Promise.all(outdated(await caches.keys(), build).map((name) => caches.delete(name)));
  }

  async #fromNetwork(request: Request, asked?: Promise<Response | undefined>): Promise<Response> {
    return (await asked) ?? this.#parts.fetch(request);
  }

  async #note(answer: Response): Promise<void> {
    if (!answer.ok) return;
    const served = buildOf(await answer.text());
    if (served === null) return;
    if (served === this.#parts.build) await this.fill();
    else await this.#parts.caches.delete(cacheName(this.#parts.build));
  }

  async #kept(path: string): Promise<Response | undefined> {
    const { caches, build } = this.#parts;
    return caches.match(path, { cacheName: cacheName(build), ignoreVary: true });
  }

  /** One file after the other: a call that begins meanwhile is in more of a hurry. */
  async #fill(): Promise<void> {
    const { caches, build, origin } = this.#parts;
    if (await this.#kept('/')) return;
    const ask = (path: string, options: RequestInit): Promise<Response> =>
      this.#parts.fetch(new Request(new URL(path, origin), options));
    const listing = listingOf(await (await ask('/build.json', { cache: 'no-store' })).json(), build);
    // The service has another build by now, whose own worker will keep it.
    if (listing === null) return;
    const cache = await caches.open(cacheName(build));
    for (const [path, integrity] of listing.files) {
      if (await this.#kept(path)) continue;
      const response = await ask(path, { integrity, cache: path === '/' ? 'no-store' : 'default' });
      if (!response.ok) throw new Error(`${path} could not be kept`);
      await cache.put(path, response);
    }
  }
}
