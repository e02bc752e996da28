import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { iptablesMachine } from '../../src/machines/iptables/machine.ts';
import { createEngine, type Engine } from '../../src/kernel/engine.ts';
import type { Family } from '../../src/kernel/flow.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../src/kernel/snapshot.ts';

/** The folder with the recorded flows (`kernel/`, `upstream/`); null where the environment names none. */
export const conformanceFolder: string | null = process.env['KUBE_PROXY_CONFORMANCE'] ?? null;

export const SKIP_REASON = 'KUBE_PROXY_CONFORMANCE is not set';

/** The engines of both families over a snapshot's files. */
export function enginesOf(files: ReadonlyMap<SnapshotFileName, string>): (family: Family) => Engine {
  const node = readNode(files);
  const engine = (family: Family, name: SnapshotFileName): Engine =>
    createEngine([iptablesMachine(parseRuleset(files.get(name) ?? ''), family, node)], family, node);
  const engines = { 4: engine(4, 'iptables-save.txt'), 6: engine(6, 'ip6tables-save.txt') };
  return (family) => engines[family];
}

/** The files of a snapshot folder. */
export function filesIn(folder: string): ReadonlyMap<SnapshotFileName, string> {
  const there = snapshotFileNames.filter((name) => existsSync(join(folder, name)));
  return new Map(there.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The scenarios (folders with `flows.jsonl`) of the recordings. */
export function scenarios(folder: string): readonly string[] {
  const kernel = join(folder, 'kernel');
  return readdirSync(kernel).filter((name) => existsSync(join(kernel, name, 'flows.jsonl')));
}

/** The lines of a `.jsonl` file. */
export function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}
