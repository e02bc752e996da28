/** Small dumps, cut from real ones, to be damaged. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotFileNames, type SnapshotFileName } from '../../src/kernel/snapshot.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The node of the samples. */
export const nodeFiles: ReadonlyMap<SnapshotFileName, string> = filesOf('media/samples/kube-proxy-1.36');

function filesOf(folder: string): ReadonlyMap<SnapshotFileName, string> {
  const present = new Set(readdirSync(join(root, folder)));
  const names = snapshotFileNames.filter(
    (name) => present.has(name) && !name.includes('tables') && name !== 'objects.json',
  );
  return new Map(names.map((name) => [name, readFileSync(join(root, folder, name), 'utf8')] as const));
}

/** Dumps of every kind at hand: new and old, both families, with counters, `iptables -S`, Docker, hand-made. */
export function cutDumps(): readonly string[] {
  return [
    cut('media/samples/kube-proxy-1.36/iptables-save.txt', /shop\/three|np-cluster/),
    cut('media/samples/kube-proxy-1.36/ip6tables-save.txt', /v6\/dual:/),
    cut('media/samples/kube-proxy-1.23/iptables-save.txt', /shop\/three|lb-ranges:/),
    cut('test/dumps/1.36.3/iptables-save-c.txt', /shop\/three|no-endpoints/),
    cut('test/dumps/1.36.3-legacy/iptables-S.txt', /shop\/three/),
    cut('test/dumps/docker/iptables-save-c.txt', /./),
    cut('media/samples/nodeport-lab/iptables-save.txt', /./),
  ];
}

/** The hashed chains of a dump that rules about `services` name, and all that is not of a Service. */
function cut(path: string, services: RegExp): string {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  const kept = new Set(lines.filter((line) => services.test(line)).flatMap(chainsOf));
  const own = (line: string): boolean => services.test(line) || !/--comment "?[\w-]+\//.test(line);
  return lines.filter((line) => own(line) && chainsOf(line).every((chain) => kept.has(chain))).join('\n');
}

/** The chains of Services and endpoints that a line names. */
function chainsOf(line: string): readonly string[] {
  return line.match(/KUBE-(?:SVC|SEP|EXT|SVL|FW|XLB)-[A-Z2-7]{16}/g) ?? [];
}
