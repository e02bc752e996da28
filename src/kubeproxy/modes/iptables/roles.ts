/**
 * What a chain of kube-proxy's or the kubelet's is for, from its table and name. Sources: k/k pkg/proxy/iptables,
 * pkg/proxy/ipvs, pkg/proxy/userspace and pkg/kubelet/kubelet_network_linux.go of releases 1.17 to 1.36.
 */

import type { ProxyMode } from '../../../kubernetes/proxyMode.ts';

type KubeOwner = 'kube-proxy' | 'kubelet' | 'kubelet or kube-proxy';

export interface ChainRole {
  readonly owner: KubeOwner;
  /** The modes that have it; empty where it is the kubelet's alone. */
  readonly modes: readonly ProxyMode[];
  /** Minor releases of Kubernetes 1 with such a chain; null = as far back, or forward, as this product knows. */
  readonly since: number | null;
  readonly until: number | null;
  /** Two to four words for a tree or a path: `kubernetes service portals`. */
  readonly title: string;
  /** One plain sentence. */
  readonly purpose: string;
}

/** `KUBE-SVC-`, `KUBE-SVL-`, `KUBE-EXT-`, `KUBE-FW-`, `KUBE-XLB-`, `KUBE-SEP-`. */
export type ChainFamilyKind = 'svc' | 'svl' | 'ext' | 'fw' | 'xlb' | 'sep';

/** Those of one Service port. */
export type ServiceChainKind = Exclude<ChainFamilyKind, 'sep'>;

export const serviceChainKinds: readonly ServiceChainKind[] = ['svc', 'svl', 'ext', 'fw', 'xlb'];

/** The chains of one Service port in one family; a name where such a chain is declared or has rules. */
export type ServiceChains = Readonly<Record<ServiceChainKind, string | null>>;

/** A chain of a Service port or an endpoint. */
export interface FamilyChain {
  readonly kind: ChainFamilyKind;
  /** The sixteen characters of the hash. */
  readonly suffix: string;
}

const SUFFIX = 16;

const beginnings: readonly (readonly [string, ChainFamilyKind])[] = [
  ['KUBE-SEP-', 'sep'],
  ['KUBE-SVC-', 'svc'],
  ['KUBE-SVL-', 'svl'],
  ['KUBE-EXT-', 'ext'],
  ['KUBE-XLB-', 'xlb'],
  ['KUBE-FW-', 'fw'],
];

/** HOT PATH. `KUBE-SVC-LOLE4ISW44XBNF3G` → svc, LOLE4ISW44XBNF3G: which Service or endpoint chain a name is; null for any other. */
export function readFamilyChain(chain: string): FamilyChain | null {
  const kind = familyKindOf(chain);
  return kind === null ? null : { kind, suffix: chain.slice(-SUFFIX) };
}

/** The same without the hash. */
export function familyKindOf(chain: string): ChainFamilyKind | null {
  if (!chain.startsWith('KUBE-')) return null;
  for (const [beginning, kind] of beginnings) {
    if (chain.length === beginning.length + SUFFIX && chain.startsWith(beginning))
      return isSuffix(chain, beginning.length) ? kind : null;
  }
  return null;
}

/** Letters of base32: `A` to `Z`, `2` to `7`. */
function isSuffix(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!((code >= 65 && code <= 90) || (code >= 50 && code <= 55))) return false;
  }
  return true;
}

/** The name of a Service's or endpoint's chain: `svc`, suffix → `KUBE-SVC-…`. */
export function familyChainName(kind: ChainFamilyKind, suffix: string): string {
  return `KUBE-${kind.toUpperCase()}-${suffix}`;
}

/** The role of a chain; null where kube-proxy and the kubelet have none of this name in this table. */
export function roleOf(table: string, chain: string): ChainRole | null {
  const family = readFamilyChain(chain);
  if (family !== null) return table === 'nat' ? familyRoles[family.kind] : null;
  return namedRoles.get(`${table}/${chain}`) ?? namedRoles.get(`*/${chain}`) ?? null;
}

