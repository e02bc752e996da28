/**
 * Whose a chain looks like, from its name alone: the naming of the projects that write iptables rules on Kubernetes
 * nodes. A guess, and to be worded as one ("looks like Calico's").
 */
import { calicoRole } from './calicoChains.ts';
import { roleOf } from './modes/iptables/roles.ts';
import type { Rule } from '../rules/iptables/nodes.ts';
import { targetInLine } from './targetInLine.ts';
import { allCommentsOf, targetNameOf } from './words/ruleView.ts';

export interface ChainOwnerGuess {
  readonly name: string;
  /** `certain` for the chains of kube-proxy and the kubelet, which this product knows one by one. */
  readonly certainty: 'certain' | 'likely';
  /** What this chain is for, in a few words; empty where its name does not tell. */
  readonly title: string;
  /** One plain sentence on what such chains are for; empty where nothing general can be said. */
  readonly about: string;
}

interface Pattern {
  readonly pattern: RegExp;
  readonly name: string;
  readonly about: string;
}

/** The first that fits counts. */
const patterns: readonly Pattern[] = [
  {
    // KUBE-ROUTER-FORWARD, KUBE-POD-FW-HASH, KUBE-NWPLCY-HASH
    pattern: /^KUBE-(ROUTER|POD-FW|NWPLCY|SRC-|DST-)/u,
    name: 'kube-router',
    about: 'kube-router enforces network policies here.',
  },
  {
    // KUBE-HOSTPORTS, KUBE-HP-HASH
    pattern: /^(KUBE|CRIO)-(HOSTPORTS|HP-|MASQ-)/u,
    name: 'the container runtime',
    about: 'It maps host ports to pods (CRI-O, or dockershim up to 1.23).',
  },
  {
    pattern: /^DOCKER([-_]|$)/u,
    name: 'Docker',
    about: 'Docker publishes container ports and keeps its networks apart here.',
  },
  {
    pattern: /^(cali-|felix-)/u,
    name: 'Calico',
    about: 'Calico enforces network policies and masquerades pods here.',
  },
  {
    pattern: /^(OLD_)?CILIUM_/u,
    name: 'Cilium',
    about: 'Cilium steers packets to and from its eBPF programs here.',
  },
  { pattern: /^FLANNEL-/u, name: 'flannel', about: 'flannel accepts and masquerades pod traffic here.' },
  {
    // NETBIRD-ACL-INPUT, NETBIRD-RT-FWD-IN (client/firewall/iptables)
    pattern: /^NETBIRD-/u,
    name: 'NetBird',
    about: 'NetBird filters and routes the traffic of its WireGuard network here.',
  },
  {
    // KUMA_MESH_INBOUND, KUMA_MESH_OUTBOUND_REDIRECT (app/kumactl, transparent proxy)
    pattern: /^KUMA_/u,
    name: 'Kuma',
    about: 'Kuma (or Kong Mesh) redirects a pod’s traffic to its sidecar here.',
  },
  {
    // SUBMARINER-POSTROUTING, SUBMARINER-GN-EGRESS, SM-GN-EGRESS-PODS (pkg/routeagent_driver, pkg/globalnet)
    pattern: /^(SUBMARINER-|SM-GN-)/u,
    name: 'Submariner',
    about:
      'Submariner connects the networks of several clusters here, and keeps their addresses from being masqueraded.',
  },
  {
    // EGRESSGATEWAY-MARK-REQUEST, EGRESSGATEWAY-SNAT-EIP (pkg/agent/police.go)
    pattern: /^EGRESSGATEWAY-/u,
    name: 'EgressGateway',
    about:
      'EgressGateway (Spidernet) marks what pods send out, for the gateway node that gives it its source.',
  },
  {
    // KILO-NAT, KILO-IPIP (pkg/mesh, pkg/encapsulation)
    pattern: /^KILO-/u,
    name: 'Kilo',
    about:
      'Kilo connects nodes and peers by WireGuard: it masquerades what leaves the network and takes encapsulated packets.',
  },
  {
    // sshuttle-12300, sshuttle-m-12300, sshuttle-t-12300, sshuttle-d-12300 (sshuttle/methods)
    pattern: /^sshuttle-([mtd]-)?(tcp-|udp-)?\d+$/u,
    name: 'sshuttle',
    about: 'sshuttle redirects traffic into an SSH tunnel here.',
  },
  { pattern: /^ISTIO_/u, name: 'Istio', about: 'Istio redirects a pod’s traffic to its sidecar here.' },
  {
    pattern: /^PROXY_INIT_/u,
    name: 'Linkerd',
    about: 'Linkerd redirects a pod’s traffic to its sidecar here.',
  },
  { pattern: /^ufw6?-/u, name: 'ufw', about: 'ufw is the firewall front end of Ubuntu and Debian.' },
  {
    // IN_public, FWDI_public_allow, INPUT_ZONES, PREROUTING_direct
    pattern:
      /^((IN|FWD[IO]?|PRE|POST)_\w|(INPUT|FORWARD(_IN|_OUT)?|OUTPUT|PREROUTING|POSTROUTING)_(ZONES|direct|POLICIES))/u,
    name: 'firewalld',
    about: 'firewalld is the firewall service of Fedora, RHEL and SUSE.',
  },
  {
    pattern: /^CNI-(HOSTPORT|DN|SN)-/u,
    name: 'the CNI plugin portmap',
    about: 'It maps host ports to pods.',
  },
  {
    pattern: /^CNI-(FORWARD|ADMIN|ISOLATION-)/u,
    name: 'the CNI plugin firewall',
    about: 'It lets pod traffic through FORWARD.',
  },
  // CNI-3f1e0596e56286ad51186738
  {
    pattern: /^CNI-[0-9a-f]{24}$/u,
    name: 'a CNI plugin (ipMasq)',
    about: 'It masquerades what one pod sends out of its network.',
  },
  { pattern: /^ANTREA-/u, name: 'Antrea', about: 'Antrea handles pod and Service traffic here.' },
  {
    pattern: /^WEAVE(-|$)/u,
    name: 'Weave Net',
    about: 'Weave Net enforces network policies and masquerades pods here.',
  },
  { pattern: /^LIBVIRT_/u, name: 'libvirt', about: 'libvirt connects virtual machines here.' },
  { pattern: /^NETAVARK[-_]/u, name: 'Podman (netavark)', about: 'Podman publishes container ports here.' },
  {
    pattern: /^AWS-(SNAT|CONNMARK)-CHAIN/u,
    name: 'the Amazon VPC CNI',
    about: 'It translates what pods send out of the VPC.',
  },
  {
    pattern: /^AZURE-(NPM|ACN)/u,
    name: 'Azure Network Policy Manager',
    about: 'It enforces network policies here.',
  },
  {
    pattern: /^(IP-MASQ(-AGENT)?$|GKE-)/u,
    name: 'ip-masq-agent',
    about: 'It decides which pod traffic is masqueraded.',
  },
  {
    pattern: /^KIND-MASQ-AGENT$/u,
    name: 'kindnet',
    about: 'It masquerades what pods send out of the cluster.',
  },
  { pattern: /^OVN-KUBE-/u, name: 'OVN-Kubernetes', about: 'It handles Service traffic of the node here.' },
  { pattern: /^OPENSHIFT-/u, name: 'OpenShift SDN', about: 'It accepts and masquerades pod traffic here.' },
  { pattern: /^CATTLE_/u, name: 'Rancher', about: '' },
  {
    pattern: /^ts-postrouting$/u,
    name: 'Tailscale',
    about:
      'Tailscale masquerades here what it marked: traffic of other machines to the subnets that this node routes for them.',
  },
  {
    pattern: /^ts-(input|forward)$/u,
    name: 'Tailscale',
    about: 'Tailscale lets its own traffic through here, and marks what this node routes as a subnet router.',
  },
  {
    pattern: /^(f2b|fail2ban)-/u,
    name: 'fail2ban',
    about: 'fail2ban blocks addresses that failed to log in.',
  },
  { pattern: /^nm-/u, name: 'NetworkManager', about: 'NetworkManager shares a connection here.' },
  { pattern: /^MINIUPNPD/u, name: 'miniupnpd', about: '' },
  { pattern: /^KUBE-/u, name: 'a Kubernetes component', about: '' },
];

