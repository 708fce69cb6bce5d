// Builds the client: `client/` → `build/client/`. Nothing inline (the service's CSP forbids it), one page, and lazy chunks
// wherever the client imports dynamically: the call with its MLS library, the media room with livekit-client, QR codes.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { execFileSync } from 'node:child_process';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };

/** Where `npm start` serves, for `vite` in development. */
const service = process.env['APARTE_DEV_SERVICE'] ?? 'http://127.0.0.1:8080';

/** Version and commit, shown in the app so that people can compare what they were served. */
function buildId(): string {
  try {
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return `${manifest.version}-${commit.toString().trim()}`;
  } catch {
    return manifest.version;
  }
}

export default defineConfig({
  root: 'client',
  plugins: [svelte()],
  define: { __BUILD_ID__: JSON.stringify(buildId()) },
  build: {
    outDir: '../build/client',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: 'licences.md' },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': service } },
});
