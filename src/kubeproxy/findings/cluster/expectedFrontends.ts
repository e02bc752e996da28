/** At which addresses and ports kube-proxy takes traffic for a Service port (pkg/proxy/serviceport.go, 1.36.3). */
import type { FrontendKind } from '../../services/frontend.ts';
import { parseAddress, normalAddress } from '../../../values/address.ts';
import type { Service, ServicePortSpec } from '../../../kubernetes/objects.ts';
import type { Family } from '../../../kernel/flow.ts';

export interface ExpectedFrontend {
  readonly kind: FrontendKind;
  /** One spelling per address; null for a node port. */
  readonly address: string | null;
  readonly port: number;
  /** Whether every release makes a rule for it; `ipMode: Proxy` is only known since 1.29. */
  readonly always: boolean;
}

/** Those of one family; nothing for a Service that kube-proxy passes over in it. */
export function expectedFrontends(
  service: Service,
  port: ServicePortSpec,
  family: Family,
): readonly ExpectedFrontend[] {
  const clusterIP = clusterIPOf(service, family);
  if (clusterIP === null) return [];
  const at = (kind: FrontendKind, address: string, always = true): ExpectedFrontend => ({
    kind,
    address: normalAddress(address),
    port: port.port,
    always,
  });
  const found = [at('clusterIP', clusterIP)];
  if (port.nodePort !== null) {
    found.push({ kind: 'nodePort', address: null, port: port.nodePort, always: true });
  }
  for (const address of service.externalIPs) {
    if (parseAddress(address)?.family === family) found.push(at('externalIP', address));
  }
  for (const { ip, ipMode } of service.loadBalancerIngress) {
    if (parseAddress(ip)?.family === family) found.push(at('loadBalancerIP', ip, ipMode === 'VIP'));
  }
  return found;
}

/** The cluster IP of a family; null for a Service that kube-proxy does not proxy in it. */
function clusterIPOf(service: Service, family: Family): string | null {
  if (service.type === 'ExternalName') return null;
  return service.clusterIPs.find((address) => parseAddress(address)?.family === family) ?? null;
}

/** Another proxy's (the label takes it from kube-proxy), or one that only some releases pass over. */
export function isLeftToOthers({ labels }: Service): boolean {
  return (
    labels.has('service.kubernetes.io/service-proxy-name') || labels.has('service.kubernetes.io/headless')
  );
}

/** Whether a port is reached by more than its cluster IP; null where that hangs on the release. */
export function isOutside(frontends: readonly ExpectedFrontend[]): boolean | null {
  const outside = frontends.filter((each) => each.kind !== 'clusterIP');
  if (outside.some((each) => each.always)) return true;
  return outside.length > 0 ? null : false;
}
