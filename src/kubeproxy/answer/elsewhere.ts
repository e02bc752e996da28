/**
 * Nodes on which kube-proxy keeps Services elsewhere than in the rules that a trace follows. What those rules say of a
 * packet is then no answer: other rules may drop, reject or translate it first. Sources: the releases' own
 * pkg/proxy/nftables/proxier.go (no hook before priority dstnat - 10) and net/netfilter/ipvs/ip_vs_core.c (IPVS meets a
 * packet behind the filter rules of INPUT, or behind nat in OUTPUT).
 */
import { parseAddress, normalAddress } from '../../values/address.ts';
import type { Flow } from '../../kernel/flow.ts';
import { addressType } from '../../kernel/node/routing.ts';
import type { Service } from '../../kubernetes/objects.ts';
import type { KeptElsewhere } from '../mode/mode.ts';
import { elsewhereWords } from '../mode/words.ts';
import type { Analysis } from '../analysis.ts';

/** What an answer stands on. */
export type AnswerSource = Pick<
  Analysis,
  | 'engine'
  | 'hints'
  | 'node'
  | 'catalog'
  | 'iptables'
  | 'objects'
  | 'otherRules'
  | 'mode'
  | 'sources'
  | 'ipvs'
  | 'objectProblems'
>;

/** Rules that may decide about a packet and are not followed. */
export interface Elsewhere {
  /** A clause, as `elsewhereWords` has it. */
  readonly reason: string;
  /** Where a rule that stops a packet does so before they see it: `PREROUTING raw`. */
  readonly before: ReadonlySet<string>;
}

const EARLY: readonly string[] = ['PREROUTING raw', 'PREROUTING mangle', 'OUTPUT raw', 'OUTPUT mangle'];
const BEFORE_NAT: ReadonlySet<string> = new Set(EARLY);
const BEFORE_IPVS: ReadonlySet<string> = new Set([
  ...EARLY,
  'INPUT mangle',
  'INPUT filter',
  'INPUT security',
]);
const NEVER: ReadonlySet<string> = new Set();

/** Null where the rules that are followed are all that decides about the packet of `flow`. */
export function elsewhereOf(flow: Flow, source: AnswerSource): Elsewhere | null {
  const { elsewhere, inRules } = source.mode[flow.family];
  if (elsewhere !== null) return heldIn(elsewhere);
  return inRules || !isForService(flow, source) ? null : NOTHING_HERE;
}

function heldIn(kept: KeptElsewhere): Elsewhere {
  return { reason: elsewhereWords(kept), before: kept.kind === 'ipvs' ? BEFORE_IPVS : BEFORE_NAT };
}

/** Nothing of kube-proxy's is here, and the packet is for a Service: something else than these rules hands it on. */
const NOTHING_HERE: Elsewhere = {
  reason: "these rules hold nothing of kube-proxy's, and what hands on packets to Services here is not known",
  before: NEVER,
};

/** By the objects: rules of kube-proxy that would tell are not here. */
export function isForService({ to, protocol }: Flow, { catalog, node, objects }: AnswerSource): boolean {
  const asked = normalAddress(to.address);
  const services = objects?.services ?? [];
  if (services.some((service) => addressesOf(service).some((each) => normalAddress(each) === asked))) {
    return true;
  }
  const isNodePort = services.some(({ ports }) =>
    ports.some((port) => port.nodePort === to.port && port.protocol.toLowerCase() === protocol),
  );
  if (to.port === null || !isNodePort) return false;
  const address = parseAddress(to.address);
  return (
    catalog.whoHas(to.address).some(({ kind }) => kind === 'node') ||
    (address !== null && addressType(node, address) === 'LOCAL')
  );
}

function addressesOf({ clusterIPs, externalIPs, loadBalancerIngress }: Service): readonly string[] {
  return [...clusterIPs, ...externalIPs, ...loadBalancerIngress.map(({ ip }) => ip)];
}
