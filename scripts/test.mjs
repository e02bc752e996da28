// `npm test`: builds, then runs every suite that this machine can run, and ends with one line for each.
// With KUBE_PROXY_NO_SKIP=1 (as in .ci/run) a suite that cannot run, or a test that skips, is a failure.
import { spawn } from 'node:child_process';
import { clusterBinariesBeside } from './clusterBinaries.mjs';
import { suites } from './suites.mjs';

const strict = process.env.KUBE_PROXY_NO_SKIP === '1';
const wanted = process.argv.slice(2);
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Runs `npm run SCRIPT`, shows its output as it comes, and resolves to its exit code and what it printed. */
function npmRun(script) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].on('data', (chunk) => {
        said[stream] += chunk;
        process[stream].write(chunk);
      });
    }
    child.on('close', (code) => {
      const [text, errors] = [said.stdout, said.stderr].map((each) => each.replaceAll(escapes, ''));
      resolve({ code: code ?? 1, text, errors });
    });
  });
}

/** `      Tests  3 failed | 12 passed | 1 skipped (16)` of vitest, or `12 passed, 3 failed, 1 skipped` of our own. */
function counts(text) {
  const lines = text.split('\n').filter((line) => /^\s*Tests\s|^\d+ passed, \d+ failed/.test(line));
  const of = (word) =>
    lines.reduce((sum, line) => sum + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0), 0);
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

const isFailure = (line) => /^\s*FAIL(?:ED)?\s/.test(line);

/** What failed, each with the first lines of why: `FAIL name` of vitest (on stderr) and of our own, `FAILED name` of lint. */
function failures(text) {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (!isFailure(line)) return [];
    const why = lines.slice(at + 1, at + 4).filter((next) => next.trim() !== '' && !isFailure(next));
    return [line.trim(), ...why.map((next) => `  ${next.trim()}`)];
  });
}

/** Whether a suite runs programs of the control plane. */
const needsCluster = ({ name }) => name === 'cluster' || name === 'vm';

async function runSuite({ name, blocked, optional = false }) {
  const reason = blocked();
  if (reason !== null) {
    const failed = strict && !optional ? 1 : 0;
    const word = failed === 1 ? 'FAILED' : 'skipped';
    return { name, seconds: 0, passed: 0, failed, skipped: 1 - failed, word, reason };
  }
  console.log(`\n=== ${name} ===`);
  const started = performance.now();
  const { code, text, errors } = await npmRun(name === 'lint' ? 'lint' : `test:${name}`);
  const result = {
    name,
    seconds: (performance.now() - started) / 1000,
    ...counts(text),
    failures: failures(`${text}\n${errors}`),
    reason: '',
  };
  if (code !== 0 && result.failed === 0) Object.assign(result, { failed: 1, reason: `exit code ${code}` });
  if (code === 0 && result.passed + result.skipped === 0)
    Object.assign(result, { failed: 1, reason: 'ran no test' });
  if (strict && result.skipped > 0) {
    Object.assign(result, {
      failed: result.failed + result.skipped,
      skipped: 0,
      reason: 'tests skipped where none may',
    });
  }
  return { ...result, word: result.failed > 0 ? 'FAILED' : 'passed' };
}

const build = await npmRun('build');
if (build.code !== 0) process.exit(build.code);

const chosen = suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
// Minutes with empty caches, while suites that wait for the kernel or for a window leave the processor idle.
const built = chosen.some((suite) => needsCluster(suite) && suite.blocked() === null)
  ? clusterBinariesBeside()
  : Promise.resolve();
const results = [];
for (const suite of chosen) {
  if (needsCluster(suite)) await built;
  results.push(await runSuite(suite));
}

// Again at the end: what is kept of a long log is often only that.
for (const { name, failures: lines = [] } of results.filter(({ word }) => word === 'FAILED')) {
  console.log(['', `${name}: what failed`, ...lines].join('\n'));
}

console.log('');
for (const { name, word, seconds, passed, failed, skipped, reason } of results) {
  const figures =
    seconds > 0 ? `${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(0)} s` : '';
  console.log(`${name.padEnd(12)} ${word.padEnd(8)} ${[figures, reason].filter(Boolean).join('; ')}`);
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`total: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
