import { jumpsTo } from '../../references.ts';
import type { FamilyRules } from './familyRules.ts';
import type { ServiceChainKind, ServiceChains } from './roles.ts';

/** The chains in which kube-proxy takes traffic for Services. */
const entrances: ReadonlySet<string> = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS']);

/**
 * Which chains of a Service port packets get to. With more than 1,000 endpoints kube-proxy removes chains late: what
 * stands in one that nothing leads to is harmless.
 */
export function chainsInUse(
  { ruleset, nat, isPart }: FamilyRules,
  chains: ServiceChains,
): Readonly<Record<ServiceChainKind, boolean>> {
  const own = new Set(Object.values(chains));
  const isUsed = (chain: string, seen: ReadonlySet<string>): boolean => {
    if (nat === null || seen.has(chain)) return false;
    const further = new Set(seen).add(chain);
    const jumps = jumpsTo(ruleset, nat, chain);
    // Who jumps there need not be in a part of a dump.
    if (isPart && jumps.length === 0) return nat.chains.has(chain);
    return jumps.some(
      ({ from }) => entrances.has(from.name) || (own.has(from.name) && isUsed(from.name, further)),
    );
  };
  const used = (chain: string | null): boolean => chain !== null && isUsed(chain, new Set());
  return {
    svc: used(chains.svc),
    svl: used(chains.svl),
    ext: used(chains.ext),
    fw: used(chains.fw),
    xlb: used(chains.xlb),
  };
}
