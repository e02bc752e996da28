// `npm run bench`: the command line beside `iptables-restore --test` on the same 19 MB dump, and what traces of distinct flows cost.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { measureEdits } from './edits.mjs';
import { distinctFlows, nodeFiles, withCopies, withServices } from './inputs.mjs';
import { median, race, withNft, withRestorers } from './peers.mjs';

// The sources are read as they are, and package.json says nothing of modules: no reason to warn here.
process.removeAllListeners('warning');
const { measureFindings } = await import('./findings.mjs');
const { measureTraces, nftSources } = await import('./traces.mjs');
const { nftFlows, nftRuleset } = await import('./nftables.mjs');

const root = new URL('..', import.meta.url).pathname;
const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const FLOWS = 10_000;
/** A rule that hands a Service's packets to the last of its endpoints. */
const LAST_ENDPOINT = /^-A KUBE-SVC-[A-Z2-7]{16} (?!.*--probability).* -j KUBE-SEP-[A-Z2-7]{16}\n/mu;
/** The first rule that kube-proxy has in the table filter beside others'. */
const KUBE_FORWARD = /^-A KUBE-FORWARD/mu;
const FLOWS_NAME = 'trace --flows, 10,000 distinct flows';
const folder = mkdtempSync(join(tmpdir(), 'kpe-bench-'));
const text = gunzipSync(readFileSync(join(root, 'test/dumps/1.36.3-large/iptables-save.txt.gz'))).toString(
  'latin1',
);

