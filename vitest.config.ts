// Two projects: `unit` (pure code, the service over real stores) and `browser` (real browsers, real LiveKit, one file at a time).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{crypto,server,client}/**/*.test.ts'],
          exclude: ['client/e2e/**', 'node_modules/**', 'build/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['{client/e2e,attacks}/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
