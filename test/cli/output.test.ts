/** What the bundled command line does where its output goes: a terminal, a reader that leaves, a disk that is full. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { bundledCli, type Cli, repository } from './support/cli.ts';

const sample = repository('media/samples/kube-proxy-1.36');
const folder = mkdtempSync(join(tmpdir(), 'kpe-output-test-'));
let cli: Cli;

beforeAll(async () => {
  cli = await bundledCli();
});

/** A dump whose one rule goes to a chain that is not there. */
function dump(name: string, target: string): string {
  const path = join(folder, name);
  writeFileSync(path, `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ${target}\nCOMMIT\n`);
  return path;
}

it('ends quietly when nobody reads on', async () => {
  const path = dump('many.txt', `NOWHERE${'\n-A INPUT -j NOWHERE'.repeat(50_000)}`);
  for (const args of [
    ['check', path],
    ['check', path, '--format', 'sarif'],
    ['tree', path],
  ]) {
    const { signal, err, out } = await cli(args, { leavesEarly: true });
    expect({ args, signal, err }).toEqual({ args, signal: null, err: '' });
    expect(out).not.toBe('');
  }
});

it.runIf(existsSync('/dev/full'))('says in a line that the disk is full, with code 2', () => {
  for (const args of [
    ['trace', sample, '--from', 'pod:10.244.1.7', '--to', 'shop/three:http'],
    ['tree', sample, '--format', 'json'],
  ]) {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [cli.file, ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'kube-proxy-explorer: The output is cut off: no space is left where it is written (ENOSPC).\n',
    });
  }
});

it('escapes in JSON what a terminal would obey', async () => {
  const evil = dump('eight-bit.txt', 'NO\u009B31mW\u202EHERE');
  for (const args of [
    ['check', evil, '--format', 'json'],
    ['check', evil, '--format', 'sarif'],
    ['tree', evil, '--format', 'json'],
  ]) {
    const { out } = await cli(args);
    expect(out).toContain('\\u202e');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

it('takes escape sequences out of what it prints', async () => {
  const { out } = await cli(['check', dump('evil.txt', 'NO\u001B[31mWHERE')]);
  expect(out).not.toContain('\u001B');
  expect(out).toContain('NOWHERE');
});

it('names on standard error what could not be read, whatever the command', async () => {
  const folderOf = mkdtempSync(join(tmpdir(), 'kpe-unread-'));
  const rules = '*filter\n:FORWARD ACCEPT [0:0]\n>-A FORWARD -j DROP\n-A FORWARD -j ACCEPT\nCOMMIT\n';
  writeFileSync(join(folderOf, 'iptables-save.txt'), rules);
  writeFileSync(join(folderOf, 'ip-addr.json'), 'eth0 is up');
  for (const args of [
    ['tree', folderOf],
    ['explain', folderOf, 'FORWARD', '--format', 'json'],
    ['check', folderOf],
  ]) {
    const { err } = await cli(args);
    expect(err).toMatch(/line 3 of the rules .*; ip-addr\.json: /);
  }
  const { out } = await cli(['trace', folderOf, '--from', 'pod:10.244.1.9', '--to', '203.0.113.9:443']);
  expect(out.replaceAll(/\s+/g, ' ')).toMatch(/line 3 of the rules .*; ip-addr\.json: /);
});