try {
  console.log(
    `Node ${process.version}; ${(text.length / 1e6).toFixed(1)} MB, 10,000 Services. Medians of ${rounds} rounds; load may stretch all of them alike.\n`,
  );
  wholeProcesses();
  sizes();
  await edits();
  findings();
  traces();
  nativeTables();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function cli(name, ...args) {
  return { name, command: [process.execPath, join(root, 'dist/cli.js'), ...args] };
}

/** CPU seconds of whole processes, start included, run in turn. */
function wholeProcesses() {
  const dump = join(folder, 'iptables-save.txt');
  const flows = join(folder, 'flows.jsonl');
  writeFileSync(dump, text);
  const later = join(folder, 'later.txt');
  writeFileSync(later, text.replace(LAST_ENDPOINT, ''));
  const foreign = join(folder, 'foreign.txt');
  writeFileSync(foreign, text.replace(KUBE_FORWARD, '-A FORWARD -s 10.99.0.0/16 -j DROP\n$&'));
  const asked = distinctFlows(text, FLOWS);
  writeFileSync(flows, asked.map((flow) => `${JSON.stringify(flow)}\n`).join(''));
  const [{ from, to }] = asked;
  const packet = ['--from', `pod:${from.address}`, '--to', `${to.address}:${to.port}`];
  const ours = [
    cli('--version', '--version'),
    cli('check', 'check', dump),
    cli('diff, an endpoint less', 'diff', dump, later),
    cli('diff, a DROP more', 'diff', dump, foreign),
    cli('trace', 'trace', dump, ...packet),
    cli('trace --format json', 'trace', dump, ...packet, '--format', 'json'),
    cli(FLOWS_NAME, 'trace', dump, '--flows', flows),
  ];
  console.log('CPU of whole processes, start and parsing included\n');
  withRestorers((peers, why) => {
    const times = race([...ours, ...peers], dump, rounds);
    for (const [name, time] of times) row(name, time === null ? 'failed' : `${time.toFixed(2)} s`);
    ratio(times, 'trace', 'trace --format json');
    for (const one of ['check', 'diff, an endpoint less', 'diff, a DROP more', FLOWS_NAME])
      for (const { name } of peers) ratio(times, one, name);
    if (why !== null) row('iptables-restore --test', `skipped: ${why}`);
  });
}

/** `check` beside its peers for fewer and for more Services. */
function sizes() {
  for (const count of [100, 1_000, 40_000]) {
    const sized = count > 10_000 ? withCopies(text, count / 10_000) : withServices(text, count);
    const dump = join(folder, `iptables-save-${count}.txt`);
    writeFileSync(dump, sized);
    console.log(`\n${count.toLocaleString('en')} Services, ${(sized.length / 1e6).toFixed(1)} MB\n`);
    withRestorers((peers) => {
      const times = race([cli('check', 'check', dump), ...peers], dump, rounds);
      for (const [name, time] of times) row(name, time === null ? 'failed' : `${time.toFixed(2)} s`);
      for (const { name } of peers) ratio(times, 'check', name);
    });
  }
}

/** What the language server does for edits. */
async function edits() {
  console.log(
    '\nEdits, in the language server: CPU of the process to fresh diagnostics, start and opening not included\n',
  );
  const {
    edits: kinds,
    completion,
    hover,
    behind,
    memory,
  } = await measureEdits(join(root, 'dist/server.js'), text, rounds);
  for (const [kind, time] of Object.entries(kinds)) row(kind, milliseconds(time));
  console.log('\nRight behind the first kind of them\n');
  row('completion', milliseconds(completion));
  row('hover', milliseconds(hover));
  row('all that is prepared, the two included', milliseconds(behind));
  for (const [when, size] of Object.entries(memory)) row(`memory, ${when}`, `${size.toFixed(0)} MB`);
}

function ratio(times, one, other) {
  const [a, b] = [times.get(one), times.get(other)];
  if (a !== null && b !== null) row(`${one} / ${other}`, `${(a / b).toFixed(2)} ×`);
}

/** In one process, before anything is warm. */
function findings() {
  console.log('\nFindings, in one process: CPU\n');
  const files = new Map([['iptables-save.txt', text]]);
  for (const [name, time] of Object.entries(measureFindings(files))) row(name, milliseconds(time));
}

/** With 10,000 Services and with 100 of them, of the dump alone and with the node's files. */
function traces() {
  const small = withServices(text, 100);
  const kinds = [
    { words: 'of the dump alone', files: new Map() },
    { words: 'with the node’s files', files: nodeFiles(root) },
  ];
  for (const { words, files } of kinds) {
    console.log(
      `\nOne process, ${words}, ${FLOWS.toLocaleString('en')} distinct flows: 10,000 Services, 100 Services\n`,
    );
    const [large, few] = [text, small].map((each) => measured(each, files));
    for (const [name, time] of Object.entries(large)) {
      const other = few[name];
      row(name, `${milliseconds(time)}  ${milliseconds(other)}  ${(time / other).toFixed(1).padStart(6)} ×`);
    }
  }
}

/** kube-proxy in nftables mode. */
function nativeTables() {
  const SERVICES = 10_000;
  const ruleset = nftRuleset(SERVICES);
  const dump = join(folder, 'nft.txt');
  const flows = join(folder, 'nft-flows.jsonl');
  writeFileSync(dump, ruleset);
  writeFileSync(
    flows,
    nftFlows(SERVICES)
      .map((flow) => `${JSON.stringify(flow)}\n`)
      .join(''),
  );
  console.log(
    `\nnftables, ${SERVICES.toLocaleString('en')} Services, ${(ruleset.length / 1e6).toFixed(1)} MB: CPU of whole processes\n`,
  );
  const ours = [
    cli('check', 'check', dump),
    cli('trace --flows, 10,000 distinct flows', 'trace', dump, '--flows', flows),
  ];
  withNft(dump, (peers) => {
    // nft takes most of a minute for it.
    const times = race([...ours, ...peers], dump, Math.min(3, rounds));
    for (const [name, time] of times) row(name, time === null ? 'failed' : `${time.toFixed(2)} s`);
    for (const { name } of peers) ratio(times, 'check', name);
  });
  console.log('\nnftables, one process\n');
  for (const [name, time] of Object.entries(
    measureTraces(ruleset, new Map(), nftFlows(SERVICES), nftSources),
  ))
    row(name, milliseconds(time));
}

/** Medians over some rounds, each of which begins with parsing. */
function measured(dump, files) {
  const flows = distinctFlows(dump, FLOWS);
  const all = Array.from({ length: Math.min(3, rounds) }, () => measureTraces(dump, files, flows));
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((each) => each[name]))]));
}

function row(name, value) {
  console.log(`  ${name.padEnd(46)} ${value.padStart(12)}`);
}

function milliseconds(time) {
  return `${time.toFixed(time < 10 ? 3 : 0)} ms`.padStart(10);
}
