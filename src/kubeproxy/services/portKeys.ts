/** The Service ports of the cluster, found by what rules call them. */
import type { Service, ServicePortSpec } from '../../kubernetes/objects.ts';
import type { NodeEvidence, PortKey } from './evidence.ts';
import { servicePortName } from './portName.ts';

export interface PortOfService {
  readonly service: Service;
  readonly port: ServicePortSpec;
}

type KeysOf = NodeEvidence['keysOf'];

export function portsByKey(
  services: readonly Service[],
  keysOf: KeysOf,
): ReadonlyMap<PortKey, PortOfService> {
  const found = new Map<PortKey, PortOfService>();
  for (const service of services) {
    for (const [key, port] of keysOfService(service, keysOf)) found.set(key, { service, port });
  }
  return found;
}

type Keys = readonly (readonly [key: PortKey, port: ServicePortSpec])[];

/** Of objects that stay the same while others change the keys, which are hashes, are not worked out again. */
const known = new WeakMap<KeysOf, WeakMap<Service, Keys>>();

function keysOfService(service: Service, keysOf: KeysOf): Keys {
  let ofMode = known.get(keysOf);
  if (ofMode === undefined) {
    ofMode = new WeakMap();
    known.set(keysOf, ofMode);
  }
  let keys = ofMode.get(service);
  if (keys === undefined) {
    keys = service.ports.flatMap((port) =>
      keysOf(servicePortName(service.namespace, service.name, port.name), port.protocol).map(
        (key) => [key, port] as const,
      ),
    );
    ofMode.set(service, keys);
  }
  return keys;
}
