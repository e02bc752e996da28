/** One rule: what it compares, where its statements may stand, and which protocols it asks for. */
import type { NatStatement, Rule, Statement } from '../statements.ts';
import type { Expression } from '../expressions.ts';
import { eachExpression, expressionsIn } from '../walk.ts';
import { checkOverlaps } from './overlaps.ts';
import { isProtocol, isTransport, Protocols } from './protocols.ts';
import { checkRead } from './reads.ts';
import { checkStatement, isTerminal } from './placement.ts';
import type { Problems } from './problem.ts';
import type { RuleCheck } from './ruleCheck.ts';
import { bitmaskTypes } from '../catalogue/keys.ts';
import { checkTwice, checkVerdicts } from './sets.ts';
import { typedOf } from './types.ts';
import { checkCompared, checkDynamic, checkLimit, checkLog, checkQueue, checkTarget } from './statements.ts';
import { checkShift, checkWritten } from './written.ts';
import { checkData, checkValue, checkWords } from './values.ts';
import type { Scope } from './world.ts';

export function checkRule(rule: Rule, check: RuleCheck): void {
  const protocols = new Protocols(check.family, check.problems);
  if (rule.statements.length === 0)
    check.problems.add('nft-syntax', rule, 'A rule has a statement at least.');
  const take = (expression: Expression): void => protocols.take(expression);
  let ended: Statement | null = null;
  for (const statement of rule.statements) {
    if (ended !== null)
      check.problems.add('nft-misplaced', statement, 'What stands behind the end of a rule has no effect.');
    if (isOfNoTransport(statement, check.scope, protocols))
      check.problems.add(
        'nft-misplaced',
        statement,
        'nft wants the protocol before a port that is translated: “tcp dport 80 redirect to :8080”, “meta l4proto { tcp, udp } …”.',
      );
    if (isOfOtherFamily(statement, check, protocols))
      check.problems.add(
        'nft-misplaced',
        statement,
        `The rule is about packets of ${protocols.network ?? ''} already: “${statement.kind} ${protocols.network ?? ''} to …”.`,
      );
    eachExpression(statement, take);
    checkStatement(statement, check, protocols);
    if (isOfNoFamily(statement, check, protocols))
      check.problems.add(
        'nft-misplaced',
        statement,
        `In an inet table ${statement.kind} says of which family its address is: “${statement.kind} ip to …”.`,
      );
    checkReads(statement, check, protocols);
    checkTypes(statement, check, protocols.network ?? check.family);
    if (statement.kind === 'match') protocols.learn(statement);
    if (statement.kind === 'verdict') for (const each of statement.rules ?? []) checkRule(each, check);
    if (isTerminal(statement)) ended = statement;
  }
}

/** An address of nat, where neither the statement nor what stands before it says of which family. */
function isOfNoFamily(statement: Statement, { family }: RuleCheck, protocols: Protocols): boolean {
  if (family !== 'inet' || !isTowards(statement)) return false;
  return statement.family === null && statement.address !== null && !protocols.isOfOneFamily;
}

/** What translates, or hands on, is of another family than the packets (stmt_evaluate_l3proto): tproxy is of none where it does not say. */
function isOfOtherFamily(statement: Statement, { family }: RuleCheck, { network }: Protocols): boolean {
  if (network === null || !isTowards(statement)) return false;
  const isOpen = statement.family === null && (statement.kind !== 'tproxy' || family !== 'inet');
  return !isOpen && statement.family !== network;
}

function isTowards(statement: Statement): statement is NatStatement {
  return statement.kind === 'dnat' || statement.kind === 'snat' || statement.kind === 'tproxy';
}

/** A port to translate to, where nothing before says of which protocol (nat_evaluate_transport, stmt_evaluate_tproxy). */
function isOfNoTransport(statement: Statement, scope: Scope, protocols: Protocols): boolean {
  if (protocols.isOfTransport) return false;
  switch (statement.kind) {
    case 'tproxy':
      return true;
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect': {
      const { address, port } = statement;
      if (port === null && !givesPort(address, scope)) return false;
      return address === null || !asksProtocol(address);
    }
    default:
      return false;
  }
}

/** `ip saddr map { 10.0.0.1 : 10.0.0.2 . 80 }` */
function givesPort(address: Expression | null, scope: Scope): boolean {
  if (address?.kind !== 'map') return false;
  if (address.data.kind === 'set') return address.data.elements.some(({ data }) => data?.kind === 'concat');
  return scope.sets.get(address.data.name)?.data?.kind === 'concat';
}

