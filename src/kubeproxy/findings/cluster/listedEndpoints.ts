/** The endpoints of a Service port as kube-proxy takes them from the slices (pkg/proxy/endpointslicecache.go). */
import type { Family } from '../../../kernel/flow.ts';
import { endpointKey, type ObjectEndpoint } from '../../services/objectIndex.ts';

export interface ListedEndpoint {
  /** `10.244.1.5:8080`, one spelling per address. */
  readonly key: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName: string | null;
  readonly hintZones: readonly string[];
  readonly hintNodes: readonly string[];
}

/**
 * One for each address and port: of several the one that does not terminate. Null where kube-proxy itself would take
 * whichever comes last, and they differ.
 */
export function listedEndpoints(
  all: readonly ObjectEndpoint[],
  family: Family,
): readonly ListedEndpoint[] | null {
  const found = new Map<string, ListedEndpoint[]>();
  for (const entry of all) {
    if (entry.family !== family) continue;
    const listed = listedOf(entry);
    if (listed === null) return null;
    const known = found.get(listed.key);
    if (known === undefined) found.set(listed.key, [listed]);
    else known.push(listed);
  }
  const chosen: ListedEndpoint[] = [];
  for (const entries of found.values()) {
    const staying = entries.filter((entry) => !entry.terminating);
    const [first, ...others] = staying.length > 0 ? staying : entries;
    if (first === undefined || others.some((entry) => !isAlike(first, entry))) return null;
    chosen.push(first);
  }
  return chosen;
}

/** Null where it is not told whether it is ready. */
function listedOf({ address, port, endpoint }: ObjectEndpoint): ListedEndpoint | null {
  const { ready, serving, terminating, nodeName, hintZones, hintNodes } = endpoint;
  if (ready === null || serving === null) return null;
  return { key: endpointKey(address, port), ready, serving, terminating, nodeName, hintZones, hintNodes };
}

function isAlike(a: ListedEndpoint, b: ListedEndpoint): boolean {
  return (
    a.ready === b.ready &&
    a.serving === b.serving &&
    a.terminating === b.terminating &&
    a.nodeName === b.nodeName &&
    a.hintZones.join() === b.hintZones.join() &&
    a.hintNodes.join() === b.hintNodes.join()
  );
}
