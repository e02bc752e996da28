/** Walks over the expressions of a tree. */
import type { Element, Expression } from './expressions.ts';
import type { Statement } from './statements.ts';

/**
 * Every expression in a statement, an element or an expression, outer ones before those within, in the order of the
 * text but where a mask stands behind its value. The rules of an anonymous chain are left out.
 */
export function expressionsIn(node: Statement | Element | Expression): readonly Expression[] {
  const found: Expression[] = [];
  eachExpression(node, (expression) => found.push(expression));
  return found;
}

type Take = (expression: Expression) => void;

/** HOT PATH: as `expressionsIn`, one by one; four checks ask it of each statement of a large ruleset. */
export function eachExpression(node: Statement | Element | Expression, take: Take): void {
  if (!('kind' in node)) ofElement(node, take);
  else if (isExpression(node)) ofExpression(node, take);
  else ofStatement(node, take);
}

/** `verdict` and `set` are kinds of statements as well: a verdict there may have rules, a `set` what it sets. */
function isExpression(node: Statement | Expression): node is Expression {
  switch (node.kind) {
    case 'verdict':
      return !('rules' in node);
    case 'set':
      return 'elements' in node;
    default:
      return kinds.has(node.kind);
  }
}

const kinds: ReadonlySet<string> = new Set<Exclude<Expression['kind'], Statement['kind']>>([
  'value',
  'payload',
  'raw',
  'meta',
  'ct',
  'rt',
  'socket',
  'osf',
  'ipsec',
  'fib',
  'numgen',
  'jhash',
  'symhash',
  'option',
  'binary',
  'concat',
  'list',
  'range',
  'prefix',
  'reference',
  'map',
  'any',
]);

function ofElement({ key, data }: Element, take: Take): void {
  ofExpression(key, take);
  if (data !== null) ofExpression(data, take);
}

function ofStatement(statement: Exclude<Statement, Expression>, take: Take): void {
  switch (statement.kind) {
    case 'match':
      ofExpression(statement.left, take);
      ofExpression(statement.right, take);
      return;
    case 'vmap':
      ofExpression(statement.key, take);
      ofExpression(statement.data, take);
      return;
    case 'set':
      ofExpression(statement.target, take);
      ofExpression(statement.value, take);
      return;
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
    case 'tproxy':
      if (statement.address !== null) ofExpression(statement.address, take);
      if (statement.port !== null) ofExpression(statement.port, take);
      return;
    case 'dup':
    case 'fwd':
      ofExpression(statement.to, take);
      if (statement.device !== null) ofExpression(statement.device, take);
      return;
    case 'reject':
      if (statement.code !== null) ofExpression(statement.code, take);
      return;
    case 'queue':
      if (statement.to !== null) ofExpression(statement.to, take);
      return;
    case 'dynamic':
      ofElement(statement.element, take);
      return;
    case 'object':
      ofExpression(statement.name, take);
      return;
    default:
  }
}

function ofExpression(expression: Expression, take: Take): void {
  take(expression);
  switch (expression.kind) {
    case 'concat':
      for (const part of expression.parts) ofExpression(part, take);
      return;
    case 'list':
      for (const item of expression.items) ofExpression(item, take);
      return;
    case 'set':
      for (const element of expression.elements) ofElement(element, take);
      return;
    case 'range':
      ofExpression(expression.from, take);
      ofExpression(expression.to, take);
      return;
    case 'binary':
      ofExpression(expression.left, take);
      ofExpression(expression.right, take);
      return;
    case 'prefix':
      ofExpression(expression.address, take);
      return;
    case 'map':
      ofExpression(expression.key, take);
      ofExpression(expression.data, take);
      return;
    case 'jhash':
    case 'symhash':
      if (expression.expression !== null) ofExpression(expression.expression, take);
      return;
    default:
  }
}
