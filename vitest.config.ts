import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// `unit` runs in `npm test`; `long` (full matrices, soaks, evaluations) and `field` (the packed package beside real software, installed outside the
// checkout) run from `.ci/run` only, one file after the other.
const alone = {
  exclude: ['**/node_modules/**'],
  testTimeout: 900_000,
  hookTimeout: 300_000,
  fileParallelism: false,
};

export default defineConfig({
  test: {
    // many files wait for processes and timers most of the time
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // `npm run coverage`: what the tests that run in their own process reach of src/
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/generated/**'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { branches: 90 },
      reportOnFailure: true,
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.{long,field}.test.ts', '**/node_modules/**'],
        },
      },
      ...['long', 'field'].map((name) => ({
        extends: true as const,
        test: { ...alone, name, include: [`test/**/*.${name}.test.ts`] },
      })),
    ],
  },
});
