// `npm run lint`: types, lint with the import rules, format, unused code. Runs all of them and says which failed.
import { spawnSync } from 'node:child_process';

const checks = [
  ['types of the core (no host)', 'tsc', '-p', 'tsconfig.core.json'],
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the webview', 'tsc', '-p', 'tsconfig.webview.json'],
  ["types of the webview's tests", 'tsc', '-p', 'test/webview'],
  ['lint', 'oxlint'],
  ['import cycles, of types too', 'node', 'scripts/importCycles.mjs'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['unused code', 'knip'],
];

const failed = checks.filter(([name, ...command]) => {
  const started = performance.now();
  const { status } = spawnSync('npx', ['--no-install', ...command], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  return status !== 0;
});
console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
