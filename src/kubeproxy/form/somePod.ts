/** A pod that stands for any pod. */
import { contains, formatAddress, parseAddress, type Family } from '../../values/address.ts';
import { readNetwork } from '../../values/networks.ts';
import { inferArrival, isBlind } from '../../kernel/arrival.ts';
import type { Analysis } from '../analysis.ts';
import { regularChains } from '../modes/iptables/regular.ts';
import { ownNodeName } from '../ownNode.ts';
import { tableNamed } from '../rulesets.ts';
import { isOver } from '../services/objectIndex.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { EndWords } from './endWords.ts';
import { namedEnd } from './namedEnds.ts';
import { namedHere } from './namedHere.ts';

/**
 * The address of a pod of this node, else of any node; one that is no endpoint of what the packet goes to, if there is
 * such a one: packets that come back to their sender are a case of their own. Null where no pod is known.
 */
export function somePod(family: Family, to: EndWords, analysis: Analysis): string | null {
  const possible = podCandidates(family, analysis);
  const asked = addressesOf(to, analysis);
  return possible.find((address) => !asked.has(address)) ?? besides(possible[0], analysis);
}

/** The addresses of which `somePod` takes the first that will do: worked out once. */
export function podCandidates(family: Family, analysis: Analysis): readonly string[] {
  const known = candidates[family].get(analysis);
  if (known !== undefined) return known;
  const found = analysis.objects === null ? podsByRules(family, analysis) : podsByObjects(family, analysis);
  candidates[family].set(analysis, found);
  return found;
}

const candidates: Readonly<Record<Family, WeakMap<Analysis, readonly string[]>>> = {
  4: new WeakMap(),
  6: new WeakMap(),
};

/**
 * A pod by the rules alone, found without looking at every Service: an endpoint in the network that they take for that of pods. Null
 * where objects or the node's links tell better who is a pod, or where the rules name no such network.
 */
export function podInNetwork(family: Family, { objects, node, rulesets }: Analysis): string | null {
  const ruleset = rulesets[family];
  if (ruleset === null || objects !== null || !isBlind(node, family)) return null;
  const { regular, podNetworks } = regularChains(ruleset, tableNamed(ruleset, 'nat'));
  const networks = [...podNetworks.keys()].flatMap((text) => {
    const read = readNetwork(text, family);
    return read.kind === 'value' ? [read.value] : [];
  });
  if (networks.length === 0) return null;
  for (const chain of regular.keys()) {
    const read = regular.get(chain);
    const address = read?.kind === 'endpoint' ? parseAddress(read.address) : null;
    if (address !== null && networks.some((network) => contains(network, address)))
      return formatAddress(address);
  }
  return null;
}

/** An address next to a known one, that nobody is known to have: that of a pod which the rules need not name. */
function besides(known: string | undefined, { catalog }: Analysis): string | null {
  const address = known === undefined ? null : parseAddress(known);
  if (known === undefined || address === null) return null;
  const free = NEAR.map((by) => formatAddress({ ...address, value: address.value ^ by }));
  return free.find((each) => catalog.whoHas(each).length === 0) ?? known;
}

/** Within a /26, which is the smallest range that network plugins give to a node. */
const NEAR = Array.from({ length: 62 }, (_, by) => BigInt(by + 1));

function podsByObjects(family: Family, analysis: Analysis): readonly string[] {
  const here = ownNodeName(analysis);
  const pods = (analysis.objects?.pods ?? []).filter(
    (pod) => !pod.hostNetwork && !isOver(pod) && pod.ips.length > 0,
  );
  const ordered = [
    ...pods.filter((pod) => pod.nodeName === here),
    ...pods.filter((pod) => pod.nodeName !== here),
  ];
  return ordered.flatMap((pod) => pod.ips.find((ip) => parseAddress(ip)?.family === family) ?? []);
}

/** The endpoints that the rules name: those behind an interface for pods first. */
function podsByRules(family: Family, { catalog, node }: Analysis): readonly string[] {
  const all = new Set<string>();
  const here = new Set<string>();
  const sees = !isBlind(node, family);
  for (const { endpoints } of catalog.ports) {
    for (const { address, family: own } of endpoints) {
      const parsed = own === family ? parseAddress(address) : null;
      if (parsed === null || all.has(address)) continue;
      all.add(address);
      const { kind } = inferArrival(node, family, parsed);
      if (kind === 'pod') here.add(address);
      if (kind === 'node') all.delete(address);
      if (here.size >= ENOUGH) return [...here];
      if (!sees && all.size >= ENOUGH) return [...all];
    }
  }
  return [...here, ...all];
}

/** More than any Service's endpoints that might have to be passed over, and not all of a large cluster. */
const ENOUGH = 200;

function addressesOf(to: EndWords, analysis: Analysis): ReadonlySet<string> {
  return new Set(portsOf(to, analysis).flatMap(({ endpoints }) => endpoints.map(({ address }) => address)));
}

function portsOf(to: EndWords, analysis: Analysis): readonly ServicePort[] {
  const { catalog } = analysis;
  switch (to.kind) {
    case 'address':
      return catalog.frontendsAt(to.address, to.port ?? undefined).map(({ port }) => port);
    case 'somebody':
      return to.port === null ? [] : catalog.frontendsAt(null, to.port).map(({ port }) => port);
    case 'name': {
      const found = namedEnd(to, 'destination', namedHere(analysis));
      return found.kind === 'service' ? found.service.ports : [];
    }
    default:
      return [];
  }
}
