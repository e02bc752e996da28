/** Whether a value is of the type that it is compared with, and within its range. */
import { protocolWords } from '../catalogue/reserved.ts';
import { bitmaskTypes } from '../catalogue/keys.ts';
import { constantsOfTypes } from '../catalogue/constants.ts';
import type { Element, Expression, Value } from '../expressions.ts';
import { type Meant, meantByWord } from './meant.ts';
import type { Problems } from './problem.ts';
import { keyTypeOf, type Typed } from './types.ts';
import type { Scope } from './world.ts';

export interface ValueCheck {
  readonly scope: Scope;
  readonly problems: Problems;
  /** Whether the value is a key of a map, of which nft asks less. */
  readonly ofMap?: boolean;
}

/** `right` beside something of `types`. */
export function checkValue(right: Expression, types: readonly Typed[], check: ValueCheck): void {
  switch (right.kind) {
    case 'set':
      for (const { key } of right.elements) checkValue(key, types, check);
      if (right.elements.length === 0) check.problems.add('nft-value', right, 'The set is empty.');
      return;
    case 'concat':
      checkConcat(right.parts, right, types, check);
      return;
    case 'reference':
      checkReference(right, types, check);
      return;
    case 'any':
      return;
    default:
      if (types.length > 1)
        check.problems.add('nft-value', right, `This has one part where ${types.length} are compared.`);
      else if (types[0] !== undefined) checkOne(right, types[0], check);
  }
}

function checkConcat(
  parts: readonly Expression[],
  at: Expression,
  types: readonly Typed[],
  check: ValueCheck,
): void {
  if (parts.length !== types.length) {
    check.problems.add('nft-value', at, `This has ${parts.length} parts where ${types.length} are compared.`);
    return;
  }
  for (const [index, part] of parts.entries()) {
    const type = types[index];
    if (type !== undefined) checkOne(part, { type: type.type, bits: type.bits }, check);
  }
}

function checkReference(
  right: Extract<Expression, { kind: 'reference' }>,
  types: readonly Typed[],
  { scope, problems }: ValueCheck,
): void {
  const set = scope.sets.get(right.name);
  const of = set === undefined ? null : keyTypeOf(set, scope);
  if (of === null) return;
  const differ = of.filter(({ type }, index) => type !== types[index]?.type);
  if (of.length === types.length && differ.length === 0) return;
  const isMisprint = differ.every((each) => isPortOfIcmp(each, types[of.indexOf(each)]));
  if (of.length === types.length && isMisprint)
    problems.add(
      'nft-misprint',
      right,
      'nft lists a port of any protocol as what ICMP has in its place, and does not read that.',
    );
  else problems.add('nft-value', right, `The set is of ${wordsOf(of)}, and compared with ${wordsOf(types)}.`);
}

/** `th dport` behind a rule's own ask for ICMP is listed as `icmp checksum` (nft 1.0.6, seen in listings of loaded rules). */
function isPortOfIcmp(of: Typed, compared: Typed | undefined): boolean {
  return of.type === 'inet_service' && compared?.type === 'integer' && compared.bits === 16;
}

export function wordsOf(types: readonly Typed[]): string {
  return types.map(({ type }) => type).join(' . ');
}

/** Types without an order of their values: no ranges, no prefixes. */
const unordered: ReadonlySet<string> = new Set(['ifname', 'string', 'verdict']);

function checkOne(expression: Expression, typed: Typed, check: ValueCheck): void {
  const { problems } = check;
  switch (expression.kind) {
    case 'value':
      checkWord(expression, typed, check);
      return;
    case 'list':
      for (const item of expression.items) checkOne(item, typed, check);
      if (!bitmaskTypes.has(typed.type) && typed.type !== 'integer' && typed.type !== 'mark')
        problems.add(
          'nft-value',
          expression,
          `Values of ${typed.type} are no bits: a list of them is a set in braces.`,
          asSet(problems.written(expression)),
        );
      return;
    case 'range': {
      const { from, to } = expression;
      checkOne(from, typed, check);
      checkOne(to, typed, check);
      if (unordered.has(typed.type))
        problems.add('nft-value', expression, `There is no range of ${typed.type}.`);
      else if (from.kind === 'value' && to.kind === 'value' && isBackwards(from, to, typed.type))
        problems.add('nft-value', expression, 'The range ends before it begins.');
      return;
    }
    case 'prefix': {
      checkWord(expression.address, typed, check);
      if (typed.bits !== null && expression.length > typed.bits)
        problems.add('nft-value', expression, `A prefix of ${typed.type} has at most ${typed.bits} bits.`);
      return;
    }
    case 'concat':
      problems.add('nft-value', expression, 'This has several parts where one is compared.');
      return;
    case 'binary':
      checkWords(expression.left, typed, check);
      checkWords(expression.right, typed, check);
      return;
    default:
  }
}

