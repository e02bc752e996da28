// `npm run bench`: how long the command line takes for the 19 MB dump beside `iptables-restore --test`, and what one trace costs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { race, withRestorers } from './peers.mjs';

// The sources are read as they are, and package.json says nothing of modules: no reason to warn here.
process.removeAllListeners('warning');
const { measureTrace } = await import('./traces.mjs');

const root = new URL('..', import.meta.url).pathname;
const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const folder = mkdtempSync(join(tmpdir(), 'kpe-bench-'));
const dump = join(folder, 'iptables-save.txt');
const text = gunzipSync(readFileSync(join(root, 'test/dumps/1.36.3-large/iptables-save.txt.gz')));

try {
  writeFileSync(dump, text);
  const [service] =
    /^-A KUBE-SERVICES -d [\d.]+\/32 .*$/m.exec(text.toString('latin1').slice(text.length / 2)) ?? [];
  const [, address, port] = /-d ([\d.]+)\/32 .*--dport (\d+)/.exec(service);
  console.log(
    `Node ${process.version}; ${(text.length / 1e6).toFixed(1)} MB, ${rounds} rounds, medians of whole processes\n`,
  );
  const cli = (name, ...args) => ({ name, command: [process.execPath, join(root, 'dist/cli.js'), ...args] });
  const ours = [
    cli('check', 'check', dump),
    cli('trace', 'trace', dump, '--from', 'pod:10.244.1.7', '--to', `${address}:${port}`),
    cli('--version', '--version'),
  ];
  withRestorers((peers, why) => {
    const medians = race([...ours, ...peers], dump, rounds);
    for (const [name, time] of medians) row(name, time === null ? 'failed' : milliseconds(time));
    for (const { name } of peers) {
      const [own, peer] = [medians.get('check'), medians.get(name)];
      if (own !== null && peer !== null) row(`check / ${name}`, `${(own / peer).toFixed(2)} ×`);
    }
    if (why !== null) row('iptables-restore --test', `skipped: ${why}`);
  });
  console.log('\nIn one process, once loaded\n');
  for (const [name, time] of await measureTrace(text.toString('latin1'), address, Number(port)))
    row(name, milliseconds(time));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function row(name, value) {
  console.log(`  ${name.padEnd(46)} ${value.padStart(12)}`);
}

function milliseconds(time) {
  return `${time.toFixed(time < 10 ? 3 : 0)} ms`;
}
