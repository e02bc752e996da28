/** The fields of an EndpointSlice. */
import type { JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import type { EndpointSlice, ObjectIdentity, SliceEndpoint, SlicePort } from './objects.ts';
import { readProtocol } from './protocol.ts';
import { readTableOrigin } from './readService.ts';

/** Reads one EndpointSlice; what has the wrong type is reported and counts as left out. */
export function readSlice(object: JsonRecord, identity: ObjectIdentity, reader: JsonReader): EndpointSlice {
  const tellsReady = reader.flag(reader.record(object, 'kubectlTable'), 'tellsReady') ?? true;
  return {
    kind: 'EndpointSlice',
    ...readTableOrigin(object),
    namespace: identity.namespace,
    name: identity.name,
    service: identity.labels.get('kubernetes.io/service-name') ?? null,
    addressType: readAddressType(object, reader),
    endpoints: reader
      .records(object, 'endpoints')
      .map((endpoint) => readEndpoint(endpoint, identity, reader))
      .map((endpoint) => (tellsReady ? endpoint : { ...endpoint, ready: null, serving: null })),
    ports: reader.records(object, 'ports').flatMap((port) => readSlicePort(port, reader)),
  };
}

function readSlicePort(port: JsonRecord, reader: JsonReader): readonly SlicePort[] {
  const protocol = readProtocol(port, reader);
  if (protocol === null) return [];
  return [{ name: reader.text(port, 'name') ?? '', protocol, port: reader.port(port, 'port') }];
}

function readAddressType(object: JsonRecord, reader: JsonReader): EndpointSlice['addressType'] {
  const type = reader.text(object, 'addressType');
  return type === 'IPv6' || type === 'FQDN' ? type : 'IPv4';
}

/** An endpoint without conditions is ready and serving, as the API documents and kube-proxy has it (1.23 to 1.36). */
function readEndpoint(endpoint: JsonRecord, identity: ObjectIdentity, reader: JsonReader): SliceEndpoint {
  const conditions = reader.record(endpoint, 'conditions');
  const target = reader.record(endpoint, 'targetRef');
  const podName = reader.text(target, 'kind') === 'Pod' ? reader.text(target, 'name') : null;
  const hints = reader.record(endpoint, 'hints');
  return {
    addresses: reader.strings(endpoint, 'addresses'),
    ready: reader.flag(conditions, 'ready') ?? true,
    serving: reader.flag(conditions, 'serving') ?? true,
    terminating: reader.flag(conditions, 'terminating') ?? false,
    nodeName: reader.text(endpoint, 'nodeName'),
    pod:
      podName === null
        ? null
        : { namespace: reader.text(target, 'namespace') ?? identity.namespace, name: podName },
    zone: reader.text(endpoint, 'zone'),
    hintZones: hintNames(hints, 'forZones', reader),
    hintNodes: hintNames(hints, 'forNodes', reader),
  };
}

function hintNames(hints: JsonRecord, field: string, reader: JsonReader): readonly string[] {
  return reader.records(hints, field).flatMap((hint) => reader.text(hint, 'name') ?? []);
}
