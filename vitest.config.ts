import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Most files wait for a sandbox as long as they work: three at a time keep two cores busy.
    maxWorkers: 3,
    pool: 'forks',
    testTimeout: 60_000,
    // Most tests drive processes in real time, on a machine that others use too: what fails twice is broken.
    retry: process.env.CI ? 1 : 0,
    hookTimeout: 60_000,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.cache/test-report.json' }]] : ['default'],
    // What a process compiles, the next one finds: a bot starts in half the time.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    globalSetup: ['test/support/postgres.ts'],
  },
});