/** Whether kube-proxy, and nobody else, makes chains of this name in this table. */
export function isProxyChain(table: string, chain: string): boolean {
  return roleOf(table, chain)?.owner === 'kube-proxy';
}

type RoleOptions = Partial<Pick<ChainRole, 'owner' | 'modes' | 'since' | 'until'>>;

function role(title: string, purpose: string, options: RoleOptions = {}): ChainRole {
  return { owner: 'kube-proxy', modes: ['iptables'], since: null, until: null, title, purpose, ...options };
}

const familyRoles: Readonly<Record<ChainFamilyKind, ChainRole>> = {
  svc: role('balances over endpoints', 'Balances a Service port over all of its endpoints.'),
  svl: role(
    'balances over local endpoints',
    'Balances a Service port over its endpoints on this node only, for a traffic policy of Local.',
    { since: 24 },
  ),
  ext: role(
    'entry from outside',
    'Takes traffic that comes by node port, external IP or load-balancer IP, marks what has to be masqueraded, and hands it to the balancing chain.',
    { since: 24 },
  ),
  fw: role(
    'source ranges',
    'Lets traffic to a load-balancer IP through for the sources that loadBalancerSourceRanges allows.',
  ),
  xlb: role(
    'external traffic, local policy',
    'Takes traffic from outside to a Service whose external traffic policy is Local, and sends it to endpoints on this node.',
    { until: 23 },
  ),
  sep: role(
    'one endpoint',
    'Translates the destination to one endpoint, and marks the endpoint’s own packets to be masqueraded so that their answers come back here.',
  ),
};

const CANARY = 'Holds no rules: its owner recreates everything when it finds this chain gone.';
const KUBELET_UNTIL_27: RoleOptions = { owner: 'kubelet or kube-proxy', modes: ['iptables', 'ipvs'] };
const USERSPACE: RoleOptions = { modes: ['userspace'], until: 25 };
const IPVS: RoleOptions = { modes: ['ipvs'] };

