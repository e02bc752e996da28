import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRules, type Rules } from '../../src/cli/readRules.ts';

const RULES = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const ADDRESSES =
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n' +
  '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    inet 192.0.2.10/24 scope global eth0\n';
const ROUTES =
  'default via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10\n';

async function read(operand: string, facts: readonly string[] = []): Promise<Rules> {
  const reading = await readRules(operand, facts);
  if (reading.kind !== 'rules') throw new Error(reading.message);
  return reading.rules;
}

describe('facts of files of any name', () => {
  let folder = '';
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kpe-facts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('that --facts names', async () => {
    const rules = write('rules', RULES);
    const { analysis, warnings } = await read(rules, [write('a', `$ ip a\n${ADDRESSES}\n$ ip r\n${ROUTES}`)]);
    expect(warnings).toEqual([]);
    expect([...(analysis.node.interfaces?.keys() ?? [])]).toEqual(['lo', 'eth0']);
    expect(analysis.node.routes[4]?.some(({ interface: name }) => name === 'eth0')).toBe(true);
  });

  test('in the text of the rules, behind them or before, and it is said', async () => {
    const session = `$ ip addr\n${ADDRESSES}$ sudo iptables-save\n${RULES}$ ip route\n${ROUTES}`;
    const path = write('ticket', session);
    const { analysis, warnings } = await read(path);
    expect(warnings).toEqual([`"${path}" also holds addresses and routes, which are used.`]);
    expect([...(analysis.node.interfaces?.keys() ?? [])]).toEqual(['lo', 'eth0']);
    const named = await read(path, [write('a', ADDRESSES.replaceAll('eth0', 'eth7'))]);
    expect(named.analysis.node.interfaces?.has('eth7')).toBe(true);
  });

  test('count before those beside the rules', async () => {
    const rules = write('iptables-save.txt', RULES);
    write('ip-addr.json', '[{"ifname":"lo","flags":["UP"],"addr_info":[]}]');
    const { analysis } = await read(rules, [write('a', ADDRESSES)]);
    expect(analysis.node.interfaces?.has('eth0')).toBe(true);
  });

  test('in a snapshot’s folder, and it is said', async () => {
    write('iptables-save.txt', RULES);
    write('who-knows', ADDRESSES);
    write('notes.md', 'Nothing of interest.\n');
    const { analysis, warnings } = await read(folder);
    expect(analysis.node.interfaces?.has('eth0')).toBe(true);
    expect(warnings).toEqual([`"${join(folder, 'who-knows')}" is used: it holds addresses.`]);
  });

  test('what has the snapshot’s own name counts before what is found by its content', async () => {
    write('iptables-save.txt', RULES);
    write('ip-addr.json', '[{"ifname":"lo","flags":["UP"],"addr_info":[]}]');
    write('other', ADDRESSES);
    write('nft.json', '{"nftables": [{"table": {"family": "ip", "name": "mine", "handle": 1}}]}');
    write('as-written.nft', 'table ip other {\n}\n');
    const { analysis, warnings } = await read(folder);
    expect(analysis.node.interfaces?.has('eth0')).toBe(false);
    expect(analysis.sources.nft?.ruleset.text).toContain('mine');
    expect(warnings).toEqual([]);
  });

  test('of two that hold the same neither is used', async () => {
    write('iptables-save.txt', RULES);
    write('node-1', ADDRESSES);
    write('node-2', ADDRESSES.replace('192.0.2.10', '192.0.2.11'));
    const { analysis, warnings } = await read(folder);
    expect(analysis.node.interfaces).toBeNull();
    expect(warnings).toEqual([
      '"node-1" and "node-2" hold the same: which of them is of this node is not known, and none is used. --facts says which.',
    ]);
  });

  test('beside a file that is no snapshot’s nothing is looked for', async () => {
    write('other', ADDRESSES);
    const { analysis, warnings } = await read(write('my-rules', RULES));
    expect(analysis.node.interfaces).toBeNull();
    expect(warnings).toEqual([]);
  });

  test.each([
    ['nothing', '', 'is empty: there are no facts in it.'],
    ['a letter', 'Dear all,\n', 'holds no facts that are known: it begins with "Dear all,".'],
    [
      'a trace of the kernel',
      'TRACE: raw:PREROUTING:policy:2 IN=eth0 SRC=10.0.0.1 DST=10.0.0.2',
      'holds a trace of the kernel, no facts: "trace RULES --kernel-trace FILE"',
    ],
    ['rules', RULES, 'holds rules of iptables, no facts: name it as RULES.'],
  ])('--facts with %s is named', async (_, text, words) => {
    const { warnings } = await read(write('rules', RULES), [write('facts', text)]);
    expect(warnings.join()).toContain(words);
  });

  test('--facts with a file that is not there, or a folder, is named', async () => {
    mkdirSync(join(folder, 'f'));
    const { warnings } = await read(write('rules', RULES), [join(folder, 'none'), join(folder, 'f')]);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/There is no file or folder .* is a folder, not a file/);
  });

  test.each([
    [
      'TRACE: raw:PREROUTING:policy:2 IN=eth0 SRC=10.0.0.1 DST=10.0.0.2',
      'holds a trace of the kernel, no rules of iptables: "trace RULES --kernel-trace FILE" lays it over rules.',
    ],
    [ADDRESSES, 'holds addresses, no rules of iptables: name the rules, and this file behind --facts.'],
  ])('facts in place of RULES: what they are good for is said', async (text, words) => {
    const reading = await readRules(write('facts', text));
    expect(reading).toMatchObject({ kind: 'unreadable', message: expect.stringContaining(words) });
  });
});
