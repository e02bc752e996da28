/** The fields of a Service. */
import { isRecord, type JsonRecord } from '../text/json.ts';
import { keptAnnotations, LONGEST_ANNOTATION } from './annotations.ts';
import type { JsonReader } from './jsonReader.ts';
import type {
  LoadBalancerIngress,
  ObjectIdentity,
  Service,
  ServicePortSpec,
  TableOrigin,
  TrafficPolicy,
} from './objects.ts';
import { readProtocol } from './protocol.ts';

/** The API's default for `sessionAffinityConfig.clientIP.timeoutSeconds`. */
const DEFAULT_AFFINITY_SECONDS = 10_800;

/** Reads one Service; what has the wrong type is reported and counts as left out. */
export function readService(object: JsonRecord, identity: ObjectIdentity, reader: JsonReader): Service {
  const spec = reader.record(object, 'spec');
  const status = reader.record(object, 'status');
  return {
    kind: 'Service',
    ...readTableOrigin(object),
    ...identity,
    annotations: readAnnotations(object, reader),
    type: reader.text(spec, 'type') ?? 'ClusterIP',
    clusterIPs: readClusterIPs(spec, reader),
    externalIPs: reader.strings(spec, 'externalIPs'),
    loadBalancerIngress: readIngress(status, reader),
    isLoadBalanced: reader.records(reader.record(status, 'loadBalancer'), 'ingress').length > 0,
    loadBalancerSourceRanges: reader.strings(spec, 'loadBalancerSourceRanges'),
    ports: reader.records(spec, 'ports').flatMap((port) => readPort(port, reader)),
    selector: reader.stringMap(spec, 'selector'),
    internalTrafficPolicy: readPolicy(spec, 'internalTrafficPolicy', reader),
    externalTrafficPolicy: readPolicy(spec, 'externalTrafficPolicy', reader),
    healthCheckNodePort: reader.port(spec, 'healthCheckNodePort'),
    publishNotReadyAddresses: reader.flag(spec, 'publishNotReadyAddresses') ?? false,
    affinitySeconds: readAffinity(spec, reader),
    trafficDistribution: reader.text(spec, 'trafficDistribution'),
  };
}

function readAnnotations(object: JsonRecord, reader: JsonReader): ReadonlyMap<string, string> {
  const all = reader.stringMap(reader.record(object, 'metadata'), 'annotations') ?? new Map<string, string>();
  return new Map(
    [...all].filter(([key, value]) => keptAnnotations.has(key) && value.length <= LONGEST_ANNOTATION),
  );
}

/** What `forms/serviceTable.ts` marks its objects with. */
export function readTableOrigin(object: JsonRecord): { readonly table?: TableOrigin } {
  const mark = object['kubectlTable'];
  return isRecord(mark) ? { table: { hasNamespace: mark['hasNamespace'] === true } } : {};
}

/** `clusterIPs` since 1.20, `clusterIP` before. */
function readClusterIPs(spec: JsonRecord, reader: JsonReader): readonly string[] {
  const several = reader.strings(spec, 'clusterIPs');
  if (several.length > 0) return several;
  const one = reader.text(spec, 'clusterIP');
  return one === null || one === '' ? [] : [one];
}

function readIngress(status: JsonRecord, reader: JsonReader): readonly LoadBalancerIngress[] {
  return reader.records(reader.record(status, 'loadBalancer'), 'ingress').flatMap((ingress) => {
    const ip = reader.text(ingress, 'ip');
    if (ip === null || ip === '') return [];
    return [{ ip, ipMode: reader.text(ingress, 'ipMode') === 'Proxy' ? 'Proxy' : 'VIP' }];
  });
}

function readPort(port: JsonRecord, reader: JsonReader): readonly ServicePortSpec[] {
  const number = reader.port(port, 'port');
  if (number === null) {
    reader.report('a port without a number');
    return [];
  }
  const protocol = readProtocol(port, reader);
  if (protocol === null) return [];
  const target = port['targetPort'];
  return [
    {
      name: reader.text(port, 'name') ?? '',
      protocol,
      port: number,
      targetPort: typeof target === 'number' || typeof target === 'string' ? target : null,
      nodePort: reader.port(port, 'nodePort'),
    },
  ];
}

function readPolicy(spec: JsonRecord, field: string, reader: JsonReader): TrafficPolicy {
  return reader.text(spec, field) === 'Local' ? 'Local' : 'Cluster';
}

function readAffinity(spec: JsonRecord, reader: JsonReader): number | null {
  if (reader.text(spec, 'sessionAffinity') !== 'ClientIP') return null;
  const config = reader.record(reader.record(spec, 'sessionAffinityConfig'), 'clientIP');
  return reader.integer(config, 'timeoutSeconds') ?? DEFAULT_AFFINITY_SECONDS;
}