/** By `table/chain`; `*` is any table. */
const namedRoles: ReadonlyMap<string, ChainRole> = new Map([
  [
    'nat/KUBE-SERVICES',
    role(
      'kubernetes service portals',
      'Finds the Service that a packet is for, by cluster IP, external IP or load-balancer IP and port; packets for the node itself go on to KUBE-NODEPORTS.',
      { modes: ['iptables', 'ipvs'] },
    ),
  ],
  [
    'filter/KUBE-SERVICES',
    role(
      'service portals without endpoints',
      'Rejects, or drops, traffic to cluster IPs of Services that have no endpoints that could take it.',
    ),
  ],
  [
    'filter/KUBE-EXTERNAL-SERVICES',
    role(
      'external portals without endpoints',
      'Rejects, or drops, traffic to node ports, external IPs and load-balancer IPs of Services that have no endpoints that could take it.',
    ),
  ],
  ['nat/KUBE-NODEPORTS', role('node ports', 'Finds the Service that a node port belongs to.')],
  [
    'filter/KUBE-NODEPORTS',
    role(
      'health check node ports',
      'Accepts the health checks that load balancers make at a Service’s healthCheckNodePort.',
      { since: 21 },
    ),
  ],
  [
    'nat/KUBE-POSTROUTING',
    role(
      'masquerade of marked packets',
      'Masquerades the packets that carry the masquerade mark, on their way out.',
      KUBELET_UNTIL_27,
    ),
  ],
  [
    'nat/KUBE-MARK-MASQ',
    role(
      'mark to masquerade',
      'Sets the mark that makes KUBE-POSTROUTING masquerade a packet.',
      KUBELET_UNTIL_27,
    ),
  ],
  [
    'nat/KUBE-MARK-DROP',
    role('mark to drop', 'Sets the mark that makes KUBE-FIREWALL drop a packet.', {
      owner: 'kubelet',
      modes: ['iptables', 'ipvs'],
      until: 27,
    }),
  ],
  [
    'filter/KUBE-FIREWALL',
    role(
      'localnet and marked packets',
      'Drops packets from outside to 127.0.0.0/8 and, in older releases, packets that carry the drop mark.',
      { owner: 'kubelet or kube-proxy', modes: ['iptables', 'ipvs'] },
    ),
  ],
  [
    'filter/KUBE-FORWARD',
    role(
      'kubernetes forwarding rules',
      'Accepts the Service traffic that this node forwards, and drops packets that conntrack calls invalid.',
      { modes: ['iptables', 'ipvs'] },
    ),
  ],
  [
    'filter/KUBE-PROXY-FIREWALL',
    role(
      'load balancer firewall',
      'Drops traffic to load-balancer IPs from sources that loadBalancerSourceRanges does not allow.',
      { modes: ['iptables', 'ipvs'], since: 25 },
    ),
  ],
  ['*/KUBE-PROXY-CANARY', role('canary of kube-proxy', CANARY, { modes: ['iptables', 'ipvs'], since: 17 })],
  [
    '*/KUBE-KUBELET-CANARY',
    role('canary of the kubelet', CANARY, { owner: 'kubelet', modes: [], since: 17 }),
  ],
  [
    'mangle/KUBE-IPTABLES-HINT',
    role(
      'hint for iptables users',
      'Holds no rules: shows containers which iptables backend the node uses.',
      {
        owner: 'kubelet',
        modes: [],
        since: 24,
      },
    ),
  ],
  [
    'nat/KUBE-PORTALS-CONTAINER',
    role(
      'portals, from pods',
      'Redirects traffic from pods to cluster IPs to a port of the kube-proxy process.',
      USERSPACE,
    ),
  ],
  [
    'nat/KUBE-PORTALS-HOST',
    role(
      'portals, from the node',
      'Redirects traffic from the node to cluster IPs to a port of the kube-proxy process.',
      USERSPACE,
    ),
  ],
  [
    'nat/KUBE-NODEPORT-CONTAINER',
    role(
      'node ports, from elsewhere',
      'Redirects traffic that comes to node ports to a port of the kube-proxy process.',
      USERSPACE,
    ),
  ],
  [
    'nat/KUBE-NODEPORT-HOST',
    role(
      'node ports, from the node',
      'Redirects the node’s own traffic to node ports to a port of the kube-proxy process.',
      USERSPACE,
    ),
  ],
  [
    'filter/KUBE-NODEPORT-NON-LOCAL',
    role(
      'node ports, from elsewhere',
      'Accepts traffic from outside to the ports at which the kube-proxy process itself takes node ports.',
      USERSPACE,
    ),
  ],
  [
    'nat/KUBE-LOAD-BALANCER',
    role('load-balancer IPs (IPVS)', 'Marks traffic to load-balancer IPs to be masqueraded.', IPVS),
  ],
  ['nat/KUBE-NODE-PORT', role('node ports (IPVS)', 'Marks traffic to node ports to be masqueraded.', IPVS)],
  [
    'nat/KUBE-FIREWALL',
    role(
      'source ranges (IPVS)',
      'Lets traffic to load-balancer IPs through for the sources that loadBalancerSourceRanges allows, and marks the rest to be dropped.',
      { ...IPVS, until: 25 },
    ),
  ],
  [
    'filter/KUBE-NODE-PORT',
    role(
      'health check node ports (IPVS)',
      'Accepts the health checks that load balancers make at a Service’s healthCheckNodePort.',
      IPVS,
    ),
  ],
  [
    'filter/KUBE-SOURCE-RANGES-FIREWALL',
    role(
      'source ranges (IPVS)',
      'Drops traffic to load-balancer IPs from sources that loadBalancerSourceRanges does not allow.',
      { ...IPVS, since: 26 },
    ),
  ],
  [
    'filter/KUBE-IPVS-FILTER',
    role(
      'node services on Service addresses (IPVS)',
      'Keeps traffic to Service addresses away from what listens on the node itself (k/k #72236).',
      { ...IPVS, since: 26 },
    ),
  ],
  [
    'filter/KUBE-IPVS-OUT-FILTER',
    role(
      'node to load-balancer IPs (IPVS)',
      'Keeps the node’s own traffic away from load-balancer IPs that loadBalancerSourceRanges closes to it (k/k #119656).',
      { ...IPVS, since: 26 },
    ),
  ],
]);
