/** The folder that Save Snapshot writes: what was collected, the cluster's objects, and of what node and when. */
import type { CollectedNode } from '../liveNode.ts';
import { sourceWords } from './runner.ts';

/** The text of `snapshot.json`: of what node, when, from where, in which mode its kube-proxy is meant to be, and why what is missing is missing. */
export function snapshotJson(collected: CollectedNode): string {
  const { node, context, takenAt, source, configured, cilium, missing, warnings } = collected;
  const value = {
    node,
    context,
    taken: new Date(takenAt).toISOString(),
    source: sourceWords(source),
    mode: configured,
    ...(cilium === null ? {} : { cilium }),
    missing: missing.map(({ file, reason }) => ({ file, reason })),
    warnings,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** File name → text, in the order in which they are written. */
export function snapshotFiles(collected: CollectedNode, objectsJson: string): ReadonlyMap<string, string> {
  return new Map([
    ...collected.files,
    ['objects.json', objectsJson],
    ['snapshot.json', snapshotJson(collected)],
  ]);
}
