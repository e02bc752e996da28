/** What rules can write: fields of headers, and a few keys of meta and ct (nft_meta_set_init, nft_ct_set_init, nft_exthdr_tcp_set_init). */
import { tunnels } from '../catalogue/payloads.ts';
import type { Expression } from '../expressions.ts';
import { type Typed, typedOf } from './types.ts';
import { type ValueCheck, wordsOf } from './values.ts';

const writableMeta: ReadonlySet<string> = new Set([
  'mark',
  'priority',
  'nftrace',
  'pkttype',
  'secmark',
  'broute',
]);
const writableCt: ReadonlySet<string> = new Set(['mark', 'zone', 'event', 'label', 'helper', 'secmark']);
/** Widths of fields of TCP options that the kernel writes. */
const writableWidths: readonly number[] = [16, 32];

/** What cannot be written to a field or a mark; nft 1.0.8 and later take numbers of other types for a mark. */
export function checkWritten(target: Expression, value: Expression, { scope, problems }: ValueCheck): void {
  const to = typedOf(target, scope);
  if (!isWritable(target, to))
    problems.add('nft-misplaced', target, `${problems.written(target)} can be asked, and not written.`);
  if (value.kind === 'range' || value.kind === 'prefix' || value.kind === 'set' || value.kind === 'reference')
    problems.add('nft-value', value, 'One value is written, not several.');
  const of = isRead(value) ? typedOf(value, scope) : null;
  if (to === null || of === null) return;
  const isLoose = [...to, ...of].some(({ type }) => type === 'integer' || type === 'dscp' || type === 'ecn');
  if (!isLoose && to[0]?.type !== 'mark' && wordsOf(to) !== wordsOf(of))
    problems.add('nft-value', value, `This is ${wordsOf(of)}, and written to what is ${wordsOf(to)}.`);
}

function isRead({ kind }: Expression): boolean {
  return kind === 'payload' || kind === 'meta' || kind === 'ct';
}

function isWritable(target: Expression, types: readonly Typed[] | null): boolean {
  switch (target.kind) {
    case 'payload':
      return target.tunnel === null && !tunnels.has(target.protocol);
    case 'meta':
      return writableMeta.has(target.key);
    case 'ct':
      return (target.direction === null && writableCt.has(target.key)) || target.key === 'zone';
    case 'option':
      return target.of === 'tcp option' && (types === null || writableWidths.includes(types[0]?.bits ?? 0));
    case 'raw':
      return true;
    default:
      return false;
  }
}

/** A shift by as many bits as there are, or more. */
export function checkShift(expression: Expression, { scope, problems }: ValueCheck): void {
  if (expression.kind !== 'binary') return;
  const { left, operator, right } = expression;
  if ((operator !== '<<' && operator !== '>>') || right.kind !== 'value') return;
  const [type] = typedOf(left, scope) ?? [];
  const bits = type?.bits ?? null;
  // A field of a few bits nft shifts within the bytes that it is in.
  if (bits === null || bits % 8 !== 0) return;
  if (typeof right.value === 'number' && right.value >= bits)
    problems.add('nft-value', right, `${problems.written(left)} has ${bits} bits: none is left of it.`);
}
