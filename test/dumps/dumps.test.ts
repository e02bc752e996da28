/** Every dump of the repository, and every one below `$KUBE_PROXY_DUMPS`: opened, checked, printed back, traced. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Rule, Ruleset } from '../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { printRule, printRuleset } from '../../src/rules/iptables/printer.ts';
import { iptablesMachine } from '../../src/machines/iptables/machine.ts';
import { checked } from '../language/rules/checked.ts';
import { createEngine } from '../../src/kernel/engine.ts';
import type { Flow, Protocol } from '../../src/kernel/flow.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { snapshotFileNames } from '../../src/kernel/snapshot.ts';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';

const here = import.meta.dirname;
const folders = [here, ...(process.env['KUBE_PROXY_DUMPS'] ? [process.env['KUBE_PROXY_DUMPS']] : [])];
/** `iptables-save.txt`, `ip6tables-save.txt`, `iptables-nft-save.txt`, `iptables-save-after.txt.gz`, `iptables-S.txt` */
const dumpName = /^ip6?tables(-\w+)?-(save.*|S)\.txt(\.gz)?$/;

function dumpsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => dumpName.test(path.split('/').at(-1) ?? ''))
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).size > 0);
}

function read(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function nodeBeside(path: string) {
  const present = new Set(readdirSync(dirname(path)));
  const names = snapshotFileNames.filter((name) => present.has(name) && name !== 'objects.json');
  return readNode(new Map(names.map((name): [SnapshotFileName, string] => [name, read(join(dirname(path), name))])));
}

function rulesOf(ruleset: Ruleset): Rule[] {
  return ruleset.statements.filter((statement) => statement.kind === 'rule');
}

/** At most `limit` destinations that the rules name, each with the rule's protocol and port: what a user would try. */
function destinations(ruleset: Ruleset, limit: number): { address: string; protocol: Protocol; port: number | null }[] {
  const found = new Map<string, { address: string; protocol: Protocol; port: number | null }>();
  for (const rule of rulesOf(ruleset)) {
    const value = (...names: string[]) =>
      [...rule.general, ...rule.matches.flatMap((match) => match.options)].find((option) => names.includes(option.name.text))
        ?.values[0]?.text;
    const address = value('-d', '--destination')?.split('/')[0];
    const protocol = value('-p', '--protocol') ?? 'tcp';
    const port = Number(value('--dport', '--destination-port'));
    if (!address || !['tcp', 'udp', 'sctp'].includes(protocol) || !Number.isInteger(port)) continue;
    found.set(`${address} ${protocol} ${port}`, { address, protocol, port });
    if (found.size === limit) break;
  }
  return [...found.values()];
}

describe.each(folders)('the dumps below %s', (folder) => {
  describe.each(dumpsBelow(folder).map((path) => [relative(folder, path), path]))('%s', (_name, path) => {
    const text = read(path);
    const ruleset = parseRuleset(text);

    it('has no error', () => {
      expect(ruleset.problems).toEqual([]);
      expect(checked(ruleset).filter((problem) => problem.severity === 'error')).toEqual([]);
    });

    it('prints back byte for byte', () => {
      expect(printRuleset(ruleset) === text).toBe(true);
    });

    it('prints each rule from its nodes as it stands in the dump', () => {
      const different = rulesOf(ruleset).filter((rule) => printRule(rule) !== text.slice(rule.start, rule.end));
      expect(different.slice(0, 3).map((rule) => [printRule(rule), text.slice(rule.start, rule.end)])).toEqual([]);
    });

    it('traces a packet from a pod, from outside and from the node to what its rules name', () => {
      const family = (ruleset.tables.find((table) => table.family !== null)?.family ?? 4) === 6 ? 6 : 4;
      const node = nodeBeside(path);
      const engine = createEngine([iptablesMachine(ruleset, family, node)], family, node);
      const sources: Flow['from'][] = [
        { kind: 'pod', address: family === 4 ? '10.244.1.7' : 'fd00:10:244:1::7', port: 40_000 },
        { kind: 'external', address: family === 4 ? '203.0.113.7' : '2001:db8::7', port: 40_000 },
        { kind: 'node', address: null, port: 40_000, interface: null },
      ];
      for (const to of destinations(ruleset, 50)) {
        for (const from of sources) {
          const { outcomes } = engine.trace({ family, from, to, protocol: to.protocol });
          expect(outcomes.length).toBeGreaterThan(0);
          expect(outcomes.reduce((sum, outcome) => sum + outcome.probability, 0)).toBeCloseTo(1, 9);
        }
      }
    });
  });
});