/** Null for built-in chains, and for names that nothing known uses. */
export function guessOwner(table: string, chain: string): ChainOwnerGuess | null {
  const role = roleOf(table, chain);
  if (role !== null) {
    return { name: role.owner, certainty: 'certain', title: role.title, about: role.purpose };
  }
  const found = patternOf(chain);
  if (found === null) return null;
  const { title, about } = calicoRole(chain) ?? { title: '', about: found.about };
  return { name: found.name, certainty: 'likely', title, about };
}

/** Those that a program makes for the rules of whoever keeps the node (manuals of Docker, the CNI plugin firewall, ufw, firewalld). */
const FOR_GUESTS = /^(?:DOCKER-USER|CNI-ADMIN|ufw6?-(?:before|after|user)-[\w-]+|\w+_direct)$/u;

/** Whether a program has written the rules of a chain by itself, as far as the chain's name tells. */
export function isWrittenByOwner(table: string, chain: string): boolean {
  return guessOwner(table, chain) !== null && !FOR_GUESTS.test(chain);
}

/** Most rules lead to one of a few targets. */
const known = new Map<string, Pattern | null>();
const MOST_KNOWN = 256;

function patternOf(chain: string): Pattern | null {
  let found = known.get(chain);
  if (found === undefined) {
    found = patterns.find(({ pattern }) => pattern.test(chain)) ?? null;
    if (known.size < MOST_KNOWN) known.set(chain, found);
  }
  return found;
}

