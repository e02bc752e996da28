import { defineConfig } from 'vitest/config';

/** One suite of `npm test` each; `npm run test:NAME` runs one alone. */
const elsewhere = [
  'test/dumps/**',
  'test/conformance/**',
  'test/package/**',
  'test/realKernel/**',
  'test/vm/**',
  'test/live/**',
  'test/webview/**',
  'test/e2e/**',
];

export default defineConfig({
  test: {
    // Vitest keeps a core for itself unless told otherwise: half of a machine with two.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: elsewhere,
          setupFiles: ['test/support/seed.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'dumps', include: ['test/dumps/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 300_000 } },
    ],
  },
});
