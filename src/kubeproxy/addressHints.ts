/** What kube-proxy and the cluster's objects tell of addresses where the node's own files do not. */
import { type Address, contains, type Family, formatAddress, normalAddress } from '../values/address.ts';
import type { Rule, Ruleset } from '../rules/iptables/nodes.ts';
import type { KubernetesNode, KubernetesObjects } from '../kubernetes/objects.ts';
import type { AddressHint, Hints } from '../kernel/hints.ts';
import type { Catalog } from './services/catalog.ts';
import { readServiceComment } from './modes/iptables/comments.ts';
import { destinationsOf } from './modes/iptables/destinations.ts';
import type { RuleIndex } from './modes/iptables/ruleIndex.ts';
import type { DumpDescription } from './describeDump.ts';
import type { NodeMode } from './mode/mode.ts';
import { type IpvsSource, isIpvsAlone } from './ipvsSource.ts';
import { containerHint, containerWords } from './containerNetworks.ts';
import { nodeStandIns } from './form/nodeAddress.ts';
import { type PodNetwork, podNetworkOf } from './podNetwork.ts';
import { chainNamed, type Rulesets } from './rulesets.ts';
import type { Sources } from './sources.ts';
import { commentOf, destinationAddressOf, targetNameOf } from './words/ruleView.ts';

/** What hints are drawn from; each is read only when an address is asked for. */
export interface HintSources {
  readonly rulesets: Rulesets;
  readonly catalog: Catalog;
  readonly objects: KubernetesObjects | null;
  /** What the cluster calls this node; null where nothing tells. */
  readonly nodeName: string | null;
  readonly mode: NodeMode;
  readonly ipvs: IpvsSource | null;
  readonly sources: Pick<Sources, 'families'>;
  readonly dump: Pick<DumpDescription, 'sinceMinor'>;
}

/**
 * Cluster IPs are no addresses of a node in iptables mode (in IPVS mode they all are, on kube-ipvs0), a pod's address is
 * the pod's, and a node's internal address is the node's: this node's, where its name is known or the cluster has no other.
 * Nothing is said of load-balancer IPs: some load balancers give them to a node's interface.
 */
export function addressHintsOf(sources: HintSources): Hints {
  const known = new Map<number | bigint, AddressHint | null>();
  const networks = new Map<string, boolean>();
  const followed: Partial<Record<Family, Followed>> = {};
  const dispatches: Partial<Record<Family, readonly Dispatch[]>> = {};
  const dispatch = (family: Family): readonly Dispatch[] =>
    (dispatches[family] ??= dispatchOf(sources, family));
  return {
    isPodNetwork: (network) => {
      const found = networks.get(network) ?? isPodNetwork(sources, network);
      networks.set(network, found);
      return found;
    },
    addressHint: (address) => {
      // Of IPv4 a plain number, which is quicker to find; no IPv6 address is one.
      const key = address.family === 4 ? Number(address.value) : address.value;
      const hint = known.get(key);
      if (hint !== undefined) return hint;
      const text = formatAddress(address);
      const found =
        ofStandIn(text) ??
        ofObjects(sources, text) ??
        ofClusterIp(sources, address.family, text, dispatch) ??
        ofVirtualServer(sources, address);
      known.set(key, found);
      return found;
    },
    interfaceHint: (address, pattern) => containerHint(sources.rulesets[address.family], address, pattern),
    targetHint: (address) => {
      const { pods, ruleset } = (followed[address.family] ??= followedOf(sources, address.family));
      return ofPodNetwork(pods, address) ?? ofContainer(ruleset, address);
    },
  };
}

/** The rules of a family, and the network of pods that they name. */
interface Followed {
  readonly ruleset: Ruleset | null;
  readonly pods: PodNetwork | null;
}

/** HOT PATH: found once, since each way of a packet asks. */
function followedOf({ rulesets }: HintSources, family: Family): Followed {
  const ruleset = rulesets[family];
  return { ruleset, pods: podNetworkOf(ruleset) };
}

/** A node has its bridge's address there, too, but no rule of kube-proxy sends anybody to that. */
function ofPodNetwork(pods: PodNetwork | null, address: Address): AddressHint | null {
  if (pods === null || !contains(pods.network, address)) return null;
  return {
    type: 'UNICAST',
    because: `it is in ${pods.text}, which these rules take for the network of pods`,
  };
}

function ofContainer(ruleset: Ruleset | null, address: Address): AddressHint | null {
  const because = containerWords(ruleset, address);
  return because === null ? null : { type: 'UNICAST', because };
}

/** What kube-proxy calls the cluster's own, or a Node has for its pods. */
function isPodNetwork({ rulesets, objects }: HintSources, network: string): boolean {
  if (objects?.nodes.some(({ podCIDRs }) => podCIDRs.includes(network)) === true) return true;
  return [rulesets[4], rulesets[6]].some((ruleset) => podNetworkOf(ruleset)?.text === network);
}

function ofStandIn(address: string): AddressHint | null {
  if (!Object.values(nodeStandIns).includes(address)) return null;
  return { type: 'LOCAL', because: 'it stands for the address of the node, which is not known' };
}