/** How the comments begin of those who put rules into chains that are not theirs. */
const comments: readonly (readonly [beginning: RegExp, name: string])[] = [
  [/^cali:/u, 'Calico'],
  [/^cilium/iu, 'Cilium'],
  [/^flanneld /u, 'flannel'],
  [/^kubernetes /u, 'kube-proxy'],
  [/^egw:/u, 'EgressGateway'],
  [/^Kilo: /u, 'Kilo'],
  [/^AWS, /u, 'the Amazon VPC CNI'],
  [/^Antrea: /u, 'Antrea'],
  [/^ip-masq-agent: /u, 'ip-masq-agent'],
];

/** What of `comments` stands in a line, at the least. */
const SIGNS = /cali:|cilium|flanneld |kubernetes |egw:|Kilo: |AWS, |Antrea: |ip-masq-agent: |\\/iu;

/** HOT PATH: the same by its text, of a rule of a chain that is nobody's; undefined where only its words tell. */
export function ownerInLine(table: string, line: string): string | null | undefined {
  const target = SIGNS.test(line) ? null : targetInLine(line);
  return target === null ? undefined : (guessOwner(table, target)?.name ?? null);
}

/** Whose a rule looks like: by its chain, else by its comments, else by the chain that it jumps to; null where nothing tells. */
export function ownerOfRule(table: string, chain: string, rule: Rule): string | null {
  return guessOwner(table, chain)?.name ?? ownerOfGuestRule(table, rule);
}

/** The same of a rule in a chain that is nobody's. */
export function ownerOfGuestRule(table: string, rule: Rule): string | null {
  const written = allCommentsOf(rule);
  const found = comments.find(([beginning]) => written.some((each) => beginning.test(each)));
  if (found !== undefined) return found[1];
  const target = targetNameOf(rule);
  return target === null ? null : (guessOwner(table, target)?.name ?? null);
}
