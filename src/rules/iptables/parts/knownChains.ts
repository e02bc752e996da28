/**
 * Chains of which the program that makes them tells more than the chain itself: in which tables they are, and which rules of
 * built-in chains lead to them. kube-proxy: pkg/proxy/iptables/proxier.go, the chains at its top and `iptablesJumpChains`;
 * kubelet: pkg/kubelet/kubelet_network_linux.go; Docker: libnetwork/iptables.
 */

/** A rule that leads to the chain where it is whole: `PREROUTING`, with its conditions. */
interface KnownJump {
  readonly from: string;
  /** As in a rule; empty for every packet. */
  readonly conditions: string;
}

export interface KnownChain {
  readonly names: RegExp;
  /** By table. None: other chains than the built-in ones jump there. */
  readonly tables: Readonly<Record<string, readonly KnownJump[]>>;
  /** Its rules are for packets of which another chain decided something; nothing else may begin there. */
  readonly isHelper: boolean;
  /** The chain of a Service or an endpoint, by which packets never pass unchanged; and the hooks of its packets. */
  readonly decides: readonly string[] | null;
}

function chain(names: RegExp, tables: KnownChain['tables'], isHelper = false): KnownChain {
  return { names, tables, isHelper, decides: null };
}

const NEW = '-m conntrack --ctstate NEW';
const LOCAL = '-m addrtype --dst-type LOCAL';

function from(conditions: string, ...chains: readonly string[]): readonly KnownJump[] {
  return chains.map((each) => ({ from: each, conditions }));
}

const known: readonly KnownChain[] = [
  chain(/^KUBE-SERVICES$/, {
    nat: from('', 'PREROUTING', 'OUTPUT'),
    filter: from(NEW, 'FORWARD', 'OUTPUT'),
  }),
  chain(/^KUBE-NODEPORTS$/, { nat: from(LOCAL, 'PREROUTING', 'OUTPUT'), filter: from('', 'INPUT') }),
  chain(/^KUBE-POSTROUTING$/, { nat: from('', 'POSTROUTING') }),
  chain(/^KUBE-MARK-(?:MASQ|DROP)$/, { nat: [] }, true),
  {
    names: /^KUBE-(?:SVC|SVL|EXT|FW|XLB|SEP)-[A-Z2-7]{16}$/,
    tables: { nat: [] },
    isHelper: false,
    decides: ['PREROUTING', 'OUTPUT'],
  },
  // As people shorten them; nothing more is known of these.
  chain(/^KUBE-(?:SVC|SVL|EXT|FW|XLB|SEP)-/, { nat: [] }),
  chain(/^KUBE-FORWARD$/, { filter: from('', 'FORWARD') }),
  chain(/^KUBE-EXTERNAL-SERVICES$/, { filter: from(NEW, 'INPUT', 'FORWARD') }),
  chain(/^KUBE-PROXY-FIREWALL$/, { filter: from(NEW, 'INPUT', 'FORWARD', 'OUTPUT') }),
  chain(/^KUBE-FIREWALL$/, { filter: from('', 'INPUT', 'OUTPUT') }),
  chain(/^KUBE-(?:PROXY|KUBELET)-CANARY$/, { mangle: [], nat: [], filter: [] }, true),
  // kube-proxy in mode ipvs.
  chain(/^KUBE-NODE-PORT$/, { nat: [], filter: from('', 'INPUT') }),
  chain(/^DOCKER-USER$/, { filter: from('', 'FORWARD') }),
  chain(/^DOCKER-(?:ISOLATION-STAGE-1|FORWARD)$/, { filter: from('', 'FORWARD') }),
  chain(/^DOCKER-ISOLATION-STAGE-2$/, { filter: [] }, true),
  chain(/^DOCKER-(?:CT|BRIDGE|INTERNAL)$/, { filter: [] }),
  chain(/^DOCKER$/, { nat: from(LOCAL, 'PREROUTING', 'OUTPUT'), filter: [] }),
  chain(/^FLANNEL-POSTRTG$/, { nat: from('', 'POSTROUTING') }),
  chain(/^FLANNEL-FWD$/, { filter: from('', 'FORWARD') }),
  chain(/^CNI-HOSTPORT-DNAT$/, { nat: from(LOCAL, 'PREROUTING', 'OUTPUT') }),
  chain(/^CNI-HOSTPORT-SETMARK$/, { nat: [] }, true),
  chain(/^CNI-(?:DN-|HOSTPORT-MASQ$|[\da-f]{24}$)/, { nat: [] }),
  chain(/^CNI-(?:FORWARD|ADMIN|ISOLATION-STAGE-[12])$/, { filter: [] }),
  // kube-router: pkg/controllers/netpol.
  chain(/^KUBE-(?:ROUTER-(?:INPUT|FORWARD|OUTPUT|SERVICES)$|POD-FW-|NWPLCY-)/, { filter: [] }),
  // Calico: felix/rules/rule_defs.go.
  chain(/^cali-(?:INPUT|FORWARD|wl-to-host|(?:from|to)-wl-dispatch|[tf]w-|p[ior]+-)/, { filter: [] }),
  chain(/^cali-(?:nat-outgoing|fip-[ds]nat)$/, { nat: [] }),
  chain(/^cali-rpf-skip$/, { raw: [] }),
  chain(/^(?:f2b|ufw6?)-/, { filter: [] }),
];

/** What is known of the chain of this name; null of any other. */
export function knownChain(name: string): KnownChain | null {
  return known.find(({ names }) => names.test(name)) ?? null;
}
