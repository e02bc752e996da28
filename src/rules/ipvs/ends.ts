/** Addresses with ports, protocols and marks as ipvsadm writes them. */
import { parseAddress } from '../../values/address.ts';
import { MAX_16, MAX_32 } from '../../values/numbers.ts';
import type { End, IpvsProtocol } from './nodes.ts';

const END = /^(?:\[([^\]]+)\]|([^[\]:]+)):(\d{1,5})$/;

/** `10.96.0.1:443`, `[fd00::1]:443`; null for anything else, names among it. */
export function readEnd(text: string): End | null {
  const found = END.exec(text);
  if (found === null) return null;
  const address = parseAddress(found[1] ?? found[2] ?? '');
  const port = Number(found[3]);
  return address === null || port > MAX_16 ? null : { address, port };
}

/** Whether it has the form of an end, with names in place of numbers: `kubernetes.default:https`. */
export function isNamedEnd(text: string): boolean {
  return /^[\w.[\]-]+:[\w-]*$/.test(text);
}

export function readCount(text: string | undefined, max = MAX_32): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null;
  const count = Number(text);
  return count <= max ? count : null;
}

const protocols: ReadonlyMap<string, IpvsProtocol> = new Map([
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['SCTP', 'sctp'],
]);

/** As listings write it: `TCP`. */
export function readListedProtocol(text: string | undefined): IpvsProtocol | null {
  return protocols.get(text ?? '') ?? null;
}
