/** The fields of Pods, of what was noticed of them, and of Nodes. */
import type { JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import type { KubernetesNode, ObjectIdentity, Pod, PodEvent } from './objects.ts';
import { readContainerPorts, readHealth } from './podHealth.ts';

/** Reads one Pod; what has the wrong type is reported and counts as left out. */
export function readPod(object: JsonRecord, identity: ObjectIdentity, reader: JsonReader): Pod {
  const spec = reader.record(object, 'spec');
  const status = reader.record(object, 'status');
  const conditions = reader.records(status, 'conditions');
  const metadata = reader.record(object, 'metadata');
  return {
    kind: 'Pod',
    ...identity,
    ips: readPodIPs(status, reader),
    nodeName: reader.text(spec, 'nodeName'),
    hostNetwork: reader.flag(spec, 'hostNetwork') ?? false,
    phase: reader.text(status, 'phase') ?? '',
    ready: conditions.some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True'),
    terminating: reader.text(metadata, 'deletionTimestamp') !== null,
    containerPorts: readContainerPorts(spec, reader),
    health: readHealth(spec, status, reader),
  };
}

function readPodIPs(status: JsonRecord, reader: JsonReader): readonly string[] {
  const several = reader.records(status, 'podIPs').flatMap((entry) => reader.text(entry, 'ip') ?? []);
  if (several.length > 0) return several;
  const one = reader.text(status, 'podIP');
  return one === null || one === '' ? [] : [one];
}

/** Reads one Event of a Pod; null for one of something else. */
export function readPodEvent(
  object: JsonRecord,
  identity: ObjectIdentity,
  reader: JsonReader,
): PodEvent | null {
  const about = reader.record(object, 'involvedObject');
  const pod = reader.text(about, 'name');
  if (about['kind'] !== 'Pod' || pod === null) return null;
  const series = reader.record(object, 'series');
  const seen = reader.text(series, 'lastObservedTime') ?? reader.text(object, 'lastTimestamp');
  return {
    kind: 'Event',
    namespace: identity.namespace,
    name: identity.name,
    pod,
    reason: reader.text(object, 'reason') ?? '',
    message: reader.text(object, 'message') ?? '',
    count: Math.max(1, reader.integer(object, 'count') ?? reader.integer(series, 'count') ?? 1),
    last: seen ?? reader.text(object, 'eventTime') ?? '',
  };
}

/** Reads one Node; what has the wrong type is reported and counts as left out. */
export function readNodeObject(
  object: JsonRecord,
  identity: ObjectIdentity,
  reader: JsonReader,
): KubernetesNode {
  const spec = reader.record(object, 'spec');
  const status = reader.record(object, 'status');
  const several = reader.strings(spec, 'podCIDRs');
  const one = reader.text(spec, 'podCIDR');
  return {
    kind: 'Node',
    name: identity.name,
    labels: identity.labels,
    addresses: addressesOf(status, reader, ['InternalIP', 'ExternalIP']),
    internalAddresses: addressesOf(status, reader, ['InternalIP']),
    podCIDRs: several.length > 0 || one === null ? several : [one],
    kubeProxyVersion: reader.text(reader.record(status, 'nodeInfo'), 'kubeProxyVersion') ?? '',
    provider: /^([a-z]+):\/\//.exec(reader.text(spec, 'providerID') ?? '')?.[1] ?? '',
    ready: readReady(reader.records(status, 'conditions')),
  };
}

function readReady(conditions: readonly JsonRecord[]): boolean | null {
  const status = conditions.find((condition) => condition['type'] === 'Ready')?.['status'];
  return typeof status === 'string' ? status === 'True' : null;
}

function addressesOf(status: JsonRecord, reader: JsonReader, types: readonly string[]): readonly string[] {
  return reader.records(status, 'addresses').flatMap((entry) => {
    const address = reader.text(entry, 'address');
    const type = entry['type'];
    return address !== null && typeof type === 'string' && types.includes(type) ? [address] : [];
  });
}
