/** What this product makes of a live node: its own session, and the analysis of what that collected. */
import { openSession } from '../../../src/cluster/main.ts';
import { snapshotFiles } from '../../../src/cluster/collect/snapshotFiles.ts';
import type { ClusterSession } from '../../../src/cluster/session.ts';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { snapshotFileNames, type SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { Cluster } from './cluster.ts';
import type { UserName } from './users.ts';

/** Longer than anything that answers takes. */
const patience = 60_000;

/** A session of `user` without watches, as the command line opens it. */
export function sessionOf(cluster: Cluster, user: UserName = 'viewer'): ClusterSession {
  const kubeconfig = [cluster.kubeconfigs[user]];
  return openSession(`${cluster.contextPrefix}${user}`, { kubeconfig, watch: false });
}

function never(): Promise<boolean> {
  return Promise.resolve(false);
}

/** The node's files as Save Snapshot writes them, by exec with the rights of docs/rbac.yaml. */
export async function collectFiles(
  cluster: Cluster,
  node: string,
): Promise<ReadonlyMap<SnapshotFileName, string>> {
  const session = sessionOf(cluster);
  const signal = AbortSignal.timeout(patience);
  try {
    const collected = await session.collect(node, { signal, command: null, confirmDebugPod: never });
    const files = snapshotFiles(collected, await session.objects(signal));
    return new Map(snapshotFileNames.flatMap((name) => entryOf(files, name)));
  } finally {
    session.close();
  }
}

export async function analysisOf(cluster: Cluster, node: string): Promise<Analysis> {
  return analysisOfFiles(await collectFiles(cluster, node));
}

function entryOf(
  files: ReadonlyMap<string, string>,
  name: SnapshotFileName,
): readonly (readonly [SnapshotFileName, string])[] {
  const text = files.get(name);
  return text === undefined ? [] : [[name, text]];
}
