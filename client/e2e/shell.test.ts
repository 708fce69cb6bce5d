// The installed app: starts without network from one whole build, takes a new build as soon as there is one, and mixes nothing of the two.
// The second build is the first under other names: what a file is called after, and what the page says it is.
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildClient } from '../../server/start/client-build.ts';
import { projectRoot } from '../../server/start/machine.mjs';
import { writeListing } from '../../shell.config.ts';
import { ada } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const folder = mkdtempSync(join(tmpdir(), 'aparte-shell-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
await buildClient({ say: () => undefined });
cpSync(join(projectRoot, 'build/client'), folder, { recursive: true });
const stage = setStage({ aparte: { env: { APARTE_CLIENT: folder } } });

test('the app starts without network, takes a new build as soon as there is one, and never mixes two', async () => {
  const a = await stage.enter(ada, { hasWorker: true });
  await a.openApp();
  await a.createGroup('The rehearsal');
  const first = await buildOf(a);
  await keeps(a, first);
  // Only the page and files with a hash in their names are kept: nothing of the API.
  const kept = await keptPaths(a);
  expect(kept.filter((path) => path !== '/' && !/^\/assets\/.+-[\w-]{8,}\.\w+$/.test(path))).toEqual([]);
  expect(kept.filter((path) => path.endsWith('.wasm')).length).toBeGreaterThan(2);
  // What few use is left for later.
  expect(readdirSync(join(folder, 'assets')).filter((name) => name.startsWith('later-'))).toHaveLength(3);
  expect(kept.filter((path) => path.includes('/later-'))).toEqual([]);
  await canBeInstalled(a);

  // A call on a page that the worker serves: the frame worker and what takes noise out come through it, too.
  await a.reload();
  expect(await a.page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await a.startVoiceChat();
  await a.leave();

  // The line of the page and that of the worker.
  await a.context.setOffline(true);
  await stage.aparte.stopService();
  await a.reload();
  await a.page.getByRole('heading', { name: 'The rehearsal' }).waitFor();
  await a.reads('You’re offline');
  // A part that comes when it is wanted is there as well.
  await a.press('Settings');
  await a.press('Keep a backup');
  await a.page.getByRole('dialog', { name: 'Keep a backup' }).waitFor();
  await a.page.keyboard.press('Escape');

  const second = `${first}-next`;
  renameBuild(folder, first, second);
  await stage.aparte.startService();
  await a.context.setOffline(false);
  await a.reads('A new version is here.');
  expect(await buildOf(a)).toBe(first);
  await a.press('Reload');
  await until(async () => (await buildOf(a)) === second, { what: 'the page is of the second build' });
  await a.button('Start voice chat').waitFor();
  await keeps(a, second);
  // Every file that this page has used is the second build's.
  const used = await a.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  const ofSecond = await keptPaths(a);
  expect(used.filter((path) => path.startsWith('/assets/')).length).toBeGreaterThan(3);
  expect(used.filter((path) => path.startsWith('/assets/') && !ofSecond.includes(path))).toEqual([]);
  expect(kept.filter((path) => path !== '/' && ofSecond.includes(path))).toEqual([]);
  expect(await a.page.getByText('A new version is here.').count()).toBe(0);

  // Whatever happens from here on, the first build does not come back.
  await stage.aparte.stopService();
  await a.reload();
  await a.page.getByRole('heading', { name: 'The rehearsal' }).waitFor();
  expect(await buildOf(a)).toBe(second);
});

function buildOf({ page }: Person): Promise<string> {
  return page.evaluate(() => document.documentElement.dataset['build'] ?? '');
}

/** Until the whole of this build is kept, and nothing of another, and its worker is the one that acts. */
async function keeps({ page }: Person, build: string): Promise<void> {
  const names = (): Promise<string[]> => page.evaluate(() => caches.keys());
  const isWhole = (name: string): Promise<boolean> =>
    page.evaluate(async (wanted) => (await caches.match('/', { cacheName: wanted })) !== undefined, name);
  const isSettled = (): Promise<boolean> =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const { active, waiting, installing } = registration ?? {};
      return active?.state === 'activated' && !waiting && !installing;
    });
  await until(
    async () =>
      (await isWhole(`aparte-shell ${build}`)) && (await names()).length === 1 && (await isSettled()),
    { what: `the build ${build} is kept, and no other`, instead: names },
  );
}

function keptPaths({ page }: Person): Promise<string[]> {
  return page.evaluate(async () => {
    const [name = ''] = await caches.keys();
    const requests = await (await caches.open(name)).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  });
}

/** Chromium finds nothing missing but that this profile is one of a test. */
async function canBeInstalled({ context, page }: Person): Promise<void> {
  const devtools = await context.newCDPSession(page);
  const { errors } = await devtools.send('Page.getAppManifest');
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  await devtools.detach();
  expect({ errors, missing: installabilityErrors.map(({ errorId }) => errorId) }).toEqual({
    errors: [],
    missing: ['in-incognito'],
  });
}

/** Makes another build of the one in `folder`: another id, and every file under another name, as if each had changed. */
function renameBuild(folder: string, from: string, to: string): void {
  const assets = readdirSync(join(folder, 'assets'));
  const renamed = new Map(assets.map((name) => [name, name.replace(/(\.\w+)$/, 'Z$1')]));
  const texts = [
    ...['index.html', 'service-worker.js'],
    ...assets.map((name) => `assets/${name}`).filter((name) => /\.(js|css)$/.test(name)),
  ];
  for (const name of texts) {
    let text = readFileSync(join(folder, name), 'utf8').replaceAll(from, to);
    for (const [old, next] of renamed) text = text.replaceAll(old, next);
    writeFileSync(join(folder, name), text);
  }
  for (const [old, next] of renamed) renameSync(join(folder, 'assets', old), join(folder, 'assets', next));
  writeListing(folder, to);
}
