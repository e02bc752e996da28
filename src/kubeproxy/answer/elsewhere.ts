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
import { modeOfFamily } from '../describeDump.ts';
import type { Analysis } from '../analysis.ts';

/** What an answer stands on. */
export type AnswerSource = Pick<
  Analysis,
  'engine' | 'hints' | 'rulesets' | 'node' | 'catalog' | 'objects' | 'otherRules'
>;

/** Rules that may decide about a packet and are not followed. */
export interface Elsewhere {
  /** A clause: `kube-proxy keeps this node's Services in nftables, which is not simulated yet`. */
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
export function elsewhereOf(flow: Flow, subject: AnswerSource): Elsewhere | null {
  const { family } = flow;
  const others = subject.otherRules[family];
  const table = family === 4 ? 'ip kube-proxy' : 'ip6 kube-proxy';
  if (others.some((other) => other.kind === 'table' && other.name === table)) {
    return {
      reason: "kube-proxy keeps this node's Services in nftables, which is not simulated yet",
      before: BEFORE_NAT,
    };
  }
  const own = others.find((other) => other.kind === 'backend' && other.chains.has('KUBE-SERVICES'));
  if (own?.kind === 'backend') {
    return {
      reason: `kube-proxy has rules in the ${own.backend} backend of iptables, which are not simulated with these yet`,
      before: BEFORE_NAT,
    };
  }
  return inIpvs(flow, subject) ?? nowhereHere(flow, subject);
}

/** In iptables mode what is left of IPVS mode never sees a packet for a Service. */
function inIpvs({ family }: Flow, { node, rulesets, otherRules }: AnswerSource): Elsewhere | null {
  const mode = modeOfFamily(rulesets, family);
  if (mode === 'iptables') return null;
  const own = [...(node.interfaces ?? node.glimpsed ?? new Map<string, never>()).values()];
  const evidence =
    mode === 'ipvs' ||
    node.ipsets?.has(family === 4 ? 'KUBE-CLUSTER-IP' : 'KUBE-6-CLUSTER-IP') === true ||
    own.some(
      ({ name, addresses }) =>
        name === 'kube-ipvs0' && addresses.some((each) => each.address.family === family),
    );
  if (evidence) {
    return {
      reason: "kube-proxy keeps this node's Services in IPVS, which is not simulated yet",
      before: BEFORE_IPVS,
    };
  }
  return otherRules[family].some(({ kind }) => kind === 'ipvs')
    ? { reason: 'this node has virtual servers in IPVS, which is not simulated yet', before: BEFORE_IPVS }
    : null;
}

/** Nothing of kube-proxy's is here, and the packet is for a Service: something else than these rules hands it on. */
function nowhereHere(flow: Flow, subject: AnswerSource): Elsewhere | null {
  const { family } = flow;
  if (modeOfFamily(subject.rulesets, family) !== null) return null;
  const warned = subject.otherRules[family].some(({ kind }) => kind === 'warning');
  if (warned && hasKubeChain(subject, family)) {
    return {
      reason:
        "kube-proxy's rules are not among these, and the legacy backend of iptables has more, which are not here",
      before: BEFORE_NAT,
    };
  }
  if (!isForService(flow, subject)) return null;
  return {
    reason:
      "these rules hold nothing of kube-proxy's, and what hands on packets to Services here is not known",
    before: NEVER,
  };
}

function hasKubeChain({ rulesets }: AnswerSource, family: Flow['family']): boolean {
  const tables = rulesets[family]?.tables ?? [];
  return tables.some(({ chains }) => [...chains.keys()].some((name) => name.startsWith('KUBE-')));
}

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
