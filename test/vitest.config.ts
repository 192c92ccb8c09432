import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/kit/global-setup.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: ['test/{unit,machines,model}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/{contract,system}/**/*.test.ts'],
          // They start servers, which have the cores to themselves.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
