/**
 * Objects without what nobody here reads: annotations, managed fields, environments, whole specs of containers. What is
 * left is as much as `readObjects.ts` and cluster/ look at, in its place, so that it reads the same.
 */
import { isRecord, type JsonRecord } from '../text/json.ts';
import { keptAnnotations, LONGEST_ANNOTATION } from './annotations.ts';
import type { ObjectKind } from './readObject.ts';

/** As in the paths of the API. */
export type ObjectResource = keyof typeof kindOfResource;

/** The `kind` of a resource's objects. */
export const kindOfResource = {
  services: 'Service',
  endpointslices: 'EndpointSlice',
  nodes: 'Node',
  pods: 'Pod',
  networkpolicies: 'NetworkPolicy',
  namespaces: 'Namespace',
  events: 'Event',
} as const satisfies Readonly<Record<string, ObjectKind>>;

/** Whether a word names one. */
export function isObjectResource(word: unknown): word is ObjectResource {
  return typeof word === 'string' && Object.hasOwn(kindOfResource, word);
}

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
        const slimmed = kept === undefined ? undefined : slim(kept);
        return slimmed === undefined ? [] : [[name, slimmed] as const];
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

const named = { name: plain, namespace: plain, labels: strings, deletionTimestamp: plain };
const metadata = fields(named);

const annotations: Slim = (value) => {
  if (!isRecord(value)) return typeof value === 'string' ? '' : emptied(value);
  const kept = Object.entries(value).filter(
    ([key, each]) =>
      keptAnnotations.has(key) && typeof each === 'string' && each.length <= LONGEST_ANNOTATION,
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const service = fields({
  metadata: fields({ ...named, annotations }),
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
  status: fields({
    loadBalancer: fields({ ingress: list(fields({ ip: plain, hostname: plain, ipMode: plain })) }),
  }),
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
  spec: fields({ podCIDR: plain, podCIDRs: list(plain), providerID: plain }),
  status: fields({
    addresses: list(fields({ type: plain, address: plain })),
    nodeInfo: fields({ kubeProxyVersion: plain, kubeletVersion: plain, operatingSystem: plain }),
    conditions: list(fields({ type: plain, status: plain })),
  }),
});

const portsOfContainer = list(fields({ name: plain, containerPort: plain, protocol: plain }));

/** What a probe asks for; never the command, which may hold anything. */
const probe = fields({
  httpGet: fields({ path: plain, port: plain }),
  tcpSocket: fields({ port: plain }),
  grpc: fields({ port: plain }),
  periodSeconds: plain,
});

const reason = fields({ reason: plain });

const pod = fields({
  metadata,
  spec: fields({
    nodeName: plain,
    hostNetwork: plain,
    readinessGates: list(fields({ conditionType: plain })),
    containers: list(
      fields({
        name: plain,
        image: plain,
        ports: portsOfContainer,
        readinessProbe: probe,
        startupProbe: probe,
      }),
    ),
    initContainers: list(fields({ restartPolicy: plain, ports: portsOfContainer })),
  }),
  status: fields({
    phase: plain,
    podIP: plain,
    podIPs: list(fields({ ip: plain })),
    conditions: list(fields({ type: plain, status: plain, message: plain })),
    containerStatuses: list(
      fields({
        name: plain,
        ready: plain,
        started: plain,
        restartCount: plain,
        state: fields({ running: reason, waiting: reason, terminated: reason }),
        lastState: fields({ terminated: fields({ exitCode: plain, reason: plain }) }),
      }),
    ),
  }),
});

const selector = fields({
  matchLabels: strings,
  matchExpressions: list(fields({ key: plain, operator: plain, values: list(plain) })),
});

const peers = list(
  fields({
    podSelector: selector,
    namespaceSelector: selector,
    ipBlock: fields({ cidr: plain, except: list(plain) }),
  }),
);

const policyPorts = list(fields({ protocol: plain, port: plain, endPort: plain }));

const networkPolicy = fields({
  metadata,
  spec: fields({
    podSelector: selector,
    policyTypes: list(plain),
    ingress: list(fields({ from: peers, ports: policyPorts })),
    egress: list(fields({ to: peers, ports: policyPorts })),
  }),
});

const event = fields({
  metadata,
  involvedObject: fields({ kind: plain, name: plain }),
  reason: plain,
  message: plain,
  count: plain,
  lastTimestamp: plain,
  eventTime: plain,
  series: fields({ count: plain, lastObservedTime: plain }),
});

const slims: Readonly<Record<ObjectResource, Slim>> = {
  services: service,
  endpointslices: slice,
  nodes: node,
  pods: pod,
  networkpolicies: networkPolicy,
  namespaces: fields({ metadata }),
  events: event,
};

/** What is read of an object of the API, and its kind, which the items of a list leave out. Any JSON is taken. */
export function slimObject(resource: ObjectResource, raw: JsonRecord): JsonRecord {
  const slimmed = slims[resource](raw);
  return { kind: kindOfResource[resource], ...(isRecord(slimmed) ? slimmed : {}) };
}
