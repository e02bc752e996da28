/** The endpoints of a Service port: what the rules balance over, joined with what the objects list. */
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
import type { ServiceEndpoint } from '../../services/catalog.ts';
import { endpointInComment } from './comments.ts';
import type { FamilyRules } from './drafts.ts';
import { endpointKey, type ObjectEndpoint } from '../../services/objectIndex.ts';
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

/** Endpoints of one family, in the order of the rules; then those that only the objects have. `listed` null = no objects. */
export function endpointsOf(
  rules: FamilyRules,
  shares: PortShares,
  listed: readonly ObjectEndpoint[] | null,
): readonly ServiceEndpoint[] {
  const own = listed?.filter((entry) => entry.family === rules.family) ?? null;
  const byKey = new Map(own?.map((entry) => [endpointKey(entry.address, entry.port), entry]));
  const chains = new Set([...shares.cluster.byChain.keys(), ...shares.local.byChain.keys()]);
  const found = [...chains].map((chain) => fromRules(rules, chain, shares, own === null ? null : byKey));
  const seen = new Set(found.map((endpoint) => endpointKey(endpoint.address, endpoint.port ?? 0)));
  const missing = [...byKey].filter(([key]) => !seen.has(key)).map(([, entry]) => fromObjects(entry));
  return [...found, ...missing];
}

function fromRules(
  rules: FamilyRules,
  chain: string,
  shares: PortShares,
  listed: ReadonlyMap<string, ObjectEndpoint> | null,
): ServiceEndpoint {
  const destination = destinationOf(rules, chain, shares);
  const entry = listed?.get(endpointKey(destination.address, destination.port ?? 0)) ?? null;
  const { dnat } = destination;
  return {
    family: rules.family,
    address: destination.address,
    port: destination.port,
    chain,
    share: shares.cluster.byChain.get(chain) ?? null,
    localShare: shares.local.byChain.get(chain) ?? null,
    balanced: { cluster: shares.cluster.byChain.has(chain), local: shares.local.byChain.has(chain) },
    dnat: dnat === null ? null : { family: rules.family, table: 'nat', chain, rule: dnat },
    hairpin: destination.hairpin,
    packets: dnat?.counters?.packets ?? null,
    bytes: dnat?.counters?.bytes ?? null,
    ...ofObject(entry),
    inObjects: listed === null ? null : entry !== null,
  };
}

function fromObjects(entry: ObjectEndpoint): ServiceEndpoint {
  return {
    family: entry.family,
    address: entry.address,
    port: entry.port,
    chain: null,
    share: null,
    localShare: null,
    balanced: { cluster: false, local: false },
    dnat: null,
    hairpin: false,
    packets: null,
    bytes: null,
    ...ofObject(entry),
    inObjects: true,
  };
}

function ofObject(
  entry: ObjectEndpoint | null,
): Pick<ServiceEndpoint, 'pod' | 'node' | 'ready' | 'serving' | 'terminating'> {
  const endpoint = entry?.endpoint;
  return {
    pod: endpoint?.pod ?? null,
    node: endpoint?.nodeName ?? null,
    ready: endpoint?.ready ?? null,
    serving: endpoint?.serving ?? null,
    terminating: endpoint?.terminating ?? null,
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

/** What a family of a port balances over, for the objects' endpoints alone. */
export function objectEndpointsOnly(listed: readonly ObjectEndpoint[]): readonly ServiceEndpoint[] {
  return listed.map((entry) => fromObjects(entry));
}
