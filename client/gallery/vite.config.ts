// Builds the gallery alone, into .cache: the product's own build never sees it. Built rather than served from source, so that
// it runs under the same content security policy as the product.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  publicDir: here('../public'),
  plugins: [svelte({ configFile: false })],
  logLevel: 'warn',
  build: { outDir: here('../../.cache/gallery'), emptyOutDir: true, assetsInlineLimit: 0, target: 'es2022' },
});
