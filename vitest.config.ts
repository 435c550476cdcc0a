import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const units = 'test/{domain,slack,sns}/**/*.test.ts';
const parts = 'test/{features,setup,aws,sandbox,ops,db}/**/*.test.ts';

/** Those that take longest come first, so that none of them runs alone at the end. */
const longest = ['play', 'endurance', 'refusals', 'responses', 'replicas', 'doctor', 'leaks', 'enrichment', 'chaos', 'one-memory'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found < 0 ? longest.length : found;
    };
    // One project after the other: a process that shares what it imported takes the next file only where that is of its project.
    const { projects } = this.ctx;
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b) || projects.indexOf(b.project) - projects.indexOf(a.project));
  }
}

/** Where a commit waits for no disk, if there is room; Docker gives a container 64 MB, which are not enough. */
function placeOfFolders(): string {
  const inMemory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize > 2 ** 31 ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}

export default defineConfig({
  test: {
    projects: [
      // Those that start no processes share what they import.
      { extends: true, test: { name: 'units', include: [units], isolate: false } },
      { extends: true, test: { name: 'parts', include: [parts], isolate: false, globalSetup: ['test/support/postgres.ts'] } },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: [units, parts], globalSetup: ['test/support/postgres.ts'] } },
    ],
    // Most files wait for a sandbox as long as they work: four at a time keep two cores busy.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // Modules are imported as Node does it, ours too: tests see what runs, and it takes a fifth of the time.
    experimental: { viteModuleRunner: false },
    setupFiles: ['test/support/each-file.ts'],
    testTimeout: 60_000,
    // Most tests drive processes in real time, on a machine that others use too: what fails twice is broken.
    retry: process.env.CI ? 1 : 0,
    hookTimeout: 60_000,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'node_modules/.cache/test-report.json' }]] : ['default'],
    env: {
      // What a process compiles, the next one finds: a bot starts in half the time.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
      TEST_FOLDERS: placeOfFolders(),
    },
  },
});
