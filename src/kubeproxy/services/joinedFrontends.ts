/** The frontends of a Service port: as the rules have them, with what the objects know better. */
import type { Service } from '../../kubernetes/objects.ts';
import { normalAddress } from '../../values/address.ts';
import type { RuledFrontend, RuledPolicies } from './evidence.ts';
import type { Frontend, FrontendKind } from './frontend.ts';

/** Family by family cluster IPs first, then node ports, external IPs and load-balancer IPs, each in the order of the rules. */
export function joinedFrontends(
  ruled: readonly RuledFrontend[],
  policies: Pick<RuledPolicies, 'internal' | 'external'>,
  service: Service | null,
): readonly Frontend[] {
  return ruled
    .map((each): Frontend => {
      const kind = kindOf(each.kind, each.address, service);
      return { ...each, kind, policy: kind === 'clusterIP' ? policies.internal : policies.external };
    })
    .sort((a, b) => a.family - b.family || kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind));
}

const kindOrder: readonly FrontendKind[] = [
  'clusterIP',
  'nodePort',
  'externalIP',
  'loadBalancerIP',
  'external',
];

/** What the objects know better than the place of a rule: which of a Service's addresses this is. */
function kindOf(kind: FrontendKind, address: string | null, service: Service | null): FrontendKind {
  if (service === null || address === null) return kind;
  const own = normalAddress(address);
  const has = (addresses: readonly string[]): boolean =>
    addresses.some((each) => normalAddress(each) === own);
  if (has(service.clusterIPs)) return 'clusterIP';
  if (kind === 'externalIP' || kind === 'loadBalancerIP') return kind;
  if (has(service.externalIPs)) return 'externalIP';
  return has(service.loadBalancerIngress.map((ingress) => ingress.ip)) ? 'loadBalancerIP' : kind;
}
