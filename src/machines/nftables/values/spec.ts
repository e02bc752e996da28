/** What a rule compares with: values, ranges, prefixes, names with a `*` at the end. */
import { bitsOfTypes } from '../../../rules/nftables/catalogue/widths.ts';
import type { Expression, Prefix } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { parseAddress, prefixMask } from '../../../values/address.ts';
import { PROTOCOLS } from '../../../values/names.ts';
import { readPort } from '../../../values/ports.ts';
import { numberOfWord } from '../../../rules/nftables/catalogue/words.ts';

/** Both ends count. */
export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

export type Spec =
  | { readonly kind: 'range'; readonly range: Interval; readonly text: string }
  | { readonly kind: 'name'; readonly name: string; readonly prefix: boolean; readonly text: string };

/** Types whose values are compared as text. */
const named: ReadonlySet<string> = new Set(['ifname', 'iface_index', 'string']);

/** Null for what cannot be read. `type`: as nft names it; null where that is not known. */
export function specOf(expression: Expression, type: string | null): Spec | null {
  const text = printExpression(expression);
  switch (expression.kind) {
    case 'value': {
      if (type !== null && named.has(type)) return nameSpec(expression.text, type);
      const value = numberOf(expression.text, type);
      return value === null ? null : { kind: 'range', range: { from: value, to: value }, text };
    }
    case 'range': {
      const [from, to] = [valueOf(expression.from, type), valueOf(expression.to, type)];
      return from === null || to === null ? null : { kind: 'range', range: { from, to }, text };
    }
    case 'prefix': {
      const range = prefixRange(expression.address.text, expression.length) ?? bitsRange(expression, type);
      return range === null ? null : { kind: 'range', range, text };
    }
    case 'list':
    case 'binary': {
      const value = valueOf(expression, type);
      return value === null ? null : { kind: 'range', range: { from: value, to: value }, text };
    }
    default:
      return null;
  }
}

/** An index of an interface is the interface’s name here; `*` is any ending of a name only. */
function nameSpec(text: string, type: string): Spec {
  const prefix = type === 'ifname' && text.endsWith('*') && !text.endsWith('\\*');
  const name = prefix ? text.slice(0, -1) : text.replace('\\*', '*');
  return { kind: 'name', name, prefix, text };
}

/** The one number of a value, of bits joined (`fin|syn`, `new,established`), or of an operation; null for anything else. */
export function valueOf(expression: Expression, type: string | null): bigint | null {
  switch (expression.kind) {
    case 'value':
      return numberOf(expression.text, type);
    case 'list':
      return expression.items.reduce<bigint | null>((sum, item) => {
        const value = valueOf(item, type);
        return sum === null || value === null ? null : sum | value;
      }, 0n);
    case 'binary': {
      const [left, right] = [valueOf(expression.left, type), valueOf(expression.right, type)];
      return left === null || right === null ? null : calculate(expression.operator, left, right);
    }
    default:
      return null;
  }
}

export function calculate(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    default:
      return left >> right;
  }
}

function prefixRange(text: string, length: number): Interval | null {
  const address = parseAddress(text);
  if (address === null) return null;
  const mask = prefixMask(address.family, length);
  const full = prefixMask(address.family, address.family === 4 ? 32 : 128);
  return { from: address.value & mask, to: (address.value & mask) | (full ^ mask) };
}

/** `0x00010000/16` of a mark: its first 16 bits. */
function bitsRange({ address, length }: Prefix, type: string | null): Interval | null {
  const [value, bits] = [numberOf(address.text, type), bitsOfTypes[type ?? '']];
  if (value === null || bits === undefined || length > bits) return null;
  const rest = (1n << BigInt(bits - length)) - 1n;
  return { from: value - (value & rest), to: value | rest };
}

const NUMBER = /^(?:0x[\da-f]+|\d+)$/i;
const MAC = /^[\da-f]{1,2}(?:[:-][\da-f]{1,2}){5}$/i;
const CLASS = /^([\da-f]*):([\da-f]*)$/i;

function numberOf(text: string, type: string | null): bigint | null {
  if (type === 'ct_label') return labelBit(text);
  if (NUMBER.test(text) && type !== 'classid') return BigInt(text);
  const ofType = type === null ? null : numberOfType(text, type);
  if (ofType !== null) return ofType;
  const address = parseAddress(text);
  if (address !== null) return address.value;
  if (MAC.test(text)) return macNumber(text);
  return null;
}

function numberOfType(text: string, type: string): bigint | null {
  const word = numberOfWord(type, text);
  if (word !== null) return BigInt(word);
  switch (type) {
    case 'inet_proto': {
      const protocol = PROTOCOLS.get(text.toLowerCase());
      return protocol === undefined ? null : BigInt(protocol);
    }
    case 'inet_service': {
      const port = readPort(text);
      return port.kind === 'value' ? BigInt(port.value) : null;
    }
    case 'classid':
      return classNumber(text);
    case 'uid':
    case 'gid':
      return text === 'root' ? 0n : null;
    default:
      return null;
  }
}

/** `ct label 5` is the bit of that number; what a name of connlabel.conf stands for is in no listing. */
function labelBit(text: string): bigint | null {
  const number = NUMBER.test(text) ? BigInt(text) : null;
  return number === null || number >= LABELS ? null : 1n << number;
}

/** XT_CONNLABEL_MAXBIT and one. */
const LABELS = 128n;

function macNumber(text: string): bigint {
  return text.split(/[:-]/).reduce((sum, part) => (sum << 8n) | BigInt(`0x${part}`), 0n);
}

/** `1:10`, `none`: both parts are written in hex. */
function classNumber(text: string): bigint | null {
  if (text === 'none') return 0n;
  const found = CLASS.exec(text);
  if (found === null) return NUMBER.test(text) ? BigInt(text) : null;
  const [, major = '', minor = ''] = found;
  return (BigInt(`0x${major === '' ? '0' : major}`) << 16n) | BigInt(`0x${minor === '' ? '0' : minor}`);
}

/** Whether a value that is known is what `spec` says. */
export function fits(known: bigint | string, spec: Spec): boolean {
  if (spec.kind === 'name') {
    if (typeof known !== 'string') return false;
    return spec.prefix ? known.startsWith(spec.name) : known === spec.name;
  }
  return typeof known === 'bigint' && known >= spec.range.from && known <= spec.range.to;
}
