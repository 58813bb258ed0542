import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Where no Vulkan loader is installed, the GPU suites take the one that Debian's chromium carries, with its GPU in software.
// A process looks there only if it was told so before it began: the suites' processes inherit it from this one.
const chromiumLibraries = '/usr/lib/chromium';
if (existsSync(`${chromiumLibraries}/libvulkan.so.1`)) process.env.LD_LIBRARY_PATH ??= chromiumLibraries;

/** Suites by folder. Worker, engine and webview tests use what `npm run build` made in dist/. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      { test: { name: 'engine', include: ['test/engine/**/*.test.ts'], testTimeout: 60_000, isolate: false } },
      { test: { name: 'worker', include: ['test/worker/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
      {
        test: {
          name: 'webviews',
          include: ['test/webviews/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A browser on a busy machine may take more than the second that is usual.
          expect: { poll: { timeout: 20_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
