// What the service worker takes for its business, and what never: pure decisions.
import { describe, expect, test } from 'vitest';
import { buildOf, cacheName, isAnswer, listingOf, outdated, wayOf } from './requests.ts';

const origin = 'https://talk.example.org';
const asked = (path: string, more: Partial<Pick<Request, 'method' | 'mode'>> = {}) =>
  wayOf({ method: 'GET', mode: 'cors', url: new URL(path, origin).href, ...more }, origin);
const hash = `sha256-${'A'.repeat(43)}=`;

describe('a request', () => {
  test('for the page is the page, whatever place in the app it names', () => {
    for (const path of ['/', '/?g=AAAAAAAAAAAAAAAAAAAAAA', '/?new', '/#/join/secret'])
      expect(asked(path, { mode: 'navigate' }), path).toBe('shell');
  });

  test('for a file with its hash in the name is one of a build', () => {
    for (const path of ['/assets/index-BxY0z_12.js', '/assets/rnnoise-AbCdEfGh.wasm'])
      expect(asked(path), path).toBe('asset');
  });

  test('for anything else passes: the API above all', () => {
    const others = [
      '/api/groups',
      '/api/events',
      '/build.json',
      '/service-worker.js',
      '/icon.svg',
      '/healthz',
    ];
    for (const path of [
      ...others,
      '/assets/index-BxY0z_12.js?x',
      '/assetsx',
      'https://elsewhere.example/assets/a.js',
    ])
      expect(asked(path), path).toBe('pass');
    for (const path of ['/api/openapi.json', '/licences.md', '/metrics', '//elsewhere.example/'])
      expect(asked(path, { mode: 'navigate' }), path).toBe('pass');
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD'])
      expect(asked('/assets/index-BxY0z_12.js', { method }), method).toBe('pass');
  });
});

describe('a build', () => {
  test('is what the page says in its head; no other page says one', () => {
    expect(buildOf('<head><meta name="aparte-build" content="0.1.0-abc-1" /></head>')).toBe('0.1.0-abc-1');
    for (const html of ['', '<title>Sign in to the hotel</title>', '<meta name="aparte-build" content="">'])
      expect(buildOf(html)).toBeNull();
  });

  test('is listed with a hash for each file, and the page last', () => {
    const listing = listingOf({ build: 'b', files: { '/': hash, '/assets/a-12345678.js': hash } }, 'b');
    expect(listing?.files.map(([path]) => path)).toEqual(['/assets/a-12345678.js', '/']);
  });

  test.each([
    ['of another build', { build: 'c', files: { '/': hash } }],
    ['without the page', { build: 'b', files: { '/assets/a-12345678.js': hash } }],
    ['with an answer of the API', { build: 'b', files: { '/': hash, '/api/groups': hash } }],
    [
      'with another origin',
      { build: 'b', files: { '/': hash, 'https://elsewhere.example/assets/a.js': hash } },
    ],
    ['without a hash', { build: 'b', files: { '/': '' } }],
    ['with two hashes, of which one would do', { build: 'b', files: { '/': `${hash} ${hash}` } }],
    ['that is none', 'hello'],
    ['that is none', null],
    ['without files', { build: 'b', files: null }],
  ])('%s is not kept', (_what, json) => {
    expect(listingOf(json, 'b')).toBeNull();
  });

  test('has one cache, and those of other builds are outdated; what is not ours is left alone', () => {
    const names = [cacheName('a'), cacheName('b'), cacheName('bb'), 'somebody else’s'];
    expect(outdated(names, 'b')).toEqual([cacheName('a'), cacheName('bb')]);
  });
});

test('what a proxy says in place of the service is no answer', () => {
  expect([200, 304, 404, 500, 502, 503].map((status) => isAnswer({ status }))).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ]);
});
