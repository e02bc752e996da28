/** Which addresses and ports a node's files, the objects and the kernel itself know apart. */
import type { Node, NodeInterface } from '../../../kernel/node/node.ts';
import {
  type Address,
  type Family,
  type Network,
  parseAddress,
  prefixMask,
} from '../../../values/address.ts';
import { append } from '../../../text/lists.ts';
import { readNetwork } from '../../../values/networks.ts';
import type { Analysis } from '../../analysis.ts';
import { nodeStandIns } from '../../form/nodeAddress.ts';
import { outsideAddresses } from '../../form/outsideAddress.ts';
import type { Range } from './ranges.ts';
import { textValues } from './ruleValues.ts';

/** What the kernel's own code treats apart: net/ipv4/devinet.c and route.c, net/ipv6/addrconf_core.c, RFC 6724. */
const KERNEL: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '255.255.255.255',
  ],
  6: [
    '::/128',
    '::1/128',
    '::/96',
    '::ffff:0:0/96',
    '2001::/32',
    '2001:10::/28',
    '2002::/16',
    '3ffe::/16',
    'fc00::/7',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ],
};

/** Null where a part is not to be read as addresses. `withSets`: some rule asks about sets. */
export function nodeValues(
  { node, objects }: Pick<Analysis, 'node' | 'objects'>,
  family: Family,
  withSets: boolean,
): { readonly addresses: readonly Range[]; readonly ports: readonly Range[] } | null {
  const texts = [
    ...KERNEL[family],
    nodeStandIns[family],
    ...outsideAddresses[family],
    ...(objects?.nodes ?? []).flatMap(({ internalAddresses, podCIDRs }) => [
      ...internalAddresses,
      ...podCIDRs,
    ]),
  ];
  const addresses = [
    ...texts.flatMap((text) => rangeOfText(text, family)),
    ...ofInterfaces(node, family),
    ...ofRouting(node, family),
    ...ofConnections(node),
  ];
  const ports = (node.rules ?? []).flatMap(({ selectors }) =>
    selectors.flatMap((each): readonly Range[] =>
      each.kind === 'port' ? [{ from: BigInt(each.from), to: BigInt(each.to) }] : [],
    ),
  );
  if (hasMaskedPorts(node)) return null;
  for (const { entries } of withSets ? (node.ipsets?.values() ?? []) : []) {
    for (const { text } of entries) {
      const found = textValues(text, family);
      if (found === 'unclear') return null;
      append(addresses, found.addresses);
      append(ports, found.ports);
    }
  }
  return { addresses, ports };
}

function hasMaskedPorts({ rules }: Node): boolean {
  return (rules ?? []).some(({ selectors }) =>
    selectors.some((each) => each.kind === 'other' || (each.kind === 'port' && each.mask !== 0)),
  );
}

function ofInterfaces({ interfaces, glimpsed }: Node, family: Family): readonly Range[] {
  const all: readonly NodeInterface[] = [...(interfaces?.values() ?? []), ...(glimpsed?.values() ?? [])];
  return all.flatMap(({ addresses }) =>
    addresses.flatMap(({ address, prefixLength, broadcast, peer }) =>
      address.family !== family
        ? []
        : [
            ...[address, broadcast, peer].flatMap(hostRange),
            rangeOf({ ...address, mask: prefixMask(family, prefixLength) }),
          ],
    ),
  );
}

function ofRouting({ routes, rules }: Node, family: Family): readonly Range[] {
  const networks = [
    ...(routes[family] ?? []).flatMap(({ destination, from }) => [destination, from]),
    ...(rules ?? []).flatMap(({ from, to }) => [from, to]),
  ];
  const hosts = (routes[family] ?? []).flatMap(({ gateway, preferredSource }) => [gateway, preferredSource]);
  return [
    ...networks.flatMap((each) => (each === null || each.family !== family ? [] : [rangeOf(each)])),
    ...hosts.flatMap((each) => (each?.family === family ? hostRange(each) : [])),
  ];
}

/** Whoever has a known connection is nobody else. */
function ofConnections({ conntrack }: Node): readonly Range[] {
  return (conntrack ?? []).flatMap(({ original, reply }) =>
    [original.source, original.destination, reply.source, reply.destination].flatMap(hostRange),
  );
}

function hostRange(address: Address | null): readonly Range[] {
  return address === null ? [] : [{ from: address.value, to: address.value }];
}

/** The smallest range that holds the network: masks of the node have no holes. */
function rangeOf({ family, value, mask }: Network): Range {
  const all = prefixMask(family, family === 4 ? 32 : 128);
  const from = value & mask;
  return { from, to: from | (all ^ mask) };
}

function rangeOfText(text: string, family: Family): readonly Range[] {
  const address = parseAddress(text);
  if (address !== null) return address.family === family ? hostRange(address) : [];
  const read = readNetwork(text, family);
  return read.kind === 'value' && read.value.family === family ? [rangeOf(read.value)] : [];
}
