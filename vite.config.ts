// Builds the client: `client/` → `build/client/`. Nothing inline (the service's CSP forbids it), one page, and lazy chunks
// wherever the client imports dynamically: the call with its MLS library, the media room with livekit-client, QR codes. shell.config.ts adds
// the service worker.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { execFileSync } from 'node:child_process';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };
import { licencesOf } from './licences.config.ts';
import { clientSourceHash } from './server/start/client-stamp.mjs';
import { shell } from './shell.config.ts';

/** Where `npm start` serves, for `vite` in development. */
const service = process.env['APARTE_DEV_SERVICE'] ?? 'http://127.0.0.1:8080';

/**
 * Version, commit, and the beginning of a hash of every source, so that two builds of one commit are told apart. People can compare what
 * they were served by it, and the service worker keeps builds apart by it.
 */
function buildId(): string {
  const sources = clientSourceHash().slice(0, 8);
  try {
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return `${manifest.version}-${commit.toString().trim()}-${sources}`;
  } catch {
    return `${manifest.version}-${sources}`;
  }
}

const id = buildId();

/**
 * What puts something behind somebody is large, and wanted by few: such files are told apart by name, so that the service worker leaves them
 * alone until they are used (shell.config.ts).
 */
const isForLater = (name = ''): boolean => /^(tflite|selfie_|painter)/.test(name);
const fileName = (name: string | undefined, pattern: string): string =>
  `assets/${isForLater(name) ? 'later-' : ''}${pattern}`;
const assetFileNames = ({ names }: { readonly names: readonly string[] }): string =>
  fileName(names[0], '[name]-[hash][extname]');
const scriptNames = ({ name }: { readonly name: string }): string => fileName(name, '[name]-[hash].js');

export default defineConfig({
  root: 'client',
  plugins: [
    svelte({ configFile: false }),
    licencesOf({
      '@twilio/video-processors':
        'Of it: TensorFlow Lite built for WebAssembly (Apache License, Version 2.0; The TensorFlow Authors), and the selfie segmentation model of MediaPipe (Apache License, Version 2.0; Google LLC).',
    }),
    shell(id),
  ],
  define: { __BUILD_ID__: JSON.stringify(id) },
  build: {
    outDir: '../build/client',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: 'licences.md' },
    rolldownOptions: { output: { assetFileNames } },
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { assetFileNames, entryFileNames: scriptNames, chunkFileNames: scriptNames },
    },
  },
  server: { proxy: { '/api': service } },
});
