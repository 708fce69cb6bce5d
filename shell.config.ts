// What makes the built client installable and lets it start without network: `service-worker.js` (client/worker) and `build.json`, which
// names the build and pins each of its files by its hash. A plugin of vite.config.ts; the browser test of the shell makes a second
// build out of the first with `writeListing`.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const worker = fileURLToPath(new URL('client/worker/main.ts', import.meta.url));

/** Says in the page which build it is of, and puts worker and listing beside it. */
export function shell(buildId: string): Plugin {
  return {
    name: 'aparte-shell',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { name: 'aparte-build', content: buildId }, injectTo: 'head' },
    ],
    async writeBundle({ dir }) {
      if (dir === undefined) throw new Error('the client is built into a folder');
      await buildWorker(dir, buildId);
      writeListing(dir, buildId);
    },
  };
}

/** Large, and needed by few (vite.config.ts): named with its hash like everything else, and not kept before it is used. */
const isForLater = (path: string): boolean => path.startsWith('/assets/later-');

/** `build.json` of the built client in `folder`: the page and everything in `assets/`, apart what is for later. */
export function writeListing(folder: string, buildId: string): void {
  const assets = readdirSync(join(folder, 'assets'), { recursive: true, encoding: 'utf8' })
    .map((name) => `/assets/${name.replaceAll('\\', '/')}`)
    .filter((path) => statSync(join(folder, path)).isFile() && !/\.(br|gz|map)$/.test(path))
    .sort();
  const hashed = (paths: readonly string[]): Record<string, string> =>
    Object.fromEntries(paths.map((path) => [path, integrityOf(join(folder, path))]));
  const files = {
    ...hashed(assets.filter((path) => !isForLater(path))),
    '/': integrityOf(join(folder, 'index.html')),
  };
  const listing = { build: buildId, files, later: hashed(assets.filter(isForLater)) };
  writeFileSync(join(folder, 'build.json'), `${JSON.stringify(listing, null, 1)}\n`);
}

function integrityOf(path: string): string {
  return `sha256-${createHash('sha256').update(readFileSync(path)).digest('base64')}`;
}

/** One classic script: not every browser starts a module as a service worker. */
async function buildWorker(outDir: string, buildId: string): Promise<void> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { __BUILD_ID__: JSON.stringify(buildId) },
    build: {
      ...{ outDir, emptyOutDir: false, target: 'es2022' },
      rolldownOptions: { input: worker, output: { format: 'iife', entryFileNames: 'service-worker.js' } },
    },
  });
}
