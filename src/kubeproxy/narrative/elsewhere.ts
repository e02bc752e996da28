/**
 * Nodes on which kube-proxy keeps Services elsewhere than in the rules that a trace follows. What those rules say of a
 * packet is then no answer: other rules may drop, reject or translate it first. Sources: the releases' own
 * pkg/proxy/nftables/proxier.go (no hook before priority dstnat - 10) and net/netfilter/ipvs/ip_vs_core.c (IPVS meets a
 * packet behind the filter rules of INPUT, or behind nat in OUTPUT).
 */
import { parseAddress, normalAddress } from '../../values/address.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome, Trace } from '../../kernel/trace.ts';
import { addressType } from '../../kernel/node/routing.ts';
import type { Service } from '../../kubernetes/objects.ts';
import { modeOfFamily } from '../describeDump.ts';
import type { Subject } from './context.ts';

/** Rules that may decide about a packet and are not followed. */
interface Elsewhere {
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

/**
 * The trace as it may be told: outcomes that Services kept elsewhere could change are `unknown`, with the steps of the
 * rules that were followed. The same trace where there are none; outcomes keep their index, and those that stand their identity.
 */
export function withoutGuesses(trace: Trace, flow: Flow, subject: Subject): Trace {
  const elsewhere = elsewhereOf(flow, subject);
  if (elsewhere === null) return trace;
  const outcomes = trace.outcomes.map((outcome) =>
    stands(outcome, elsewhere, flow, subject) ? outcome : unknownOf(outcome, elsewhere.reason),
  );
  return outcomes.every((outcome, index) => outcome === trace.outcomes[index])
    ? trace
    : { ...trace, outcomes };
}

function unknownOf(outcome: Outcome, reason: string): Outcome {
  const unknown = { source: null, destination: null, interface: null, mark: null, conntrack: null };
  const { ttl: _, ...rest } = outcome;
  return { ...rest, ...unknown, verdict: 'unknown', masqueraded: false, by: null, reason, rejectWith: null };
}

function stands(outcome: Outcome, { before }: Elsewhere, flow: Flow, subject: Subject): boolean {
  const { verdict, by, steps, destination } = outcome;
  if ((verdict === 'drop' || verdict === 'reject') && by !== 'kernel') {
    const last = steps.findLast((step) => step.kind === 'hook');
    if (last?.kind === 'hook' && before.has(`${last.hook} ${last.table}`)) return true;
  }
  const moved = destination !== null && destination.address !== flow.to.address;
  const first = steps.some((step) => step.kind === 'conntrack' && step.state === 'NEW');
  return first && !moved && isForPod(flow, subject);
}

/** The first packet to what is a pod's own address, and no Service's, is left alone by every mode of kube-proxy. */
function isForPod(flow: Flow, subject: Subject): boolean {
  const { from, to } = flow;
  const owners = subject.catalog.whoHas(to.address);
  return (
    from.address !== to.address &&
    owners.some((owner) => owner.kind === 'pod' && !owner.hostNetwork) &&
    !owners.some((owner) => owner.kind === 'frontend' || owner.kind === 'node') &&
    !isForService(flow, subject)
  );
}

function elsewhereOf(flow: Flow, subject: Subject): Elsewhere | null {
  const { family } = flow;
  const others = subject.node.otherRules[family];
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
function inIpvs({ family }: Flow, { node, rulesets }: Subject): Elsewhere | null {
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
  return node.otherRules[family].some(({ kind }) => kind === 'ipvs')
    ? { reason: 'this node has virtual servers in IPVS, which is not simulated yet', before: BEFORE_IPVS }
    : null;
}

/** Nothing of kube-proxy's is here, and the packet is for a Service: something else than these rules hands it on. */
function nowhereHere(flow: Flow, subject: Subject): Elsewhere | null {
  const { family } = flow;
  if (modeOfFamily(subject.rulesets, family) !== null) return null;
  const warned = subject.node.otherRules[family].some(({ kind }) => kind === 'warning');
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

function hasKubeChain({ rulesets }: Subject, family: Flow['family']): boolean {
  const tables = rulesets[family]?.tables ?? [];
  return tables.some(({ chains }) => [...chains.keys()].some((name) => name.startsWith('KUBE-')));
}

/** By the objects: rules of kube-proxy that would tell are not here. */
function isForService({ to, protocol }: Flow, { catalog, node, objects }: Subject): boolean {
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