/** Whether an address is looked up by a field of one transport header, or by the protocol beside others (nat_evaluate_addr_has_th_expr). */
function asksProtocol(address: Expression): boolean {
  if (expressionsIn(address).some(isOfHeader)) return true;
  return address.kind === 'map' && address.key.kind === 'concat' && address.key.parts.some(isProtocol);
}

function isOfHeader(expression: Expression): boolean {
  return expression.kind === 'payload' && expression.protocol !== 'th' && isTransport(expression.protocol);
}

/** nft_meta_get_init, nft_ct_get_init: whether a packet is traced, and of what events are told, can be set, not asked. */
function checkReads(statement: Statement, check: RuleCheck, protocols: Protocols): void {
  const { problems } = check;
  const target = statement.kind === 'set' ? statement.target : null;
  eachExpression(statement, (expression) => {
    checkRead(expression, check, protocols);
    checkShift(expression, check);
    const isUntold =
      (expression.kind === 'meta' && expression.key === 'nftrace') ||
      (expression.kind === 'ct' && expression.key === 'event');
    if (isUntold && expression !== target)
      problems.add(
        'nft-misplaced',
        expression,
        `${expression.kind} ${expression.key} can only be set: the kernel tells it to no rule.`,
      );
  });
}

/** `family`: of the packets, as far as it is known. */
function checkTypes(statement: Statement, { scope, problems }: RuleCheck, family: string): void {
  const check = { scope, problems };
  switch (statement.kind) {
    case 'match': {
      checkCompared(statement, problems);
      const types = typedOf(statement.left, scope);
      if (types !== null) checkValue(statement.right, types, check);
      const [type] = types ?? [];
      if (type !== undefined && statement.left.kind === 'binary') checkWords(statement.left, type, check);
      if (statement.operator === '!' && type !== undefined && !bitmaskTypes.has(type.type))
        problems.add(
          'nft-value',
          statement.right,
          `A single ! asks for bits, and ${type.type} has none: write !=.`,
        );
      if (statement.right.kind === 'set' && statement.right.elements.some(({ data }) => data !== null))
        problems.add('nft-value', statement.right, 'This is a map where a set is compared.');
      return;
    }
    case 'vmap':
      checkMap(statement.key, statement.data, check);
      if (statement.data.kind === 'set') checkVerdicts(statement.data.elements, problems);
      return;
    case 'set': {
      const types = typedOf(statement.target, scope);
      const { kind } = statement.value;
      if (types !== null && (kind === 'value' || kind === 'list' || kind === 'binary'))
        checkValue(statement.value, types, check);
      if (types !== null && statement.value.kind === 'map' && statement.value.data.kind === 'set')
        checkData(statement.value.data.elements, types, { ...check, ofMap: true });
      checkWritten(statement.target, statement.value, check);
      break;
    }
    case 'snat':
    case 'dnat':
    case 'tproxy':
      checkTarget(statement, family, check);
      break;
    case 'dynamic':
      checkDynamic(statement, check);
      break;
    case 'queue':
      checkQueue(statement, problems);
      break;
    case 'limit':
      checkLimit(statement, problems);
      break;
    case 'log':
      checkLog(statement, problems);
      break;
    default:
  }
  eachExpression(statement, (expression) => {
    if (expression.kind === 'map') checkMap(expression.key, expression.data, check);
  });
}

function checkMap(
  key: Expression,
  data: Extract<Expression, { kind: 'map' }>['data'],
  check: { readonly scope: Scope; readonly problems: Problems },
): void {
  const types = typedOf(key, check.scope);
  if (types !== null) checkValue(data, types, { ...check, ofMap: true });
  if (key.kind === 'value')
    check.problems.add('nft-value', key, 'A map is asked with what a packet has, not with a value.');
  if (data.kind === 'set') {
    for (const element of data.elements) {
      if (element.data === null)
        check.problems.add('nft-syntax', element, 'The element of a map lacks what it leads to.');
    }
    checkTwice(data.elements, 'map', check.problems);
    checkOverlaps(data.elements, check.problems);
    return;
  }
  const set = check.scope.sets.get(data.name);
  if (set !== undefined && set.kind === 'set')
    check.problems.add('nft-value', data, `${data.name} is a set, and no map.`);
}
