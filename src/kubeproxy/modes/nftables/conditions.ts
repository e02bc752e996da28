/** What a rule of kube-proxy asks of a packet for one place, beside the place itself. */
import { normalAddress } from '../../../values/address.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import type { Ruleset } from '../../../rules/nftables/nodes.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { MatchStatement, Rule } from '../../../rules/nftables/statements.ts';
import type { Masquerade } from '../../services/frontend.ts';
import type { Place } from './places.ts';

/** Null where the rule is about another place; else what it asks besides. */
export function askedOf(
  ruleset: Ruleset,
  table: string,
  rule: Rule,
  place: Place,
): readonly MatchStatement[] | null {
  const asked: MatchStatement[] = [];
  for (const statement of rule.statements) {
    if (statement.kind !== 'match') continue;
    const fits = fitsPlace(ruleset, table, statement, place);
    if (fits === false) return null;
    if (fits === null) asked.push(statement);
  }
  return asked;
}

/** Whether a match holds of every packet for the place; null where that hangs on something else. */
function fitsPlace(
  ruleset: Ruleset,
  table: string,
  { left, operator, right }: MatchStatement,
  { address, port, protocol }: Place,
): boolean | null {
  const value = askedPart(left);
  if (value === null || (operator !== '==' && operator !== '!=')) return null;
  if (value === 'address' && address === null) return ofNodePort(operator, right);
  const own = value === 'address' ? normalAddress(address ?? '') : value === 'port' ? String(port) : protocol;
  const values = valuesOf(ruleset, table, right);
  if (values === null) return null;
  return values.includes(own) === (operator === '==');
}

/** A node port is at addresses of the node: those are of no Service, and no rule of kube-proxy's names them but by their own set. */
function ofNodePort(operator: '==' | '!=', right: Expression): boolean | null {
  if (right.kind !== 'reference') return null;
  return (right.name === 'nodeport-ips') === (operator === '==');
}

function askedPart(left: Expression): 'address' | 'port' | 'protocol' | null {
  if (left.kind === 'meta') return left.key === 'l4proto' ? 'protocol' : null;
  if (left.kind !== 'payload') return null;
  if (left.protocol === 'ip' || left.protocol === 'ip6') return left.field === 'daddr' ? 'address' : null;
  return left.field === 'dport' ? 'port' : null;
}

/** Single values, of a set too; null where there are others, as networks. */
function valuesOf(ruleset: Ruleset, table: string, right: Expression): readonly string[] | null {
  if (right.kind === 'value') return [normalAddress(right.text)];
  const elements =
    right.kind === 'set'
      ? right.elements
      : right.kind === 'reference'
        ? setNamed(ruleset, table, right.name)?.elements
        : undefined;
  const values = elements?.map(({ key }) => (key.kind === 'value' ? normalAddress(key.text) : null));
  const known = values?.filter((each) => each !== null);
  return known !== undefined && known.length === values?.length ? known : null;
}

/** For whom a rule is that asks this much of who sends: `{ kind: 'always' }` where it asks nothing. */
export function whomOf(asked: readonly MatchStatement[]): Masquerade {
  const [only] = asked;
  if (only === undefined) return { kind: 'always' };
  if (asked.length > 1) return { kind: 'when', when: 'under further conditions' };
  const words = senderWords(only);
  if (words === null) return { kind: 'when', when: 'under further conditions' };
  if (words === 'node') return { kind: 'node' };
  return only.operator === '!=' ? { kind: 'unless', unless: words } : { kind: 'when', when: words };
}

/** `from 10.244.0.0/16`, `in by "cni0"`, `node` for the node's own addresses; null for anything else. */
function senderWords({ left, operator, right }: MatchStatement): string | null {
  if (operator !== '==' && operator !== '!=') return null;
  if (left.kind === 'payload' && left.field === 'saddr') return `from ${sourceWords(right)}`;
  if (left.kind === 'meta' && left.key === 'iifname')
    return `in by ${printExpression(right).replaceAll('"', '')}`;
  const isLocal = left.kind === 'fib' && left.flags.join(' ') === 'saddr' && left.result === 'type';
  return isLocal && operator === '==' && printExpression(right) === 'local' ? 'node' : null;
}

/** `10.244.0.0/16`, `10.0.0.0/8, 192.168.0.1` */
function sourceWords(right: Expression): string {
  return right.kind === 'set'
    ? right.elements.map(({ key }) => printExpression(key)).join(', ')
    : printExpression(right);
}

/** Whether a rule sets the mark for masquerading, itself or by a chain that does. */
export function marks({ statements }: Rule): boolean {
  return statements.some(
    (each) =>
      (each.kind === 'set' && each.target.kind === 'meta' && each.target.key === 'mark') ||
      (each.kind === 'verdict' && each.target?.text === MARKING),
  );
}

/** Up to 1.32, as KUBE-MARK-MASQ of iptables mode. */
const MARKING = 'mark-for-masquerade';
