import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { iptablesMachine } from '../../src/machines/iptables/machine.ts';
import { ipvsMachine } from '../../src/machines/ipvs/machine.ts';
import type { IpvsSettings } from '../../src/machines/ipvs/program.ts';
import { nftablesMachine } from '../../src/machines/nftables/machine.ts';
import { parseIpvs } from '../../src/rules/ipvs/parser.ts';
import { parseRuleset as parseNative } from '../../src/rules/nftables/parser.ts';
import { createEngine, type Engine } from '../../src/kernel/engine.ts';
import type { Family } from '../../src/kernel/flow.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../src/kernel/snapshot.ts';

/** The folder with the recorded flows (`kernel/`, `upstream/`); null where the environment names none. */
export const conformanceFolder: string | null = process.env['KUBE_PROXY_CONFORMANCE'] ?? null;

export const SKIP_REASON = 'KUBE_PROXY_CONFORMANCE is not set';

/** The engines of both families over a snapshot's files, with the tables of `nft.txt` where there is one. */
export function enginesOf(files: ReadonlyMap<SnapshotFileName, string>): (family: Family) => Engine {
  const node = readNode(files);
  const native = files.get('nft.txt');
  const ruleset = native === undefined ? null : parseNative(native);
  const engine = (family: Family, name: SnapshotFileName): Engine => {
    const text = files.get(name);
    const machine = iptablesMachine(parseRuleset(text ?? ''), family, node);
    if (ruleset === null) return createEngine([machine], family, node);
    const beside = text === undefined ? [] : [machine];
    return createEngine([nftablesMachine(ruleset, family, node, { beside })], family, node);
  };
  const engines = { 4: engine(4, 'iptables-save.txt'), 6: engine(6, 'ip6tables-save.txt') };
  return (family) => engines[family];
}

/** With the virtual servers of `ipvsadm-save.txt`. */
export function ipvsEngineOf(
  files: ReadonlyMap<SnapshotFileName, string>,
  family: Family,
  settings: IpvsSettings,
): Engine {
  const node = readNode(files);
  const rules = parseRuleset(files.get(family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt') ?? '');
  const ipvs = parseIpvs(files.get('ipvsadm-save.txt') ?? '');
  const machines = [iptablesMachine(rules, family, node), ipvsMachine(ipvs, family, node, settings)];
  return createEngine(machines, family, node);
}

/** The files of a snapshot folder. */
export function filesIn(folder: string): ReadonlyMap<SnapshotFileName, string> {
  const there = snapshotFileNames.filter((name) => existsSync(join(folder, name)));
  return new Map(there.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The scenarios (folders with `flows.jsonl`) of the recordings; of `nft` those with native tables. */
export function scenarios(folder: string, kind: 'kernel' | 'nft' = 'kernel'): readonly string[] {
  const of = join(folder, kind);
  return readdirSync(of).filter((name) => existsSync(join(of, name, 'flows.jsonl')));
}

/** The lines of a `.jsonl` file. */
export function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}
