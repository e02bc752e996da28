/** Types of expressions, as nft works them out: one for each part of a concatenation. */
import { lookup } from '../../../text/lookup.ts';
import { ctKeys, metaKeys } from '../catalogue/keys.ts';
import { bitsOfTypes } from '../catalogue/widths.ts';
import { extensionHeaders, payloads } from '../catalogue/payloads.ts';
import { typeOf } from '../catalogue/typeOf.ts';
import type { Expression, HeaderOption, RawPayload } from '../expressions.ts';
import type { SetDefinition } from '../nodes.ts';
import type { Scope } from './world.ts';

export interface Typed {
  readonly type: string;
  /** Its width; null where that hangs on what it is compared with. */
  readonly bits: number | null;
  /** The largest number that it can be, where that is less than its width allows. */
  readonly most?: number;
}

/** Types that `type` of a set takes. */
export const setTypes: ReadonlySet<string> = new Set(
  Object.keys(bitsOfTypes).filter((type) => !['ecn', 'day', 'hour', 'ct_event', 'ct_label'].includes(type)),
);

/** Keys of meta and ct whose type is a number, by their width. */
const bitsOfKeys: Readonly<Record<string, number>> = lookup({
  length: 32,
  ibrpvid: 16,
  cpu: 32,
  cgroup: 32,
  random: 32,
  nftrace: 1,
  secmark: 32,
  count: 32,
  bytes: 64,
  packets: 64,
  avgpkt: 64,
  zone: 16,
  id: 32,
});

/** Null where it is not known. */
export function typedOf(expression: Expression, scope: Scope): readonly Typed[] | null {
  switch (expression.kind) {
    case 'concat': {
      const parts = expression.parts.map((part) => typedOf(part, scope));
      return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
    }
    case 'binary':
      return typedOf(expression.left, scope);
    case 'map': {
      const set = expression.data.kind === 'reference' ? scope.sets.get(expression.data.name) : undefined;
      return set === undefined ? null : dataTypeOf(set, scope);
    }
    case 'payload': {
      const field = payloads.get(expression.protocol)?.get(expression.field);
      return field === undefined ? null : [{ type: field.type, bits: field.bits }];
    }
    case 'meta':
      return one(metaKeys.get(expression.key) ?? null, bitsOfKeys[expression.key]);
    case 'ct':
      return typeOfCt(expression.key, expression.direction !== null);
    case 'option':
      return typeOfOption(expression);
    case 'raw':
      return [{ type: isPort(expression) ? 'inet_service' : 'integer', bits: expression.length }];
    case 'rt':
      // nft compares it as a whole byte.
      return one(typeOf(expression), expression.key === 'ipsec' ? 8 : undefined);
    case 'numgen':
    case 'jhash':
    case 'symhash':
      return [{ type: 'integer', bits: 32, most: expression.mod + expression.offset - 1 }];
    case 'socket':
      return one(typeOf(expression), expression.key === 'transparent' ? 1 : undefined);
    default:
      return one(typeOf(expression));
  }
}

function one(type: string | null, bits?: number): readonly Typed[] | null {
  if (type === null || type === 'invalid') return null;
  return [{ type, bits: bits ?? bitsOfTypes[type] ?? null }];
}

/** `@th,16,16` is `th dport` to nft. */
function isPort({ base, offset, length }: RawPayload): boolean {
  return base === 'th' && length === 16 && (offset === 0 || offset === 16);
}

/** Fields of TCP options (src/tcpopt.c). */
const bitsOfTcpOptions: Readonly<Record<string, number>> = lookup({
  kind: 8,
  length: 8,
  size: 16,
  count: 8,
  left: 32,
  right: 32,
  tsval: 32,
  tsecr: 32,
  subtype: 4,
});

/** Whether a header or an option is there is asked with `exists`, or a number of a byte. */
function typeOfOption({ of, name, field }: HeaderOption): readonly Typed[] | null {
  if (field === null) return [{ type: 'boolean', bits: 8 }];
  if (of === 'tcp option') {
    const bits = bitsOfTcpOptions[field];
    return bits === undefined ? null : [{ type: 'integer', bits }];
  }
  const known = extensionHeaders.get(name)?.get(field);
  return known === undefined ? null : [{ type: known.type, bits: known.bits }];
}

function typeOfCt(key: string, hasDirection: boolean): readonly Typed[] | null {
  if (key.startsWith('ip ')) return one('ipv4_addr');
  if (key.startsWith('ip6 ')) return one('ipv6_addr');
  return hasDirection && key === 'protocol'
    ? one('inet_proto')
    : one(ctKeys.get(key) ?? null, bitsOfKeys[key]);
}

/** Of the elements of a set. */
export function keyTypeOf({ type }: SetDefinition, scope: Scope): readonly Typed[] | null {
  return type === null ? null : typesSaid(type.of, type.kind, scope);
}

/** Of what a map holds for its keys; null where that is a verdict or an object. */
export function dataTypeOf({ type, data }: SetDefinition, scope: Scope): readonly Typed[] | null {
  return data === null ? null : typesSaid(data, type?.kind ?? 'type', scope);
}

/** `ipv4_addr . inet_service` of `type`; selectors of `typeof`. */
function typesSaid(expression: Expression, kind: 'type' | 'typeof', scope: Scope): readonly Typed[] | null {
  const parts = expression.kind === 'concat' ? expression.parts : [expression];
  const found = parts.map((part) =>
    kind === 'type'
      ? part.kind === 'value' && setTypes.has(part.text)
        ? one(part.text)
        : null
      : typedOf(part, scope),
  );
  return found.includes(null) ? null : found.flatMap((part) => part ?? []);
}