/** `ssh,http` */
function asSet(written: string): Meant {
  const set = `{ ${written
    .split(',')
    .map((each) => each.trim())
    .join(', ')} }`;
  return { hint: `Write ${set}.`, newText: set };
}

/** The words of an operand: a number there may have more bits than what is compared. */
export function checkWords(operand: Expression, typed: Typed, check: ValueCheck): void {
  switch (operand.kind) {
    case 'value':
      if (typeof operand.value === 'string') checkWord(operand, typed, check);
      return;
    case 'list':
      for (const item of operand.items) checkWords(item, typed, check);
      return;
    case 'binary':
      checkWords(operand.left, typed, check);
      checkWords(operand.right, typed, check);
      return;
    default:
  }
}

function isBackwards(from: Value, to: Value, type: string): boolean {
  const [one, other] = [orderOf(from, type), orderOf(to, type)];
  return one !== null && other !== null && one >= other;
}

/** A number for what can be put in order. */
function orderOf({ value, text }: Value, type: string): number | null {
  if (typeof value === 'number') return value;
  if (isAddress4(text)) return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return constantsOfTypes.get(type)?.get(text) ?? null;
}

function isAddress4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) <= 255);
}

/** `fd00::1`, `aa:bb:cc:dd:ee:ff`, `1:20`: what nft reads as an address or a class, and no name is. */
function isColons(text: string): boolean {
  return /^[\da-f:.]*:[\da-f:.]*$/iu.test(text);
}

function isAddress6(text: string): boolean {
  if (!/^[\da-f:.]+$/iu.test(text) || !text.includes(':')) return false;
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  const groups = [...head.split(':'), ...(tail ?? '').split(':')].filter((group) => group !== '');
  const last = groups.at(-1) ?? '';
  const isMixed = last.includes('.');
  if (isMixed && !isAddress4(last)) return false;
  const count = groups.length + (isMixed ? 1 : 0);
  const plain = isMixed ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[\da-f]{1,4}$/iu.test(group))) return false;
  const isTorn =
    tail === undefined
      ? text.startsWith(':') || text.endsWith(':')
      : head.endsWith(':') || tail.startsWith(':') || tail.endsWith(':');
  return !isTorn && (tail === undefined ? count === 8 : count < 8);
}

function checkWord(value: Value, { type, bits, most }: Typed, { problems, ofMap }: ValueCheck): void {
  const { text, quoted, value: number } = value;
  if (!quoted && isNumberOfItsOwn(text)) {
    const isTaken = protocolWords.has(text) ? type === 'inet_proto' : ofPresence.has(type);
    if (ofMap !== true && !isTaken) problems.add('nft-value', value, `${text} is no ${type}.`);
    return;
  }
  if (most !== undefined && ofMap !== true && typeof number === 'number' && number > most) {
    problems.add('nft-value', value, `It is at most ${most}.`);
    return;
  }
  const unlisted = unlistedName(value, type);
  if (unlisted !== null) {
    problems.addUnlisted(value, unlisted);
    return;
  }
  const why = whyNot(value, type, bits);
  if (why !== null) problems.add('nft-value', value, why, quoted ? null : meantByWord(text, type));
}

/** Types whose words nft looks up on the machine: users, groups, `/etc/iproute2/rt_marks` and its like. Which there are is not known. */
const ofMachine: ReadonlySet<string> = new Set([
  'uid',
  'gid',
  'iface_index',
  'realm',
  'devgroup',
  'mark',
  'cgroupsv2',
  'ct_label',
]);

/** Words that are a number of a type of their own wherever they stand (src/parser_bison.y, `primary_rhs_expr`). */
function isNumberOfItsOwn(text: string): boolean {
  return protocolWords.has(text) || text === 'exists' || text === 'missing';
}

/** Types of which `exists` and `missing` are values: an interface of `fib` among them. */
const ofPresence: ReadonlySet<string> = new Set(['boolean', 'iface_index']);

/** Types of which some names are listed here, and where nft looks up the others. */
const lookedUp: ReadonlyMap<string, string> = new Map([
  ['inet_service', '/etc/services'],
  ['inet_proto', '/etc/protocols'],
  ['ipv4_addr', '/etc/hosts or by DNS'],
  ['ipv6_addr', '/etc/hosts or by DNS'],
]);

