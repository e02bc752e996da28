/**
 * In which mode a kube-proxy works, told from what it left on the node. Sources: k/k pkg/proxy/{iptables,ipvs,nftables,userspace}
 * of releases 1.17 to 1.36, and cmd/kube-proxy/app/server_linux.go (platformCleanup): a change between nftables and another mode
 * removes what was there before, one between iptables and IPVS does not.
 */

/** kube-proxy's `--proxy-mode`; `userspace` until 1.25, `kernelspace` is Windows'. */
export type ProxyMode = 'iptables' | 'nftables' | 'ipvs' | 'userspace' | 'kernelspace';

export const proxyModes: readonly ProxyMode[] = ['iptables', 'nftables', 'ipvs', 'userspace', 'kernelspace'];

/**
 * Something that one mode alone makes. `holds`: what packets for Services meet in this mode, made afresh by the kube-proxy
 * that works so. `stays`: what may as well have been left behind by a change of mode. `may`: what others make, too; it
 * decides nothing.
 */
export interface ModeSign {
  readonly mode: ProxyMode;
  readonly kind: 'holds' | 'stays' | 'may';
}

export interface ModeVerdict {
  /**
   * Null where nothing tells, and where several modes hold Services side by side and the configuration does not tell
   * which of them is at work.
   */
  readonly mode: ProxyMode | null;
  /** Other modes that something is left of. */
  readonly leftovers: readonly ProxyMode[];
}

/** `configured`: what kube-proxy's configuration asks for; it decides between modes that show, and shows none by itself. */
export function decideMode(signs: readonly ModeSign[], configured: ProxyMode | null = null): ModeVerdict {
  const holding = new Set(signs.filter(({ kind }) => kind === 'holds').map(({ mode }) => mode));
  const all = new Set(signs.filter(({ kind }) => kind !== 'may').map(({ mode }) => mode));
  const candidates = holding.size > 0 ? holding : all;
  const [first = null] = candidates;
  const known = configured !== null && candidates.has(configured) ? configured : null;
  const mode = candidates.size > 1 ? known : first;
  return {
    mode,
    leftovers: [...all].filter((each) => each !== mode && (mode !== null || !candidates.has(each))),
  };
}

/** What is looked at of table nat of iptables. */
export interface NatSigns {
  /** Whether the table has a chain of this name. */
  has(chain: string): boolean;
  /** What the rules of KUBE-SERVICES ask, which every mode writes afresh: ipsets, or chains for each Service; null without rules. */
  readonly services: 'sets' | 'chains' | null;
}

const IPVS_CHAINS = ['KUBE-LOAD-BALANCER', 'KUBE-NODE-PORT'] as const;
const USERSPACE_CHAINS = ['KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST'] as const;

/** The signs of table nat, each with the chain that shows it. */
export function signsOfNat(nat: NatSigns): readonly (ModeSign & { readonly chain: string })[] {
  const own = modeHeldBy(nat);
  const shown: readonly (readonly [ProxyMode, string | undefined])[] = [
    ['iptables', nat.has('KUBE-SERVICES') && nat.has('KUBE-NODEPORTS') ? 'KUBE-NODEPORTS' : undefined],
    ['ipvs', nat.services === 'sets' ? 'KUBE-SERVICES' : IPVS_CHAINS.find((chain) => nat.has(chain))],
    ['userspace', USERSPACE_CHAINS.find((chain) => nat.has(chain))],
  ];
  return shown.flatMap(([mode, chain]) =>
    chain === undefined
      ? []
      : [{ mode, chain, kind: mode === own ? ('holds' as const) : ('stays' as const) }],
  );
}

/** IPVS and iptables mode share KUBE-SERVICES: its rules tell; without rules the chains that IPVS mode alone has. */
function modeHeldBy(nat: NatSigns): ProxyMode | null {
  if (nat.services === 'sets') return 'ipvs';
  const iptables = nat.has('KUBE-SERVICES') && nat.has('KUBE-NODEPORTS');
  if (nat.services === 'chains' && iptables) return 'iptables';
  if (IPVS_CHAINS.some((chain) => nat.has(chain))) return 'ipvs';
  if (iptables) return 'iptables';
  return USERSPACE_CHAINS.some((chain) => nat.has(chain)) ? 'userspace' : null;
}

/** Whether a table of nftables is the one that kube-proxy keeps for IPv4 (`ip kube-proxy`) or IPv6 (`ip6 kube-proxy`). */
export function isProxyTable(
  { family, name }: { readonly family: string; readonly name: string },
  of: 4 | 6,
): boolean {
  return name === 'kube-proxy' && family === (of === 4 ? 'ip' : 'ip6');
}
