/** The endpoints of a Service port: what its chains balance over. */
import type { RuledEndpoint } from '../../services/evidence.ts';
import { normalAddress } from '../../../values/address.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { familyChainName } from './roles.ts';
import {
  commentOf,
  generalOption,
  hostOf,
  targetNameOf,
  targetOption,
  valueOf,
} from '../../words/ruleView.ts';
import { endpointInComment } from './comments.ts';
import type { FamilyRules } from './familyRules.ts';
import { placeOf } from './source.ts';
import { sharesOf, type Shares } from './shares.ts';

/** The two ways in which a port's chains balance. */
export interface PortShares {
  readonly cluster: Shares;
  readonly local: Shares;
}

/** Cluster policy from KUBE-SVC, local policy from KUBE-SVL or, where there is none, from the older KUBE-XLB. */
export function portShares(rules: FamilyRules, suffix: string): PortShares {
  const chain = (kind: 'svc' | 'svl' | 'xlb'): Chain | null =>
    rules.nat?.chains.get(familyChainName(kind, suffix)) ?? null;
  return { cluster: sharesOf(chain('svc')), local: sharesOf(chain('svl') ?? chain('xlb')) };
}

/** Endpoints of one family, in the order of the rules. */
export function endpointsOf(rules: FamilyRules, shares: PortShares): readonly RuledEndpoint[] {
  const chains = new Set([...shares.cluster.byChain.keys(), ...shares.local.byChain.keys()]);
  return [...chains].map((chain) => endpointOf(rules, chain, shares));
}

function endpointOf(rules: FamilyRules, chain: string, shares: PortShares): RuledEndpoint {
  const { address, port, dnat, hairpin } = destinationOf(rules, chain, shares);
  return {
    family: rules.family,
    address,
    port,
    label: chain,
    share: shares.cluster.byChain.get(chain) ?? null,
    localShare: shares.local.byChain.get(chain) ?? null,
    balanced: { cluster: shares.cluster.byChain.has(chain), local: shares.local.byChain.has(chain) },
    at: dnat === null ? null : placeOf(rules.source, 'nat', chain, dnat),
    hairpin,
    packets: dnat?.counters?.packets ?? null,
    bytes: dnat?.counters?.bytes ?? null,
  };
}

interface Destination {
  readonly address: string;
  readonly port: number | null;
  readonly dnat: Rule | null;
  readonly hairpin: boolean;
}

/** From the endpoint chain's DNAT; where the chain is gone, from the comment of a rule that jumps to it. */
function destinationOf(rules: FamilyRules, chain: string, shares: PortShares): Destination {
  const own = rules.nat?.chains.get(chain)?.rules ?? [];
  const dnat = own.find((rule) => targetNameOf(rule) === 'DNAT') ?? null;
  if (dnat !== null) {
    const { address, port } = readHostPort(valueOf(targetOption(dnat, '--to-destination')) ?? '');
    const hairpin = own
      .slice(0, own.indexOf(dnat))
      .some((rule) => targetNameOf(rule) === 'KUBE-MARK-MASQ' && isFrom(rule, address));
    return { address: normalAddress(address), port, dnat, hairpin };
  }
  const jump = shares.cluster.rules.get(chain) ?? shares.local.rules.get(chain);
  const named = jump === undefined ? null : endpointInComment(commentOf(jump));
  return { ...readHostPort(named ?? ''), dnat: null, hairpin: false };
}

function isFrom(rule: Rule, address: string): boolean {
  const source = generalOption(rule, '-s');
  if (source === null) return true;
  const host = hostOf(source);
  return host !== null && normalAddress(host) === normalAddress(address);
}
