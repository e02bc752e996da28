/** The endpoints of a Service port: what its chains balance over. */
import type { RuledEndpoint } from '../../services/evidence.ts';
import { normalAddress } from '../../../values/address.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import type { Chain, Counters, Rule } from '../../../rules/iptables/nodes.ts';
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
import { readEndpointLines } from './serviceLines.ts';
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
  const { text } = rules.ruleset;
  return { cluster: sharesOf(chain('svc'), text), local: sharesOf(chain('svl') ?? chain('xlb'), text) };
}

/** Endpoints of one family, in the order of the rules. */
export function endpointsOf(rules: FamilyRules, shares: PortShares): readonly RuledEndpoint[] {
  const chains = new Set([...shares.cluster.byChain.keys(), ...shares.local.byChain.keys()]);
  return [...chains].map((chain) => endpointOf(rules, chain, shares));
}

function endpointOf(rules: FamilyRules, chain: string, shares: PortShares): RuledEndpoint {
  const { address, port, dnat, counters, hairpin } = destinationOf(rules, chain, shares);
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
    packets: counters?.packets ?? null,
    bytes: counters?.bytes ?? null,
  };
}

interface Destination {
  readonly address: string;
  readonly port: number | null;
  readonly dnat: Rule | null;
  /** Of `dnat`. */
  readonly counters: Counters | null;
  readonly hairpin: boolean;
}

/** From the endpoint chain's DNAT; where the chain is gone, from the comment of a rule that jumps to it. */
function destinationOf(rules: FamilyRules, chain: string, shares: PortShares): Destination {
  const own = rules.nat?.chains.get(chain)?.rules ?? [];
  return translationByLines(own, rules.ruleset.text) ?? destinationByWords(own, chain, shares);
}

/** Null where the chain is not written as kube-proxy writes it. */
function translationByLines(own: readonly Rule[], text: string): Destination | null {
  const [first, second] = own;
  if (first === undefined || second === undefined || own.length > 2) return null;
  const [mark, translation] = [first, second].map(({ start, end }) => text.slice(start, end));
  const read = readEndpointLines(mark ?? '', translation ?? '');
  if (read === null) return null;
  const { address, port } = readHostPort(read.to);
  const normal = normalAddress(address);
  const hairpin = read.marked !== null && normalAddress(read.marked) === normal;
  // No such line has `-c`.
  const counters = translation?.startsWith('[') === true ? second.counters : null;
  return { address: normal, port, dnat: second, counters, hairpin };
}

function destinationByWords(own: readonly Rule[], chain: string, shares: PortShares): Destination {
  const dnat = own.find((rule) => targetNameOf(rule) === 'DNAT') ?? null;
  if (dnat !== null) {
    const { address, port } = readHostPort(valueOf(targetOption(dnat, '--to-destination')) ?? '');
    const hairpin = own
      .slice(0, own.indexOf(dnat))
      .some((rule) => targetNameOf(rule) === 'KUBE-MARK-MASQ' && isFrom(rule, address));
    return { address: normalAddress(address), port, dnat, counters: dnat.counters, hairpin };
  }
  const jump = shares.cluster.rules.get(chain) ?? shares.local.rules.get(chain);
  const named = jump === undefined ? null : endpointInComment(commentOf(jump));
  return { ...readHostPort(named ?? ''), dnat: null, counters: null, hairpin: false };
}

function isFrom(rule: Rule, address: string): boolean {
  const source = generalOption(rule, '-s');
  if (source === null) return true;
  const host = hostOf(source);
  return host !== null && normalAddress(host) === normalAddress(address);
}
