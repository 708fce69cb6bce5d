// Four projects: `unit` (pure code, the service over the embedded store), `postgres` (the tests of the service again, over a real
// PostgreSQL), `browser` (real browsers, real LiveKit, one file at a time) and `beside` (those of them that judge no moment of a call: test.ts
// runs them while the others wait).
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const beside = [
  'attacks/service-roster',
  'client/e2e/a11y',
  'client/e2e/contract',
  'client/e2e/device-check',
  'client/e2e/doors',
  'client/e2e/faces',
  'client/e2e/forgets',
  'client/e2e/privacy',
  'client/e2e/rings',
  'client/e2e/screens',
  'client/e2e/shell',
  'client/e2e/signatures',
  'client/e2e/verify',
];
const besideFiles = beside.map((name) => `${name}.test.ts`);
const inBrowsers = {
  fileParallelism: false,
  // Browsers, a media server and their networks on a busy machine: what fails is tried once more, and the output says so.
  retry: 1,
  testTimeout: 120_000,
  hookTimeout: 300_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        // For the runes of client/state.
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'unit',
          include: ['{crypto,server,client}/**/*.test.ts'],
          exclude: ['client/e2e/**', 'server/store/postgres*.test.ts', 'node_modules/**', 'build/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['server/{store,calls,groups,sessions}/**/*.test.ts'],
          exclude: ['server/store/libsql*.test.ts'],
          env: { APARTE_TEST_STORE: 'postgres' },
          globalSetup: 'server/testing/postgres-setup.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['{client/e2e,attacks}/**/*.test.ts'],
          exclude: besideFiles,
          ...inBrowsers,
        },
      },
      { test: { name: 'beside', include: besideFiles, ...inBrowsers } },
    ],
  },
});
