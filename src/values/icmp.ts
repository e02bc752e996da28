import type { Family } from './address.ts';
import { MAX_8, type NumberRange, readNumber } from './numbers.ts';
import { fault, type Reading, value } from './reading.ts';

/** A type and the codes of it; `type` null is any type. */
export interface IcmpType {
  readonly type: number | null;
  readonly codes: NumberRange;
}

type Row = readonly [name: string, type: number, code?: number];

/** RFC 792, 950, 1256, 1812; the names of libxtables/xtoptions and extensions/libxt_icmp.h. */
const NAMES_4: readonly Row[] = [
  ['echo-reply', 0],
  ['pong', 0],
  ['destination-unreachable', 3],
  ['network-unreachable', 3, 0],
  ['host-unreachable', 3, 1],
  ['protocol-unreachable', 3, 2],
  ['port-unreachable', 3, 3],
  ['fragmentation-needed', 3, 4],
  ['source-route-failed', 3, 5],
  ['network-unknown', 3, 6],
  ['host-unknown', 3, 7],
  ['network-prohibited', 3, 9],
  ['host-prohibited', 3, 10],
  ['TOS-network-unreachable', 3, 11],
  ['TOS-host-unreachable', 3, 12],
  ['communication-prohibited', 3, 13],
  ['host-precedence-violation', 3, 14],
  ['precedence-cutoff', 3, 15],
  ['source-quench', 4],
  ['redirect', 5],
  ['network-redirect', 5, 0],
  ['host-redirect', 5, 1],
  ['TOS-network-redirect', 5, 2],
  ['TOS-host-redirect', 5, 3],
  ['echo-request', 8],
  ['ping', 8],
  ['router-advertisement', 9],
  ['router-solicitation', 10],
  ['time-exceeded', 11],
  ['ttl-exceeded', 11],
  ['ttl-zero-during-transit', 11, 0],
  ['ttl-zero-during-reassembly', 11, 1],
  ['parameter-problem', 12],
  ['ip-header-bad', 12, 0],
  ['required-option-missing', 12, 1],
  ['timestamp-request', 13],
  ['timestamp-reply', 14],
  ['address-mask-request', 17],
  ['address-mask-reply', 18],
];

/** RFC 4443, 4861. */
const NAMES_6: readonly Row[] = [
  ['destination-unreachable', 1],
  ['no-route', 1, 0],
  ['communication-prohibited', 1, 1],
  ['beyond-scope', 1, 2],
  ['address-unreachable', 1, 3],
  ['port-unreachable', 1, 4],
  ['failed-policy', 1, 5],
  ['reject-route', 1, 6],
  ['packet-too-big', 2],
  ['time-exceeded', 3],
  ['ttl-exceeded', 3],
  ['ttl-zero-during-transit', 3, 0],
  ['ttl-zero-during-reassembly', 3, 1],
  ['parameter-problem', 4],
  ['bad-header', 4, 0],
  ['unknown-header-type', 4, 1],
  ['unknown-option', 4, 2],
  ['echo-request', 128],
  ['ping', 128],
  ['echo-reply', 129],
  ['pong', 129],
  ['router-solicitation', 133],
  ['router-advertisement', 134],
  ['neighbour-solicitation', 135],
  ['neighbor-solicitation', 135],
  ['neighbour-advertisement', 136],
  ['neighbor-advertisement', 136],
  ['redirect', 137],
];

/** The names of types, and of types with a code. */
export function icmpNames(family: Family): readonly string[] {
  const names = (family === 4 ? NAMES_4 : NAMES_6).map(([name]) => name);
  return family === 4 ? [...names, 'any'] : names;
}

const ANY_CODE: NumberRange = { from: 0, to: MAX_8 };

/** Reads `echo-request`, a beginning of one name only, `any` (IPv4), `8` or `3/4`. */
export function readIcmpType(text: string, family: Family): Reading<IcmpType> {
  if (family === 4 && text.toLowerCase() === 'any') return value({ type: null, codes: ANY_CODE });
  const rows = family === 4 ? NAMES_4 : NAMES_6;
  const wanted = text.toLowerCase();
  const exact = rows.find(([name]) => name.toLowerCase() === wanted);
  const found =
    exact === undefined ? rows.filter(([name]) => name.toLowerCase().startsWith(wanted)) : [exact];
  if (found.length > 1) return fault(`begins several names: ${found.map(([name]) => name).join(', ')}`);
  const [row] = found;
  if (row !== undefined) return value({ type: row[1], codes: codes(row[2]) });
  const [typeText = '', codeText] = text.split('/', 2);
  const type = readNumber(typeText, MAX_8);
  if (type.kind === 'fault') return fault(family === 4 ? 'is not an ICMP type' : 'is not an ICMPv6 type');
  if (codeText === undefined) return value({ type: type.value, codes: ANY_CODE });
  const code = readNumber(codeText, MAX_8);
  return code.kind === 'fault'
    ? fault('has a code that is none')
    : value({ type: type.value, codes: codes(code.value) });
}

/** The names of the types of a family, for completion. */
export function icmpTypeNames(family: Family): readonly string[] {
  return (family === 4 ? NAMES_4 : NAMES_6).map(([name]) => name);
}

function codes(code: number | undefined): NumberRange {
  return code === undefined ? ANY_CODE : { from: code, to: code };
}
