import { defineConfig } from 'vitest/config';
import { findChromium } from './scripts/suites.mjs';

const strict = process.env['KUBE_PROXY_NO_SKIP'] === '1';
const runs = strict || findChromium() !== null;
if (!runs) console.log('skipped: there is no Chromium or Chrome on the PATH');

/** The trace panel in a real Chromium. Without one the suite is skipped, unless KUBE_PROXY_NO_SKIP=1. */
export default defineConfig({
  test: {
    name: 'webview',
    include: runs ? ['test/webview/**/*.test.ts'] : [],
    passWithNoTests: !runs,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