function ofClusterIp(
  sources: HintSources,
  family: Family,
  host: string,
  dispatch: (family: Family) => readonly Dispatch[],
): AddressHint | null {
  const { mode, evidence } = sources.mode[family];
  if (mode === 'nftables') return ofNativeClusterIp(sources, host);
  // A part of a dump may show no mode; only beside signs of another one is it doubtful that this is kube-proxy's iptables mode.
  const isOpen = mode === null && evidence.every((sign) => sign.mode === 'iptables');
  if (mode !== 'iptables' && !isOpen) return null;
  const name = clusterIpName(sources, host, dispatch(family));
  if (name === null) return null;
  return {
    type: 'UNICAST',
    because: `it is the cluster IP of ${name}, and in iptables mode no node has a cluster IP on an interface`,
  };
}

/** kube-proxy puts every address that it balances on kube-ipvs0; what others balance may lie elsewhere. */
function ofVirtualServer(
  { ipvs, mode, sources }: HintSources,
  { family, value }: Address,
): AddressHint | null {
  const isProxys = mode[family].mode === 'ipvs';
  if (ipvs === null || (!isProxys && !isIpvsAlone({ sources, ipvs }, family))) return null;
  const isBalanced = ipvs.rules.services.some(
    ({ virtual }) =>
      virtual.kind === 'address' && virtual.address.family === family && virtual.address.value === value,
  );
  if (!isBalanced) return null;
  return {
    type: 'LOCAL',
    because: isProxys
      ? 'IPVS has a virtual server there, and in IPVS mode the node itself has these addresses, on kube-ipvs0'
      : 'IPVS has a virtual server there, and takes from others only what is for an address of the node',
  };
}

/** In nftables mode all Services are read at once. */
function ofNativeClusterIp({ catalog }: HintSources, host: string): AddressHint | null {
  const found = catalog.frontendsAt(host).find(({ frontend }) => frontend.kind === 'clusterIP');
  if (found === undefined) return null;
  return {
    type: 'UNICAST',
    because: `it is the cluster IP of ${found.port.name}, and in nftables mode no node has a cluster IP on an interface`,
  };
}

/** The rules by which kube-proxy hands packets on, of one table. */
interface Dispatch {
  readonly table: 'nat' | 'filter';
  readonly rules: RuleIndex;
}

/** Found once: tens of thousands of addresses are asked about. */
function dispatchOf({ rulesets }: HintSources, family: Family): readonly Dispatch[] {
  const ruleset = rulesets[family];
  return (['nat', 'filter'] as const).flatMap((table) => {
    const chain = chainNamed(ruleset, table, 'KUBE-SERVICES');
    return ruleset === null || chain === null ? [] : [{ table, rules: destinationsOf(ruleset, chain) }];
  });
}

/** By the rule alone: no more of a Service is looked at. */
function clusterIpName(sources: HintSources, host: string, dispatch: readonly Dispatch[]): string | null {
  for (const { table, rules } of dispatch) {
    for (const { rule } of rules.at(host)) {
      if (destinationAddressOf(rule) !== host) continue;
      const name = serviceOf(rule, table, sources);
      if (name !== null) return name;
    }
  }
  return null;
}

/**
 * `-A KUBE-SERVICES -d 10.96.12.3/32 … --comment "default/web:http cluster IP" …` → `default/web:http`. Without comments
 * only releases since 1.24 tell by the chain: before, external IPs went to KUBE-SVC, too.
 */
function serviceOf(rule: Rule, table: 'nat' | 'filter', sources: HintSources): string | null {
  const text = commentOf(rule);
  if (text === '') {
    const isService = table === 'nat' && /^KUBE-SV[CL]-/.test(targetNameOf(rule) ?? '');
    return isService && (sources.dump.sinceMinor ?? 0) >= 24 ? 'a Service' : null;
  }
  const comment = readServiceComment(text);
  const wanted = table === 'nat' ? 'clusterIP' : 'noEndpoints';
  return comment?.kind === wanted ? comment.name : null;
}

function ofObjects(sources: HintSources, address: string): AddressHint | null {
  const { objects } = sources;
  if (objects === null) return null;
  const node = ofNodes(objects.nodes, sources.nodeName, address);
  if (node !== null) return node;
  const owners = sources.catalog.whoHas(address);
  const [pod] = owners.flatMap((each) => (each.kind === 'pod' && !each.hostNetwork ? [each] : []));
  if (pod === undefined || owners.some((each) => each.kind === 'node')) return null;
  return { type: 'UNICAST', because: `it is the address of the pod ${pod.namespace}/${pod.name}` };
}

/** Only by internal addresses: an external one may be a router's in front of the node. */
function ofNodes(nodes: readonly KubernetesNode[], name: string | null, address: string): AddressHint | null {
  const having = nodes.filter((node) =>
    node.internalAddresses.some((each) => normalAddress(each) === address),
  );
  const [node] = having;
  if (node === undefined) return null;
  if (name !== null && having.some((each) => each.name === name)) {
    return { type: 'LOCAL', because: `it is the internal address of ${name}, the node of these rules` };
  }
  if (name === null) {
    const because = `it is the internal address of ${node.name}, the only node in objects.json`;
    return nodes.length === 1 ? { type: 'LOCAL', because } : null;
  }
  // A name that no Node has is no reason to call their addresses foreign.
  if (!nodes.some((each) => each.name === name)) return null;
  return { type: 'UNICAST', because: `it is the internal address of ${node.name}, another node` };
}
