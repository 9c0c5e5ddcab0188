import { defineConfig } from 'vitest/config';

/** One project a kind of test; unit tests touch no process, the others run the built product. */
const project = (name: string, timeout: number, parallel = true) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    ...(parallel ? {} : { fileParallelism: false }),
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      project('unit', 20_000),
      project('contract', 60_000, false),
      project('scenario', 120_000, false),
      project('fault', 180_000, false),
    ],
  },
});
