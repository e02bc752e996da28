import type { FrontendKind } from '../../kubeproxy/services/frontend.ts';
import { formatAddress, parseAddress } from '../../values/address.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { AddressOwner } from '../../kubeproxy/services/catalog.ts';
import { frontendKindWords } from '../../kubeproxy/words/frontendWords.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import { escaped } from '../markdown.ts';
import { listed } from '../words.ts';

/** The single addresses that a value names: `10.96.0.1/32`, `[fd00::1]:80`, `10.0.0.1-10.0.0.9`, `a,b`. */
export function addressesIn(value: string): readonly string[] {
  const parts = value.split(/[,-]/);
  return parts.flatMap((part) => {
    const [, bracketed] = /^\[([0-9A-Fa-f:.]+)\]/.exec(part) ?? [];
    const [, dotted] = /^(\d+\.\d+\.\d+\.\d+)(?:\/32|\/255\.255\.255\.255|:.*)?$/.exec(part) ?? [];
    const [, plain] = /^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:\/128)?$/.exec(part) ?? [];
    const address = parseAddress(bracketed ?? dotted ?? plain ?? '');
    return address === null ? [] : [formatAddress(address)];
  });
}

/** How many owners of one address are told. */
const MOST_OWNERS = 4;

/**
 * `the ClusterIP of default/web:http`, `pod default/web-1 on node-1 and an endpoint of …`; empty where nobody is known.
 * `name` writes the names, which may hold anything: for a hover, unless told otherwise.
 */
export function ownersOf(analysis: Analysis, address: string, name: Printer = escaped): string {
  const words = new Set(analysis.catalog.whoHas(address).map((owner) => ownerWords(owner, name)));
  const own = interfaceOf(analysis, address);
  if (own !== null) words.add(`this node's address on ${name(own)}`);
  return listed([...words], MOST_OWNERS);
}

type Printer = (name: string) => string;

function ownerWords(owner: AddressOwner, print: Printer): string {
  switch (owner.kind) {
    case 'frontend':
      return `${frontendName(owner.frontend.kind)} of ${print(owner.port.name)}`;
    case 'endpoint':
      return `an endpoint of ${print(owner.port.name)}${podWords(owner, print)}`;
    case 'pod': {
      const on = owner.node === null ? '' : ` on ${print(owner.node)}`;
      const host = owner.hostNetwork ? ', which shares its node’s network' : '';
      const state = owner.terminating ? ', terminating' : owner.ready ? '' : ', not ready';
      return `pod ${print(`${owner.namespace}/${owner.name}`)}${on}${state}${host}`;
    }
    case 'node':
      break;
  }
  return `node ${print(owner.name)}`;
}

/** A Service has one ClusterIP of a family, and any number of the others. */
function frontendName(kind: FrontendKind): string {
  const words = frontendKindWords(kind);
  if (kind === 'clusterIP') return `the ${words}`;
  return /^[aeiou]/.test(words) ? `an ${words}` : `a ${words}`;
}

function podWords({ endpoint }: Extract<AddressOwner, { kind: 'endpoint' }>, print: Printer): string {
  const port = formatEndpoint({ address: endpoint.address, port: endpoint.port });
  return endpoint.pod === null ? ` (${print(port)})` : ` (${print(port)}, ${print(endpoint.pod.name)})`;
}

function interfaceOf(analysis: Analysis, address: string): string | null {
  const wanted = parseAddress(address);
  if (wanted === null) return null;
  for (const each of analysis.node.interfaces?.values() ?? []) {
    const has = each.addresses.some(
      ({ address: own }) => own.family === wanted.family && own.value === wanted.value,
    );
    if (has) return each.name;
  }
  return null;
}
