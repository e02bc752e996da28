/** Whether rules make the kernel track connections: what takes a reference on conntrack when it is loaded (nf_ct_netns_get). */
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import type { Rule, Statement } from '../../../rules/nftables/statements.ts';

const users: ReadonlySet<Statement['kind']> = new Set([
  'snat',
  'dnat',
  'masquerade',
  'redirect',
  'ct count',
  'synproxy',
]);

export function needsConntrack({ statements }: Rule): boolean {
  return statements.some(isUser);
}

function isUser(statement: Statement): boolean {
  if (users.has(statement.kind)) return true;
  switch (statement.kind) {
    case 'match':
      return readsCt(statement.left);
    case 'vmap':
      return readsCt(statement.key);
    case 'set':
      return readsCt(statement.target) || readsCt(statement.value);
    case 'object':
      return statement.type === 'flow' || statement.type === 'synproxy' || statement.type.startsWith('ct ');
    case 'dynamic':
      return countsConnections(statement.element);
    case 'verdict':
      return statement.rules?.some(needsConntrack) === true;
    default:
      return false;
  }
}

function countsConnections({ key, statements }: Element): boolean {
  return readsCt(key) || statements.some(({ kind }) => kind === 'ct count');
}

function readsCt(expression: Expression): boolean {
  switch (expression.kind) {
    case 'ct':
      return true;
    case 'concat':
      return expression.parts.some(readsCt);
    case 'binary':
      return readsCt(expression.left) || readsCt(expression.right);
    case 'map':
      return readsCt(expression.key);
    case 'jhash':
      return expression.expression !== null && readsCt(expression.expression);
    default:
      return false;
  }
}