/** What is told of a word that may be a name which the machine knows; null for what is none, and for names that are listed here. */
function unlistedName({ text, value, quoted }: Value, type: string): string | null {
  const file = lookedUp.get(type);
  if (file === undefined || typeof value === 'number' || text.startsWith('$')) return null;
  const isName = /^[\w.+/-]*[a-z_][\w.+/-]*$/iu.test(text);
  const isAddress = type.startsWith('ipv');
  if (!isName || (!quoted && protocolWords.has(text)) || text === 'localhost') return null;
  if (isAddress) return `${text} is no address; nft looks it up as the name of a host, in ${file}.`;
  if (constantsOfTypes.get(type)?.has(text) === true) return null;
  return `${text} is not known here as ${type}; nft looks it up in ${file} of the machine.`;
}

function whyNot(value: Value, type: string, bits: number | null): string | null {
  const { text, quoted } = value;
  if (text.startsWith('$')) return null;
  if (type === 'ifname') return whyNotInterface(value);
  if (typeof value.value === 'number' && type === 'ipv6_addr') return `${text} is no address of IPv6.`;
  if (typeof value.value === 'number' && type === 'ether_addr' && value.value > MOST_OF_BYTE)
    return `${text} is no hardware address.`;
  if (
    typeof value.value === 'number' &&
    !/[a-z]/iu.test(text.replace(/^0x/iu, '').replaceAll(/[a-f]/giu, ''))
  ) {
    if (type === 'day' && value.value > LAST_DAY) return `Days are 0 (Sunday) to ${LAST_DAY}.`;
    if (type === 'classid' || type === 'hour') return null;
    if (type === 'ct_label') return value.value >= LABELS ? `Labels are 0 to ${LABELS - 1}.` : null;
    return bits !== null && value.value >= 2 ** bits ? `${text} does not fit into ${bits} bits.` : null;
  }
  switch (type) {
    case 'ipv4_addr':
      if (isAddress4(text)) return null;
      return text === 'localhost' ? null : `${text} is no address of IPv4.`;
    case 'ipv6_addr':
      if (isAddress6(text)) return null;
      return text === 'localhost' ? null : `${text} is no address of IPv6.`;
    case 'ether_addr':
      return /^[\da-f]{1,2}([:-][\da-f]{1,2}){5}$/iu.test(text) ? null : `${text} is no hardware address.`;
    case 'classid':
      // What is no class nft reads as a number, whatever it is (tchandle_type_parse).
      return null;
    case 'time':
      return typeof value.value === 'number' || isDate(text)
        ? null
        : `${text} is no date: write it as "2026-01-31 18:00:00".`;
    case 'hour':
      return isHour(text) ? null : `${text} is no time of the day: write it as "18:00".`;
    case 'string':
      return text.length > LONGEST_STRING ? `This has at most ${LONGEST_STRING} characters.` : null;
    default:
  }
  if (ofMachine.has(type)) return isAddress4(text) || isColons(text) ? `${text} is no ${type}.` : null;
  const constants = constantsOfTypes.get(type);
  if (constants === undefined) return quoted && type !== 'integer' ? null : `${text} is no number.`;
  return constants.has(text) ? null : `${text} is not known as ${type}.`;
}

const MOST_OF_BYTE = 255;
const LAST_DAY = 6;
const LABELS = 128;

/** nft reads the date, and asks no more of what is behind it than that it may be a time. */
function isDate(text: string): boolean {
  return /^\d+$/u.test(text) || /^\d{1,4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])/u.test(text);
}

/** `9:00`, `09:00:30`; without a colon nft reads seconds, or nothing. */
function isHour(text: string): boolean {
  return !text.includes(':') || /^(?:[01]?\d|2[0-3]):[0-5]?\d(?::[0-5]?\d)?$/u.test(text);
}

const LONGEST_STRING = 15;
const LONGEST_INTERFACE = 15;

function whyNotInterface({ text }: Value): string | null {
  if (text.length > LONGEST_INTERFACE)
    return `The name of an interface has at most ${LONGEST_INTERFACE} characters.`;
  return text === '' ? 'The name of an interface is empty.' : null;
}

/** The data of map elements beside their type. */
export function checkData(elements: readonly Element[], types: readonly Typed[], check: ValueCheck): void {
  for (const { data } of elements)
    if (data !== null && data.kind !== 'verdict') checkValue(data, types, check);
}
