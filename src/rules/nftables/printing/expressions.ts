/** Expressions as `nft list ruleset` writes them. */
import { lookup } from '../../../text/lookup.ts';
import { bareKeys } from '../catalogue/keys.ts';
import type { Element, Expression, HeaderOption, Value, ValueList, Word } from '../expressions.ts';
import { printStateful } from './stateful.ts';

export function printWord({ text, quoted }: Word): string {
  return quoted ? `"${text}"` : text;
}

/** How tight an operator binds. */
const TIGHTNESS: Readonly<Record<string, number>> = lookup({ '|': 1, '^': 2, '&': 3, '<<': 4, '>>': 4 });

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'value':
      return printWord(expression);
    case 'range':
      return `${printExpression(expression.from)}-${printExpression(expression.to)}`;
    case 'prefix':
      return `${printExpression(expression.address)}/${expression.length}`;
    case 'concat':
      return expression.parts.map(printExpression).join(' . ');
    case 'list':
      return expression.items.map(printExpression).join(',');
    case 'set':
      return `{ ${expression.elements.map(printElement).join(', ')} }`;
    case 'reference':
      return `@${expression.name}`;
    case 'map':
      return `${printExpression(expression.key)} map ${printExpression(expression.data)}`;
    case 'verdict':
      return joined(expression.verdict, expression.target && printWord(expression.target));
    case 'any':
      return '*';
    case 'binary':
      return printBinary(expression);
    default:
      return printSelector(expression);
  }
}

type Selector = Exclude<
  Expression,
  {
    kind:
      | 'value'
      | 'range'
      | 'prefix'
      | 'concat'
      | 'list'
      | 'set'
      | 'reference'
      | 'map'
      | 'verdict'
      | 'any'
      | 'binary';
  }
>;

function printSelector(expression: Selector): string {
  switch (expression.kind) {
    case 'payload':
      return joined(expression.tunnel, expression.protocol, expression.field);
    case 'raw':
      return `@${expression.base},${expression.offset},${expression.length}`;
    case 'meta':
      return bareKeys.has(expression.key) ? expression.key : `meta ${expression.key}`;
    case 'ct':
      return joined('ct', expression.direction, expression.key);
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`;
    case 'numgen':
      return joined('numgen', expression.mode, 'mod', String(expression.mod), offset(expression.offset));
    case 'option':
      return printOption(expression);
    case 'jhash':
    case 'symhash':
      return joined(
        expression.kind,
        expression.expression && printExpression(expression.expression),
        `mod ${expression.mod}`,
        expression.seed === null ? null : `seed 0x${expression.seed.toString(16)}`,
        offset(expression.offset),
      );
    default:
      return joined(expression.kind, ...expression.before, expression.key, ...expression.behind);
  }
}

function offset(number: number): string | null {
  return number === 0 ? null : `offset ${number}`;
}

function printOption({ of, name, field }: HeaderOption): string {
  if (of !== 'exthdr') return joined(of, name, field);
  return field === null ? `exthdr ${name}` : `${name} ${field}`;
}

function printBinary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): string {
  return `${printOperand(operator, left, 0)} ${operator} ${printOperand(operator, right, 1)}`;
}

/** `fin | syn` where nft has an operator before them: with commas it would be a list of values. */
export function printBits({ items }: ValueList): string {
  return items.map(printExpression).join(' | ');
}

/** In parentheses where the operand would be read otherwise; `more`: of the right side, where equal operators need them. */
function printOperand(operator: string, operand: Expression, more: number): string {
  const text = operand.kind === 'list' ? printBits(operand) : printExpression(operand);
  const tightness =
    operand.kind === 'list' ? 1 : operand.kind === 'binary' ? (TIGHTNESS[operand.operator] ?? 0) : 9;
  return tightness < (TIGHTNESS[operator] ?? 0) + more ? `(${text})` : text;
}

/** An element of a set: its state stands before its times. */
export function printElement(element: Element): string {
  return withData(element, [...element.statements.map(printStateful), ...timesOf(element)]);
}

/** The element of `add @s { … }`: its times stand before its state. */
export function printDynamicElement(element: Element): string {
  return withData(element, [...timesOf(element), ...element.statements.map(printStateful)]);
}

function timesOf({ timeout, expires }: Element): readonly (string | null)[] {
  return [
    timeout === null ? null : `timeout ${printSeconds(timeout)}`,
    expires === null ? null : `expires ${printSeconds(expires)}`,
  ];
}

function withData({ key, data, comment }: Element, options: readonly (string | null)[]): string {
  const head = joined(printKey(key), ...options, comment && `comment ${printWord(comment)}`);
  return data === null ? head : `${head} : ${printExpression(data)}`;
}

/** `syn | ack`: bits of one element, also as a part of a concatenation; commas stand between elements. */
function printKey(key: Expression): string {
  if (key.kind === 'concat') return key.parts.map(printKey).join(' . ');
  return key.kind === 'list' ? printBits(key) : printExpression(key);
}

/** 5400 → `1h30m` */
export function printSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
    [Math.round((seconds - whole) * 1000), 'ms'],
  ];
  const text = parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
  return text === '' ? '0s' : text;
}

/** The words that there are, with blanks between. */
export function joined(...words: readonly (string | null)[]): string {
  return words.filter((word) => word !== null && word !== '').join(' ');
}

export function isIp6(expression: Expression): expression is Value {
  return expression.kind === 'value' && !expression.quoted && expression.text.includes(':');
}
