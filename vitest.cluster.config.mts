import { defineConfig } from 'vitest/config';

/** The suite with a real control plane; its files share one instance's namespaces and addresses, so one after the other. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
