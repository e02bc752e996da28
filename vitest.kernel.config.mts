import { defineConfig } from 'vitest/config';

/** The suite that asks the real Linux kernel; the files share the machine's network namespaces, so one after the other. */
export default defineConfig({
  test: {
    include: ['test/realKernel/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 170_000,
    hookTimeout: 60_000,
  },
});
