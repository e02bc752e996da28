/** Statements as `nft list ruleset` writes them. */
import { bitmaskTypes } from '../catalogue/keys.ts';
import { typeOf } from '../catalogue/typeOf.ts';
import type { Expression } from '../expressions.ts';
import type {
  DynamicStatement,
  LogStatement,
  MatchStatement,
  NatStatement,
  QueueStatement,
  Rule,
  Statement,
  SynproxyStatement,
  VerdictStatement,
} from '../statements.ts';
import { isIp6, joined, printBits, printDynamicElement, printExpression, printWord } from './expressions.ts';
import { printStateful } from './stateful.ts';

/** A rule without its handle; `text`: what an unknown statement is taken from. `indent` is that of an anonymous chain's end. */
export function printRule({ statements, comment }: Rule, text: string, indent: string): string {
  const words = statements.map((each) => printStatement(each, text, indent));
  return joined(...words, comment && `comment ${printWord(comment)}`);
}

/** One statement; `text` and `indent` as of `printRule`. */
export function printStatement(statement: Statement, text: string, indent: string): string {
  switch (statement.kind) {
    case 'unknown':
      return text.slice(statement.start, statement.end);
    case 'verdict':
      return printVerdict(statement, text, indent);
    case 'match':
      return printMatch(statement);
    case 'vmap':
      return `${printExpression(statement.key)} vmap ${printExpression(statement.data)}`;
    case 'set':
      return `${printExpression(statement.target)} set ${printExpression(statement.value)}`;
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
    case 'tproxy':
      return printNat(statement);
    case 'counter':
    case 'limit':
    case 'quota':
    case 'last':
    case 'ct count':
      return printStateful(statement);
    default:
      return printOther(statement);
  }
}

type Other = Extract<
  Statement,
  {
    kind:
      | 'log'
      | 'reject'
      | 'dynamic'
      | 'queue'
      | 'dup'
      | 'fwd'
      | 'synproxy'
      | 'object'
      | 'notrack'
      | 'reset'
      | 'xt';
  }
>;

function printOther(statement: Other): string {
  switch (statement.kind) {
    case 'log':
      return printLog(statement);
    case 'reject':
      return joined(
        'reject',
        statement.with && `with ${statement.with}`,
        statement.code && printWord(statement.code),
      );
    case 'dynamic':
      return printDynamic(statement);
    case 'queue':
      return printQueue(statement);
    case 'dup':
    case 'fwd':
      return joined(
        statement.kind,
        statement.family,
        `to ${printExpression(statement.to)}`,
        statement.device && `device ${printExpression(statement.device)}`,
      );
    case 'synproxy':
      return joined('synproxy', ...printSynproxyState(statement));
    case 'object':
      return printObjectStatement(statement.type, printExpression(statement.name));
    default:
      return joined(statement.kind, ...statement.words.map(printWord));
  }
}

function printObjectStatement(type: string, name: string): string {
  if (type === 'flow') return `flow add ${name}`;
  return type.startsWith('ct ') ? `${type} set ${name}` : `${type} name ${name}`;
}

function printVerdict({ verdict, target, rules }: VerdictStatement, text: string, indent: string): string {
  if (rules === null) return joined(verdict, target && printWord(target));
  const inner = `${indent}\t`;
  const lines = rules.map((rule) => `${inner}${printRule(rule, text, inner)}\n`);
  return `${verdict} {\n${lines.join('')}${indent}}`;
}

function printMatch({ left, operator, right }: MatchStatement): string {
  if (left.kind === 'binary' && left.right.kind === 'list' && isBits(right)) {
    const compares = operator === '==' ? null : operator;
    return joined(
      printExpression(left.left),
      compares,
      `${printExpression(right)} / ${printExpression(left.right)}`,
    );
  }
  const shown = operator === 'in' || (operator === '==' && !needsEquals(left, right)) ? null : operator;
  const isJoined = right.kind === 'list' && (operator === '==' || operator === '!=');
  return joined(printExpression(left), shown, isJoined ? printBits(right) : printExpression(right));
}

/** `syn`, `fin,syn`: words, not a number. */
function isBits(expression: Expression): boolean {
  return expression.kind === 'list' || (expression.kind === 'value' && typeof expression.value === 'string');
}

/** As `must_print_eq_op` of nft: bits would be tested for any of them, and a mask needs a word behind it. */
function needsEquals(left: Expression, right: Expression): boolean {
  if (left.kind === 'binary') return true;
  const isOne = right.kind === 'value' || right.kind === 'list';
  return isOne && bitmaskTypes.has(typeOf(left) ?? '');
}

function printNat({ kind, family, style, address, port, flags }: NatStatement): string {
  const isBracketed = port !== null && address !== null;
  const to =
    joined(address && printAddress(address, isBracketed)) +
    (port === null ? '' : `:${printExpression(port)}`);
  return joined(kind, family, style, to === '' ? null : `to ${to}`, flags.join(','));
}

/** `[fd00::1]` before a port. */
function printAddress(address: Expression, isBracketed: boolean): string {
  if (!isBracketed) return printExpression(address);
  if (address.kind === 'range' && isIp6(address.from)) {
    return `[${printExpression(address.from)}]-[${printExpression(address.to)}]`;
  }
  return isIp6(address) ? `[${printExpression(address)}]` : printExpression(address);
}

function printLog({ options }: LogStatement): string {
  return joined('log', ...options.map(({ name, value }) => `${name} ${printWord(value)}`));
}

function printDynamic({ operation, set, size, element }: DynamicStatement): string {
  const name = operation === 'meter' ? printWord(set) : `@${printWord(set)}`;
  return joined(
    operation,
    name,
    size === null ? null : `size ${size}`,
    `{ ${printDynamicElement(element)} }`,
  );
}

function printQueue({ flags, to }: QueueStatement): string {
  return joined(
    'queue',
    flags.length > 0 ? `flags ${flags.join(',')}` : null,
    to && `to ${printExpression(to)}`,
  );
}

/** What stands behind the word; of a named one each on a line of its own. */
export function printSynproxyState({ mss, wscale, flags }: SynproxyStatement): readonly (string | null)[] {
  return [
    mss === null ? null : `mss ${mss}`,
    wscale === null ? null : `wscale ${wscale}`,
    flags.length === 0 ? null : flags.join(' '),
  ];
}
