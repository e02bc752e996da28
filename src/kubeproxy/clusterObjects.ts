import { type Coverage, coverageOfObjects } from '../kubernetes/coverage.ts';
import type { KubernetesObjects } from '../kubernetes/objects.ts';
import { readObjects } from '../kubernetes/readObjects.ts';

/** The objects of a cluster, live or from a file, and how far they are known. */
export interface ClusterObjects {
  readonly objects: KubernetesObjects;
  /** What may be concluded from an object that is not there. */
  readonly coverage: Coverage;
  /** A watch is broken: they may be old, so that rules that are not as they say may well be right. */
  readonly stale: boolean;
  /** What could not be read, in plain text. */
  readonly problems: readonly string[];
}

/** Those of an `objects.json`. */
export function objectsOfFile(text: string): ClusterObjects {
  const { objects, problems, partial, complete } = readObjects(text);
  return { objects, problems, coverage: coverageOfObjects(objects, partial, complete), stale: false };
}
