import { defineConfig } from 'vitest/config';

/** The suite that asks a kernel with IPVS in a virtual machine; one boot serves all tests of a file. */
export default defineConfig({
  test: {
    include: ['test/vm/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
  },
});
