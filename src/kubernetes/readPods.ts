/** The fields of Pods and Nodes. */
import type { JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import type { KubernetesNode, ObjectIdentity, Pod } from './objects.ts';

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
    namedPorts: readNamedPorts(spec, reader),
  };
}

function readPodIPs(status: JsonRecord, reader: JsonReader): readonly string[] {
  const several = reader.records(status, 'podIPs').flatMap((entry) => reader.text(entry, 'ip') ?? []);
  if (several.length > 0) return several;
  const one = reader.text(status, 'podIP');
  return one === null || one === '' ? [] : [one];
}

function readNamedPorts(spec: JsonRecord, reader: JsonReader): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const container of reader.records(spec, 'containers')) {
    for (const port of reader.records(container, 'ports')) {
      const name = reader.text(port, 'name');
      const number = reader.port(port, 'containerPort');
      if (name !== null && number !== null && !named.has(name)) named.set(name, number);
    }
  }
  return named;
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
    ready: readReady(reader.records(status, 'conditions')),
  };
}

function readReady(conditions: readonly JsonRecord[]): boolean | null {
  const status = conditions.find((condition) => condition['type'] === 'Ready')?.['status'];
  return status === 'True' ? true : status === 'False' ? false : null;
}

function addressesOf(status: JsonRecord, reader: JsonReader, types: readonly string[]): readonly string[] {
  return reader.records(status, 'addresses').flatMap((entry) => {
    const address = reader.text(entry, 'address');
    const type = entry['type'];
    return address !== null && typeof type === 'string' && types.includes(type) ? [address] : [];
  });
}
