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

/** `build.json` of the built client in `folder`: the page and everything in `assets/`. */
export function writeListing(folder: string, buildId: string): void {
  const assets = readdirSync(join(folder, 'assets'), { recursive: true, encoding: 'utf8' })
    .map((name) => `/assets/${name.replaceAll('\\', '/')}`)
    .filter((path) => statSync(join(folder, path)).isFile() && !/\.(br|gz|map)$/.test(path))
    .sort();
  const files = Object.fromEntries([
    ...assets.map((path) => [path, integrityOf(join(folder, path))] as const),
    ['/', integrityOf(join(folder, 'index.html'))] as const,
  ]);
  writeFileSync(join(folder, 'build.json'), `${JSON.stringify({ build: buildId, files }, null, 1)}\n`);
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
