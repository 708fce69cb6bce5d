// The kept build: whole or not used, gone as soon as another one was seen. Caches and network are small stand-ins; the real ones are in
// client/e2e/shell.test.ts.
import { describe, expect, test } from 'vitest';
import { cacheName } from './requests.ts';
import { Shell } from './shell.ts';

const origin = 'https://talk.example.org';
const hash = `sha256-${'A'.repeat(43)}=`;
const script = '/assets/index-AAAAAAAA.js';
const pageOf = (build: string): string => `<meta name="aparte-build" content="${build}">`;
const navigation = { method: 'GET', mode: 'navigate', url: `${origin}/?g=x` } as Request;

/** A service by path; what is not there is a 404, null a dead line, `never` a line that says nothing. */
const never = Symbol('never');
type Given = string | number | null | typeof never;

class Service {
  readonly asked: string[] = [];
  answers: Record<string, Given>;

  constructor(build: string) {
    this.answers = serving(build);
  }

  readonly fetch = (request: RequestInfo | URL): Promise<Response> => {
    const { pathname } = new URL((request as Request).url);
    this.asked.push(pathname);
    const answer = this.answers[pathname];
    if (answer === null) return Promise.reject(new TypeError('no line'));
    if (answer === never) return new Promise(() => undefined);
    const status = typeof answer === 'number' ? answer : answer === undefined ? 404 : 200;
    return Promise.resolve(new Response(String(answer), { status }));
  };
}

function serving(build: string): Service['answers'] {
  const listing = JSON.stringify({ build, files: { '/': hash, [script]: hash } });
  return { '/': pageOf(build), [script]: `script of ${build}`, '/build.json': listing };
}

class Caches {
  readonly kept = new Map<string, Map<string, Response>>();

  readonly storage = {
    keys: () => Promise.resolve([...this.kept.keys()]),
    delete: (name: string) => Promise.resolve(this.kept.delete(name)),
    match: (path: string, { cacheName: name }: { cacheName: string }) =>
      Promise.resolve(this.kept.get(name)?.get(path)?.clone()),
    open: (name: string) => {
      const cache = this.kept.get(name) ?? new Map<string, Response>();
      this.kept.set(name, cache);
      return Promise.resolve({
        put: (path: string, response: Response) => Promise.resolve(void cache.set(path, response)),
      });
    },
  } as unknown as CacheStorage;

  pathsOf(build: string): string[] {
    return [...(this.kept.get(cacheName(build))?.keys() ?? [])];
  }
}

function worker(build: string, service: Service, caches = new Caches(), isPatient = true) {
  const giveUpAfter = () =>
    isPatient ? new Promise<never>(() => undefined) : Promise.reject(new Error('late'));
  return {
    caches,
    shell: new Shell({ build, origin, caches: caches.storage, fetch: service.fetch, giveUpAfter }),
  };
}

async function open(shell: Shell): Promise<string> {
  const { response, after } = await shell.page(navigation);
  const text = await response.text();
  await after;
  return text;
}

describe('the kept build', () => {
  test('is whole: the page comes last, and nothing but it and its files is in it', async () => {
    const service = new Service('a');
    const { shell, caches } = worker('a', service);
    await shell.fill();
    expect(caches.pathsOf('a')).toEqual([script, '/']);
    expect(service.asked).toEqual(['/build.json', script, '/']);
    await shell.fill();
    expect(service.asked).toHaveLength(3);
  });

  test('is not used while a file of it is missing, and completed with the next page', async () => {
    const service = new Service('a');
    const { shell, caches } = worker('a', service);
    service.answers[script] = 503;
    await expect(shell.fill()).rejects.toThrow(script);
    expect(caches.pathsOf('a')).toEqual([]);
    service.answers['/'] = null;
    await expect(shell.page(navigation)).rejects.toThrow('no line');
    service.answers = serving('a');
    await open(shell);
    expect(caches.pathsOf('a')).toEqual([script, '/']);
  });

  test('is not begun where the service has gone on to another', async () => {
    const { shell, caches } = worker('a', new Service('b'));
    await shell.fill();
    expect(caches.pathsOf('a')).toEqual([]);
  });
});

describe('the page', () => {
  test.each([
    ['the line is dead', null, true],
    ['a proxy answers in place of the service', 502, true],
    ['nothing answers', never, false],
  ] as const)('comes out of the cache where %s', async (_what, answer, isPatient) => {
    const service = new Service('a');
    const { shell } = worker('a', service, new Caches(), isPatient);
    await shell.fill();
    service.answers['/'] = answer;
    expect(await (await shell.page(navigation)).response.text()).toBe(pageOf('a'));
  });

  test('is the network’s wherever it answers, also where one is kept', async () => {
    const service = new Service('a');
    const { shell } = worker('a', service);
    await shell.fill();
    service.answers['/'] = `${pageOf('a')} fresh`;
    expect(await open(shell)).toBe(`${pageOf('a')} fresh`);
  });

  test('of a newer build ends the older one: it is never shown again, and no file of it', async () => {
    const service = new Service('a');
    const { shell, caches } = worker('a', service);
    await shell.fill();
    service.answers = serving('b');
    expect(await open(shell)).toBe(pageOf('b'));
    expect(caches.pathsOf('a')).toEqual([]);
    service.answers['/'] = null;
    await expect(shell.page(navigation)).rejects.toThrow('no line');
    const asset = await shell.asset({ url: origin + script } as Request);
    expect(await asset.text()).toBe('script of b');
  });

  test('that is none of ours changes nothing', async () => {
    const service = new Service('a');
    const { shell, caches } = worker('a', service);
    await shell.fill();
    service.answers['/'] = 'Sign in to the hotel';
    expect(await open(shell)).toBe('Sign in to the hotel');
    expect(caches.pathsOf('a')).toEqual([script, '/']);
  });
});

test('a worker that has taken over leaves nothing of other builds', async () => {
  const caches = new Caches();
  const [first, second] = [worker('a', new Service('a'), caches), worker('b', new Service('b'), caches)];
  await first.shell.fill();
  await second.shell.fill();
  await second.shell.tidy();
  expect([...caches.kept.keys()]).toEqual([cacheName('b')]);
});
