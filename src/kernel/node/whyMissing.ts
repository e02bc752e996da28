import type { SnapshotFileName } from '../snapshot.ts';
import type { Node } from './node.ts';

/** Why a file is not in the snapshot, where `snapshot.json` says it: "the Pod has no conntrack"; else `otherwise`. */
export function whyMissing({ info }: Node, file: SnapshotFileName, otherwise: string): string {
  return info.missing.get(file) ?? otherwise;
}
