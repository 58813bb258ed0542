import { defineConfig } from 'vitest/config';

/** Suites by folder. Worker, engine and webview tests use what `npm run build` made in dist/. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { test: { name: 'engine', include: ['test/engine/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'worker', include: ['test/worker/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
      {
        test: {
          name: 'webviews',
          include: ['test/webviews/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
