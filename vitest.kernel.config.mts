import { defineConfig } from 'vitest/config';

/** The suite that asks the real Linux kernel, each file in network namespaces of its own: most of its time it waits for the kernel. */
export default defineConfig({
  test: {
    include: ['test/realKernel/**/*.test.ts'],
    maxWorkers: '100%',
    testTimeout: 170_000,
    hookTimeout: 60_000,
  },
});
