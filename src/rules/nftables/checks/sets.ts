/** Sets and maps: their types, flags and elements. */
import type { Element, Expression } from '../expressions.ts';
import type { SetDefinition } from '../nodes.ts';
import { checkOverlaps } from './overlaps.ts';
import { printExpression } from '../printing/expressions.ts';
import type { Problems } from './problem.ts';
import { dataTypeOf, keyTypeOf, setTypes } from './types.ts';
import { checkData, checkValue } from './values.ts';
import type { Scope } from './world.ts';

const FLAGS: ReadonlySet<string> = new Set(['constant', 'interval', 'timeout', 'dynamic']);
const DATA_OBJECTS: ReadonlySet<string> = new Set([
  'verdict',
  'counter',
  'quota',
  'limit',
  'synproxy',
  'secmark',
]);

export function checkSet(set: SetDefinition, scope: Scope, problems: Problems): void {
  const { kind, type, data, flags, policy, name } = set;
  for (const flag of flags) {
    if (!FLAGS.has(flag)) problems.add('nft-syntax', name, `${flag} is no flag of a set.`);
  }
  if (policy !== null && policy !== 'memory' && policy !== 'performance')
    problems.add('nft-syntax', name, 'The policy of a set is memory or performance.');
  if (type === null) problems.add('nft-syntax', name, `The ${kind} has no type.`);
  else if (type.kind === 'type') checkTypes(type.of, false, problems);
  if (kind === 'map' && data === null && type !== null)
    problems.add('nft-syntax', name, 'The map does not say what it holds.');
  if (kind === 'set' && data !== null)
    problems.add('nft-syntax', data, 'A set holds keys only; this is a map.');
  if (data !== null && type?.kind === 'type') checkTypes(data, true, problems);
  if (flags.includes('constant') && flags.includes('timeout'))
    problems.add('nft-value', name, 'A constant set has no timeout.');
  checkElements(set, scope, problems);
}

function checkTypes(expression: Expression, isData: boolean, problems: Problems): void {
  const parts = expression.kind === 'concat' ? expression.parts : [expression];
  for (const part of parts) {
    const text = part.kind === 'value' ? part.text : '';
    const isKnown = setTypes.has(text) || (isData && DATA_OBJECTS.has(text));
    if (!isKnown) problems.add('nft-value', part, `${text === '' ? 'This' : text} is no type of elements.`);
  }
}

/** `set` with the elements that are to be looked at. */
export function checkElements(set: SetDefinition, scope: Scope, problems: Problems): void {
  const types = keyTypeOf(set, scope);
  const check = { scope, problems };
  for (const element of set.elements) {
    if (types !== null) checkValue(element.key, types, check);
    if (!set.flags.includes('interval') && isInterval(element.key))
      problems.add('nft-value', element.key, 'Ranges and prefixes need "flags interval".');
    if (set.kind === 'map' && element.data === null)
      problems.add('nft-syntax', element, 'The element of a map lacks what it leads to.');
    checkStatements(element, set, problems);
    if (set.kind === 'set' && element.data !== null)
      problems.add('nft-syntax', element, 'The element of a set leads to nothing.');
  }
  if (set.data?.kind === 'value' && set.data.text === 'verdict') checkVerdicts(set.elements, problems);
  const data = dataTypeOf(set, scope);
  if (data !== null) checkData(set.elements, data, check);
  if (data !== null && !set.dataInterval) checkSingle(set.elements, problems);
  checkTwice(set.elements, set.kind, problems);
  if (set.flags.includes('interval') && !set.autoMerge) checkOverlaps(set.elements, problems);
}

/** Counters and limits of an element are those that its set declares; a set that rules fill declares none. */
function checkStatements(element: Element, set: SetDefinition, problems: Problems): void {
  const [own, declared] = [element.statements.length, set.statements.length];
  if (own === 0 || (declared === 0 && set.flags.includes('dynamic'))) return;
  if (declared === 0)
    problems.add('nft-value', element, `Elements have a ${set.kind}’s statements, and this declares none.`);
  else if (own !== declared)
    problems.add('nft-value', element, `The ${set.kind} has ${declared} statements, and its element ${own}.`);
}

/** The data of a map of verdicts. */
export function checkVerdicts(elements: readonly Element[], problems: Problems): void {
  for (const { data } of elements) {
    if (data !== null && data.kind !== 'verdict') problems.add('nft-value', data, 'This is no verdict.');
  }
}

function isInterval(key: Expression): boolean {
  if (key.kind === 'concat') return key.parts.some(isInterval);
  return (
    key.kind === 'range' ||
    (key.kind === 'prefix' && key.length < 128 && !(key.length === 32 && !key.address.text.includes(':')))
  );
}

/** The data of a map that does not say `interval`. */
function checkSingle(elements: readonly Element[], problems: Problems): void {
  for (const { data } of elements) {
    if (data !== null && data.kind !== 'verdict' && isInterval(data))
      problems.add('nft-value', data, 'A map leads to single values, unless it is one “: interval …”.');
  }
}

/** One key with two data. */
export function checkTwice(elements: readonly Element[], kind: 'set' | 'map', problems: Problems): void {
  if (kind === 'set') return;
  const seen = new Map<string, string>();
  for (const { key, data } of elements) {
    const [word, leads] = [printExpression(key), data === null ? '' : printExpression(data)];
    const before = seen.get(word);
    if (before !== undefined && before !== leads)
      problems.add('nft-twice', key, 'The map has this key already, with something else.');
    seen.set(word, leads);
  }
}
