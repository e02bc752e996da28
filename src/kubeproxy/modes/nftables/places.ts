/** What the keys of kube-proxy's verdict maps say: to which address, protocol and port a packet goes. */
import { lookup } from '../../../text/lookup.ts';
import { normalAddress } from '../../../values/address.ts';
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';

/** Where packets go to; a node port has no address. */
export interface Place {
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
}

/** `10.96.0.1|443|tcp`, the address in one spelling. */
export function placeKey({ address, port, protocol }: Place): string {
  return `${address === null ? '' : normalAddress(address)}|${port}|${protocol}`;
}

type Part = 'address' | 'protocol' | 'port';

/** Which part of a key stands where: of `ip daddr . meta l4proto . th dport`; null for a key of anything else. */
export function partsOf(key: Expression): readonly Part[] | null {
  const parts = key.kind === 'concat' ? key.parts : [key];
  const found = parts.map(partOf);
  const known = found.filter((each) => each !== null);
  return known.length === found.length && known.includes('port') && known.includes('protocol') ? known : null;
}

function partOf(expression: Expression): Part | null {
  if (expression.kind === 'meta') return expression.key === 'l4proto' ? 'protocol' : null;
  if (expression.kind !== 'payload' || expression.tunnel !== null) return null;
  const { protocol, field } = expression;
  if (protocol === 'ip' || protocol === 'ip6')
    return field === 'daddr' ? 'address' : field === 'protocol' || field === 'nexthdr' ? 'protocol' : null;
  return field === 'dport' ? 'port' : null;
}

/** The place of an element of a map with such a key; null for one that is not a single place. */
export function placeOfElement(parts: readonly Part[], { key }: Pick<Element, 'key'>): Place | null {
  const values = key.kind === 'concat' ? key.parts : [key];
  const at = (part: Part): string | null => {
    const value = values[parts.indexOf(part)];
    return value?.kind === 'value' ? value.text : null;
  };
  const [protocol, port] = [at('protocol'), Number(at('port') ?? NaN)];
  const address = at('address');
  if (protocol === null || !Number.isInteger(port) || (parts.includes('address') && address === null))
    return null;
  return { address, port, protocol: NUMBERS[protocol] ?? protocol.toLowerCase() };
}

/** As `nft -n` lists protocols. */
const NUMBERS: Readonly<Record<string, string>> = lookup({ 6: 'tcp', 17: 'udp', 132: 'sctp' });
