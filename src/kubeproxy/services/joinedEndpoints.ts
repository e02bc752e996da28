/** The endpoints of a Service port: what the rules balance over, joined with what the objects list. */
import type { Family } from '../../kernel/flow.ts';
import type { ServiceEndpoint } from './endpoint.ts';
import type { RuledEndpoint } from './evidence.ts';
import { endpointKey, type ObjectEndpoint } from './objectIndex.ts';

/**
 * Family by family those of the rules, in their order, then those that only the objects have; at last those of families
 * that the port's rules do not have. `listed` null = no objects.
 */
export function joinedEndpoints(
  ruled: readonly RuledEndpoint[],
  ruledFamilies: readonly Family[],
  listed: readonly ObjectEndpoint[] | null,
): readonly ServiceEndpoint[] {
  if (listed === null) return ruled.map((each) => fromRules(each, null, null));
  const others = listed.filter((entry) => !ruledFamilies.includes(entry.family));
  return [
    ...ruledFamilies.flatMap((family) =>
      ofFamily(
        ruled.filter((each) => each.family === family),
        listed.filter((entry) => entry.family === family),
      ),
    ),
    ...others.map(fromObjects),
  ];
}

function ofFamily(
  ruled: readonly RuledEndpoint[],
  listed: readonly ObjectEndpoint[],
): readonly ServiceEndpoint[] {
  const byKey = new Map(listed.map((entry) => [endpointKey(entry.address, entry.port), entry]));
  const keys = ruled.map((each) => endpointKey(each.address, each.port ?? 0));
  const found = ruled.map((each, index) => {
    const entry = byKey.get(keys[index] ?? '') ?? null;
    return fromRules(each, entry, entry !== null);
  });
  for (const key of keys) byKey.delete(key);
  return [...found, ...[...byKey.values()].map(fromObjects)];
}

function fromRules(
  ruled: RuledEndpoint,
  entry: ObjectEndpoint | null,
  inObjects: boolean | null,
): ServiceEndpoint {
  return { ...ruled, ...ofObject(entry), inRules: true, inObjects };
}

function fromObjects(entry: ObjectEndpoint): ServiceEndpoint {
  return {
    family: entry.family,
    address: entry.address,
    port: entry.port,
    label: '',
    share: null,
    localShare: null,
    balanced: { cluster: false, local: false },
    at: null,
    hairpin: false,
    packets: null,
    bytes: null,
    ...ofObject(entry),
    inRules: false,
    inObjects: true,
  };
}

function ofObject(
  entry: ObjectEndpoint | null,
): Pick<ServiceEndpoint, 'pod' | 'node' | 'ready' | 'serving' | 'terminating'> {
  const endpoint = entry?.endpoint;
  return {
    pod: endpoint?.pod ?? null,
    node: endpoint?.nodeName ?? null,
    ready: endpoint?.ready ?? null,
    serving: endpoint?.serving ?? null,
    terminating: endpoint?.terminating ?? null,
  };
}
