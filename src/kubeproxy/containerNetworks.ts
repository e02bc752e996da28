/** The networks of containers that the rules of their runtime name, with the bridge that they are behind. */
import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { InterfaceHint, InterfacePattern } from '../kernel/hints.ts';
import { type Address, contains, formatAddress, type Network } from '../values/address.ts';
import { readNetwork } from '../values/networks.ts';
import { chainNamed } from './rulesets.ts';
import { generalOption, targetNameOf, valueOf } from './words/ruleView.ts';

interface ContainerNetwork {
  readonly text: string;
  readonly network: Network;
  readonly bridge: string;
  /** Of the chain POSTROUTING, from 1. */
  readonly rule: number;
}

/** So many rules are looked at: Docker writes one for each of its networks, at the head of the chain. */
const MOST_RULES = 1000;

/** Bridges and cables with containers, virtual machines or pods of this machine behind them, as their makers name them. */
const insides = /^(?:docker|br-|podman|cni|cbr|virbr|lxcbr|lxdbr|veth|cali|lxc)/;

/** No networks of anybody's own (RFC 1918, RFC 6598, RFC 3927), loopback or multicast; the blocks for documentation stand for anybody. */
const owned = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
  '224.0.0.0/3',
]
  .map((text) => readNetwork(text, 4))
  .flatMap((reading) => (reading.kind === 'value' ? [reading.value] : []));

/**
 * Whether packets of an address pass an interface of that name: a container's pass its bridge, nobody else's do. Null where
 * the rules tell nothing.
 */
export function containerHint(
  ruleset: Ruleset | null,
  address: Address,
  pattern: InterfacePattern,
): InterfaceHint | null {
  const home = homeOf(ruleset, address);
  if (home !== null)
    return {
      passes: fits(home.bridge, pattern),
      because: `${source(home)}, where ${formatAddress(address)} is`,
    };
  const networks = ruleset?.kept.of(findNetworks) ?? [];
  if (!insides.test(pattern.name) || networks.some(({ network }) => contains(network, address))) return null;
  const named = networks.find(({ bridge }) => fits(bridge, pattern));
  if (named !== undefined && !pattern.prefix) return { passes: false, because: source(named) };
  if (address.family === 6 || owned.some((network) => contains(network, address))) return null;
  return {
    passes: false,
    because: `this machine’s own containers are behind it, and ${formatAddress(address)} is a public address`,
  };
}

/** Such an address as a container behind the bridge has; null where no rule names its network. */
export function containerBehind(ruleset: Ruleset | null, bridge: string): string | null {
  const home = ruleset?.kept.of(findNetworks).find((each) => each.bridge === bridge);
  return home === undefined
    ? null
    : formatAddress({ family: home.network.family, value: home.network.value + 2n });
}

/** That an address is a container's, as the end of a sentence; null where the rules do not tell. */
export function containerWords(ruleset: Ruleset | null, address: Address): string | null {
  const home = homeOf(ruleset, address);
  return home === null ? null : source(home);
}

/** The first address of such a network is mostly the bridge's own: of it nothing is said. */
function homeOf(ruleset: Ruleset | null, address: Address): ContainerNetwork | null {
  const home = ruleset?.kept.of(findNetworks).find(({ network }) => contains(network, address));
  return home === undefined || address.value === home.network.value + 1n ? null : home;
}

function fits(name: string, pattern: InterfacePattern): boolean {
  return pattern.prefix ? name.startsWith(pattern.name) : name === pattern.name;
}

function source({ text, bridge, rule }: ContainerNetwork): string {
  return `by rule ${rule} of POSTROUTING (table nat) ${text} is the network behind ${bridge}`;
}

/** `-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE`: who leaves the network gets the node's address. */
function findNetworks(ruleset: Ruleset): readonly ContainerNetwork[] {
  const rules = chainNamed(ruleset, 'nat', 'POSTROUTING')?.rules.slice(0, MOST_RULES) ?? [];
  return rules.flatMap((rule, index) => {
    if (targetNameOf(rule) !== 'MASQUERADE') return [];
    const [from, out] = [generalOption(rule, '-s'), generalOption(rule, '-o')];
    const bridge = valueOf(out) ?? '';
    if (from === null || from.negation !== null || out === null || out.negation === null) return [];
    if (!insides.test(bridge) || bridge.endsWith('+')) return [];
    const text = valueOf(from) ?? '';
    const network = readNetwork(text, null);
    return network.kind === 'value' ? [{ text, network: network.value, bridge, rule: index + 1 }] : [];
  });
}
