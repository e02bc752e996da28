/** Who a Service port is, found before anything else of it. */
import type { NameSource } from './catalog.ts';
import type { PortEvidence } from './evidence.ts';
import type { PortOfService } from './portKeys.ts';
import { servicePortName } from './portName.ts';

export interface PortIdentity {
  readonly name: string;
  readonly nameSource: NameSource;
  readonly namespace: string | null;
  readonly service: string | null;
  readonly portName: string;
  readonly protocol: string;
  /** What the cluster has under this name; null where it is not known. */
  readonly object: PortOfService | null;
}

/** By the objects where they know its key, else as the rules name it, else by what they call it. */
export function identify(evidence: PortEvidence, object: PortOfService | null): PortIdentity {
  if (object !== null)
    return { ...identityOf(object), nameSource: evidence.name === null ? 'objects' : 'rules' };
  const { name: parts, protocol } = evidence.lookForName();
  if (parts === null) return unnamed(evidence.title, protocol);
  const name = servicePortName(parts.namespace, parts.service, parts.portName);
  return { name, nameSource: 'rules', ...parts, protocol, object: null };
}

/** Of a port that only the objects have. */
export function identityOf(object: PortOfService): PortIdentity {
  const { service, port } = object;
  return {
    name: servicePortName(service.namespace, service.name, port.name),
    nameSource: 'objects',
    namespace: service.namespace,
    service: service.name,
    portName: port.name,
    protocol: port.protocol,
    object,
  };
}

function unnamed(title: string, protocol: string): PortIdentity {
  return {
    name: title,
    nameSource: 'structure',
    namespace: null,
    service: null,
    portName: '',
    protocol,
    object: null,
  };
}
