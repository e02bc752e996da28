/**
 * What each of Calico's chains is for, by its name. Source: projectcalico/calico felix/rules (rule_defs.go, static.go,
 * endpoints.go, nat.go) of v3.30.
 */
import { lookup } from '../text/lookup.ts';

interface CalicoRole {
  /** Two to five words. */
  readonly title: string;
  /** One plain sentence. */
  readonly about: string;
}

/** `workload`: a pod or virtual machine; `host endpoint`: an interface of the node that has policies of its own. */
const named: Readonly<Record<string, readonly [title: string, about: string]>> = lookup({
  'cali-INPUT': [
    'what comes to the node',
    'Takes what comes to the node: tunnels, workloads that talk to their node, host endpoints.',
  ],
  'cali-FORWARD': [
    'what the node passes on',
    'Takes what the node passes on: from and to workloads, and host endpoints by their forward policies.',
  ],
  'cali-OUTPUT': [
    'what the node sends',
    'Takes what the node itself sends; in table nat it translates floating IPs.',
  ],
  'cali-PREROUTING': [
    'what arrives',
    'Sees what arrives before it is routed: marks workloads, checks reverse paths, applies pre-DNAT policies, translates floating IPs.',
  ],
  'cali-POSTROUTING': [
    'what leaves',
    'Translates sources on the way out: floating IPs and outgoing NAT of IP pools; in table mangle, egress policies.',
  ],
  'cali-from-wl-dispatch': [
    'from which workload',
    'Finds the workload that a packet comes from, by interface.',
  ],
  'cali-to-wl-dispatch': ['to which workload', 'Finds the workload that a packet goes to, by interface.'],
  'cali-from-host-endpoint': [
    'from which host endpoint',
    'Finds the host endpoint that a packet comes in by.',
  ],
  'cali-to-host-endpoint': ['to which host endpoint', 'Finds the host endpoint that a packet goes out by.'],
  'cali-from-hep-forward': [
    'forwarded, from which host endpoint',
    'Finds the host endpoint that a forwarded packet comes in by, for its applyOnForward policies.',
  ],
  'cali-to-hep-forward': [
    'forwarded, to which host endpoint',
    'Finds the host endpoint that a forwarded packet goes out by, for its applyOnForward policies.',
  ],
  'cali-from-endpoint-mark': [
    'policies by endpoint mark',
    'Finds the endpoint that a packet came from by its mark, in IPVS mode.',
  ],
  'cali-set-endpoint-mark': ['marks the endpoint', 'Marks which endpoint a packet came from, in IPVS mode.'],
  'cali-forward-check': [
    'which packets IPVS forwards',
    'Finds the packets of the node itself that IPVS forwards.',
  ],
  'cali-forward-endpoint-mark': [
    'policies of what IPVS forwards',
    'Applies policies to what IPVS forwards, by the mark of its endpoint.',
  ],
  'cali-wl-to-host': [
    'from workloads to the node',
    'Decides what workloads may send to their own node (DefaultEndpointToHostAction).',
  ],
  'cali-cidr-block': [
    'blocks loops of Service addresses',
    'Drops packets to Service networks that no kube-proxy rule took, so that they do not circle between node and router (serviceLoopPrevention).',
  ],
  'cali-fip-dnat': ['floating IPs, inwards', 'Translates floating IPs to their workloads.'],
  'cali-fip-snat': [
    'floating IPs, to themselves',
    'Gives a workload that reaches itself by its floating IP that address as its source.',
  ],
  'cali-nat-outgoing': [
    'outgoing NAT of IP pools',
    'Masquerades what workloads of IP pools with natOutgoing send out of all pools.',
  ],
  'cali-rpf-skip': [
    'spoofed sources that are allowed',
    'Lets workloads use source addresses that they were allowed to spoof, before reverse paths are checked.',
  ],
  'cali-rpf': ['reverse path check', 'Drops what workloads send with addresses that are not theirs.'],
  'cali-failsafe-in': [
    'ports that are always open, inwards',
    'Accepts the ports that policies of host endpoints cannot close (FailsafeInboundHostPorts).',
  ],
  'cali-failsafe-out': [
    'ports that are always open, outwards',
    'Accepts the ports that policies of host endpoints cannot close (FailsafeOutboundHostPorts).',
  ],
  'cali-wireguard-incoming-mark': [
    'marks what came by WireGuard',
    'Marks packets that came by WireGuard, so that their answers go that way.',
  ],
  'cali-untracked-flows': [
    'flows without conntrack',
    'Leaves flows out of connection tracking, in eBPF mode.',
  ],
  'cali-untracked-policy': ['untracked policies', 'Applies untracked policies, in eBPF mode.'],
});

/** By how a name begins; what follows is an interface, a policy or a hash. The first that fits counts. */
const prefixes: readonly (readonly [prefix: string, title: string, about: string])[] = [
  [
    'cali-from-wl-dispatch-',
    'from which workload',
    'Finds the workload that a packet comes from, among interfaces whose names begin alike.',
  ],
  [
    'cali-to-wl-dispatch-',
    'to which workload',
    'Finds the workload that a packet goes to, among interfaces whose names begin alike.',
  ],
  [
    'cali-fw-',
    'what one workload sends',
    'Applies egress policies and profiles to what one workload sends; what none of them accepts is dropped.',
  ],
  [
    'cali-tw-',
    'what one workload gets',
    'Applies ingress policies and profiles to what one workload gets; what none of them accepts is dropped.',
  ],
  [
    'cali-thfw-',
    'forwarded out by a host endpoint',
    'Applies applyOnForward policies to what is forwarded out by one host endpoint.',
  ],
  [
    'cali-fhfw-',
    'forwarded in by a host endpoint',
    'Applies applyOnForward policies to what is forwarded and came in by one host endpoint.',
  ],
  [
    'cali-th-',
    'what goes out by a host endpoint',
    'Applies egress policies to what goes out by one host endpoint.',
  ],
  [
    'cali-fh-',
    'what comes in by a host endpoint',
    'Applies ingress policies to what comes in by one host endpoint.',
  ],
  [
    'cali-pri-',
    'profile, ingress',
    'The ingress rules of one profile: of a namespace, or of a service account.',
  ],
  [
    'cali-pro-',
    'profile, egress',
    'The egress rules of one profile: of a namespace, or of a service account.',
  ],
  [
    'cali-pi-',
    'policy, ingress',
    'The ingress rules of one network policy: a mark tells whether it accepted the packet or passes it on.',
  ],
  [
    'cali-po-',
    'policy, egress',
    'The egress rules of one network policy: a mark tells whether it accepted the packet or passes it on.',
  ],
  ['cali-gi-', 'group of policies, ingress', 'Ingress policies that several endpoints share.'],
  ['cali-go-', 'group of policies, egress', 'Egress policies that several endpoints share.'],
  ['cali-sm-', 'marks one endpoint', 'Marks that a packet came from one endpoint, in IPVS mode.'],
];

/** The role of a chain `cali-…`; null for one that is not known by its name. */
export function calicoRole(chain: string): CalicoRole | null {
  const own = Object.hasOwn(named, chain) ? named[chain] : undefined;
  if (own !== undefined) return { title: own[0], about: own[1] };
  const found = prefixes.find(([prefix]) => chain.startsWith(prefix));
  return found === undefined ? null : { title: found[1], about: found[2] };
}
