/** Acceptance of "a hostile cluster" for the command line: what others wrote reaches a terminal as text, and no place but its own. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundledCli, type Cli, type Finished } from '../cli/support/cli.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import {
  addLies,
  hostileContext,
  hostileKubeconfig,
  hostileText,
  liarAddress,
  lieAddress,
  lyingRules,
  replaceRules,
} from './support/hostile.ts';
import { expectReadOnly } from './support/readOnly.ts';

let cluster: Cluster;
let cli: Cli;
let kubeconfig: string;
let rules: string;
const folder = mkdtempSync(join(tmpdir(), 'kpe-hostile-'));

beforeAll(async () => {
  [cluster, cli] = await Promise.all([startCluster({ nodes: [{ name: 'a' }] }), bundledCli()]);
  kubeconfig = hostileKubeconfig(cluster);
  await addLies(cluster);
  rules = lyingRules(await liarAddress(cluster));
});

beforeEach(() => replaceRules(cluster, 'a', rules));

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await expectReadOnly(cluster);
  await cluster.stop();
});

function run(command: string, ...args: readonly string[]): Promise<Finished> {
  const live = ['--kubeconfig', kubeconfig, '--context', hostileContext, '--node', 'a'];
  return cli([command, ...live, ...args], { folder });
}

/** The only control that a terminal gets is the end of a line. */
function expectHarmless({ out, err }: Finished): void {
  expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
}

test.each(['hook', 'service'])('the tree by %s', async (by) => {
  const finished = await run('tree', '--by', by);
  expectHarmless(finished);
  expect(finished).toMatchObject({ code: 0, signal: null });
  expect(finished.out).toContain(by === 'hook' ? '<b>BOLDMARK</b>' : 'KUBE-SVC-NOBODY');
});

test.each(['text', 'json', 'sarif'])('a check, as %s', async (format) => {
  const finished = await run('check', '--format', format);
  expectHarmless(finished);
  expect(finished).toMatchObject({ code: 1, signal: null });
});

test.each(['text', 'json'])('a trace through the lies, as %s', async (format) => {
  const args = ['--from', 'external:198.18.0.9', '--to', `${lieAddress}:80`, '--format', format];
  const finished = await run('trace', ...args);
  expectHarmless(finished);
  expect([0, 1]).toContain(finished.code);
  expect(finished.out).toContain('hostile-chain');
});

test('a snapshot holds what was said byte by byte, in its own folder', async () => {
  const before = readdirSync(folder);
  const finished = await run('snapshot', 'saved');
  expectHarmless(finished);
  expect(finished).toMatchObject({ code: 0, signal: null });
  expect(readdirSync(folder)).toEqual([...before, 'saved']);
  expect(readFileSync(join(folder, 'saved', 'iptables-save.txt'), 'utf8')).toBe(rules);
  for (const name of readdirSync(join(folder, 'saved'))) expect(name).toMatch(/^[a-z0-9-]+\.(txt|json)$/);
  expect(existsSync('/tmp/hostile-chain')).toBe(false);
});

test('what a failing program says', async () => {
  replaceRules(cluster, 'a', rules, 'fails');
  const finished = await run('tree');
  expectHarmless(finished);
  expect(finished).toMatchObject({ code: 2, out: '', signal: null });
});

test('a table that never ends is no dump, whatever its name', async () => {
  replaceRules(cluster, 'a', `*${hostileText}\u001b[31m\n:INPUT ACCEPT [0:0]\n*nat\nCOMMIT\n`);
  const finished = await run('tree');
  expectHarmless(finished);
  expect(finished).toMatchObject({ code: 2, out: '', signal: null });
  expect(finished.err).toContain('broke off in the middle of table <b>BOLDMARK</b>');
});

test('a context and a node that are not there', async () => {
  const live = ['--kubeconfig', kubeconfig, '--node', `${hostileText}\u001b[31m`];
  for (const context of [hostileContext, `nobody ${hostileContext}`]) {
    const finished = await cli(['tree', '--context', context, ...live]);
    expectHarmless(finished);
    expect(finished).toMatchObject({ code: 2, out: '', signal: null });
  }
});

test('a folder of a hostile name is one folder', async () => {
  const name = hostileContext.replaceAll(/[/\0]/g, '_').slice(-200);
  mkdirSync(join(folder, 'in'));
  const finished = await run('snapshot', join('in', name));
  expectHarmless(finished);
  expect(finished).toMatchObject({ code: 0, signal: null });
  expect(readdirSync(join(folder, 'in'))).toEqual([name]);
});
