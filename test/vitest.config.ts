import { defineConfig } from 'vitest/config';

/** Pure tests share one context per worker; the others start processes and have the cores alone. */
const pure = { isolate: false, fileParallelism: true };

export default defineConfig({
  test: {
    globalSetup: ['test/kit/global-setup.ts'],
    projects: [
      {
        extends: true,
        test: { ...pure, name: 'pure', include: ['test/{unit,machines,model}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/{contract,system}/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
