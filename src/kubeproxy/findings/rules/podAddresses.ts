/** Which addresses the cluster's pods have, as far as something tells. */
import type { Family } from '../../../kernel/flow.ts';
import type { KubernetesNode } from '../../../kubernetes/objects.ts';
import { formatAddress, type Network, prefixMask } from '../../../values/address.ts';
import { readNetwork } from '../../../values/networks.ts';
import { type OwnNode, ownNodeName } from '../../ownNode.ts';
import { podNetworkOf } from '../../podNetwork.ts';
import type { RulesSubject } from './subject.ts';

/** Whose pods are asked for. */
export interface PodSubject {
  readonly family: Family;
  readonly parts: OwnNode;
}

export interface KnownNetwork {
  readonly network: Network;
  /** As it is written somewhere: `10.244.1.0/24`. */
  readonly text: string;
  /** Who says so, within a sentence: `podCIDR of Node node-1`. */
  readonly by: string;
}

/** Bridges that network plugins make for pods. */
const BRIDGES = ['cni0', 'cbr0', 'kube-bridge', 'cnio0', 'mynet0'] as const;

/** The networks of this node's pods: of the Node object, else of the bridge that they are on; none where neither is known. */
export function ownPodNetworks(subject: PodSubject): readonly KnownNetwork[] {
  const { objects } = subject.parts;
  const name = ownNodeName(subject.parts);
  const node = objects?.nodes.find((each) => each.name === name) ?? null;
  const ofObject = node === null ? [] : podCIDRsOf(node, subject);
  return ofObject.length > 0 ? ofObject : bridgeNetworks(subject);
}

/** The networks of the pods of all nodes: of the Node objects, else of this node alone. */
function allPodNetworks(subject: RulesSubject): readonly KnownNetwork[] {
  const all = subject.parts.objects?.nodes.flatMap((node) => podCIDRsOf(node, subject)) ?? [];
  return all.length > 0 ? all : bridgeNetworks(subject);
}

function podCIDRsOf({ name, podCIDRs }: KubernetesNode, { family }: PodSubject): readonly KnownNetwork[] {
  return podCIDRs.flatMap((text) => {
    const read = readNetwork(text, family);
    return read.kind === 'value' ? [{ network: read.value, text, by: `podCIDR of Node ${name}` }] : [];
  });
}

function bridgeNetworks({ family, parts }: PodSubject): readonly KnownNetwork[] {
  const { interfaces } = parts.node;
  return BRIDGES.flatMap((name) => interfaces?.get(name)?.addresses ?? []).flatMap(
    ({ address, prefixLength, scope }) => {
      if (address.family !== family || scope === 'link') return [];
      const mask = prefixMask(family, prefixLength);
      const network = { family, value: address.value & mask, mask };
      return [{ network, text: textOf(network, prefixLength), by: 'address of the bridge of pods' }];
    },
  );
}

function textOf({ family, value }: Network, length: number): string {
  return `${formatAddress({ family, value })}/${length}`;
}

/** What is known of where pods are: kube-proxy's cluster CIDR and `allPodNetworks`; empty where nothing is. */
export function podNetworks(subject: RulesSubject): readonly Network[] {
  const known = podNetworkOf(subject.ruleset);
  const all = allPodNetworks(subject).map(({ network }) => network);
  return known === null ? all : [known.network, ...all];
}

/** Whether some address is in both. */
export function overlap(a: Network, b: Network): boolean {
  return ((a.value ^ b.value) & a.mask & b.mask) === 0n;
}

/** Whether every address of `inner` is in `outer`. */
export function covers(outer: Network, inner: Network): boolean {
  return (outer.mask & inner.mask) === outer.mask && (inner.value & outer.mask) === outer.value;
}
