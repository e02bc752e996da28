/**
 * Objects without what nobody here reads: annotations, managed fields, environments, whole specs of containers. What is
 * left is as much as `readObjects.ts` and cluster/ look at, in its place, so that it reads the same.
 */
import { isRecord, type JsonRecord } from '../text/json.ts';
import type { ObjectKind } from './readObject.ts';

/** As in the paths of the API. */
export type ObjectResource = 'services' | 'endpointslices' | 'nodes' | 'pods';

/** The `kind` of a resource's objects. */
export const kindOfResource: Readonly<Record<ObjectResource, ObjectKind>> = {
  services: 'Service',
  endpointslices: 'EndpointSlice',
  nodes: 'Node',
  pods: 'Pod',
};

/** Keeps of a value what is read of it; undefined for nothing. */
type Slim = (value: unknown) => unknown;

/** A value of another type than is read there is a problem of its own; its content is not. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return isRecord(value) ? {} : value;
}

const plain: Slim = emptied;

function fields(shape: Readonly<Record<string, Slim>>): (value: unknown) => unknown {
  const parts = Object.entries(shape);
  return (value) => {
    if (!isRecord(value)) return typeof value === 'string' ? '' : emptied(value);
    return Object.fromEntries(
      parts.flatMap(([name, slim]) => {
        // By `hasOwn`: JSON may name a field `__proto__`, which is none of ours.
        const kept = Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
        return kept === undefined ? [] : [[name, slim(kept)] as const];
      }),
    );
  };
}

function list(item: Slim): Slim {
  return (value) => {
    if (Array.isArray(value)) return value.map(item);
    return typeof value === 'string' ? '' : emptied(value);
  };
}

/** Labels and selectors: the strings in them. */
const strings: Slim = (value) => {
  if (!isRecord(value)) return typeof value === 'string' ? '' : emptied(value);
  return Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each === 'string'));
};

const metadata = fields({ name: plain, namespace: plain, labels: strings, deletionTimestamp: plain });

const service = fields({
  metadata,
  spec: fields({
    type: plain,
    clusterIP: plain,
    clusterIPs: list(plain),
    externalIPs: list(plain),
    loadBalancerSourceRanges: list(plain),
    ports: list(fields({ name: plain, protocol: plain, port: plain, targetPort: plain, nodePort: plain })),
    selector: strings,
    internalTrafficPolicy: plain,
    externalTrafficPolicy: plain,
    healthCheckNodePort: plain,
    publishNotReadyAddresses: plain,
    sessionAffinity: plain,
    sessionAffinityConfig: fields({ clientIP: fields({ timeoutSeconds: plain }) }),
    trafficDistribution: plain,
  }),
  status: fields({ loadBalancer: fields({ ingress: list(fields({ ip: plain, ipMode: plain })) }) }),
});

const hint = list(fields({ name: plain }));

const slice = fields({
  metadata,
  addressType: plain,
  endpoints: list(
    fields({
      addresses: list(plain),
      conditions: fields({ ready: plain, serving: plain, terminating: plain }),
      targetRef: fields({ kind: plain, namespace: plain, name: plain }),
      nodeName: plain,
      zone: plain,
      hints: fields({ forZones: hint, forNodes: hint }),
    }),
  ),
  ports: list(fields({ name: plain, protocol: plain, port: plain })),
});

const node = fields({
  metadata,
  spec: fields({ podCIDR: plain, podCIDRs: list(plain) }),
  status: fields({
    addresses: list(fields({ type: plain, address: plain })),
    nodeInfo: fields({ kubeProxyVersion: plain, kubeletVersion: plain, operatingSystem: plain }),
    conditions: list(fields({ type: plain, status: plain })),
  }),
});

const pod = fields({
  metadata,
  spec: fields({
    nodeName: plain,
    hostNetwork: plain,
    containers: list(
      fields({ name: plain, image: plain, ports: list(fields({ name: plain, containerPort: plain })) }),
    ),
  }),
  status: fields({
    phase: plain,
    podIP: plain,
    podIPs: list(fields({ ip: plain })),
    conditions: list(fields({ type: plain, status: plain })),
  }),
});

const slims: Readonly<Record<ObjectResource, Slim>> = {
  services: service,
  endpointslices: slice,
  nodes: node,
  pods: pod,
};

/** What is read of an object of the API, and its kind, which the items of a list leave out. Any JSON is taken. */
export function slimObject(resource: ObjectResource, raw: JsonRecord): JsonRecord {
  const slimmed = slims[resource](raw);
  return { kind: kindOfResource[resource], ...(isRecord(slimmed) ? slimmed : {}) };
}
