/** What a rule of nftables does, as sentences. Its matches are told in nft's own words. */
import { printExpression } from '../../rules/nftables/printing/expressions.ts';
import { printStatement } from '../../rules/nftables/printing/statements.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';

const LONGEST = 160;

/** `Of packets with "tcp dport 22": each is accepted; base chains behind this one are still asked.` */
export function nftRuleMeaning({ statements }: Rule): string {
  const matches = statements.filter(({ kind }) => kind === 'match');
  const asked = matches.map((each) => cut(printStatement(each, '', ''))).join(' ');
  const limits = statements.filter(({ kind }) => LIMITS.has(kind));
  const done = statements.flatMap((each) => doneBy(each) ?? []);
  const whom = asked === '' ? 'Every packet' : `Each packet with "${asked}"`;
  const within =
    limits.length === 0
      ? ''
      : ` within "${limits.map((each) => cut(printStatement(each, '', ''))).join(' ')}"`;
  return `${whom}${within} ${done.length === 0 ? 'goes on to the next rule' : done.join(', and ')}.`;
}

const LIMITS: ReadonlySet<Statement['kind']> = new Set(['limit', 'quota', 'ct count']);

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** A clause; null for what says whom the rule is for. */
function doneBy(statement: Statement): string | null {
  switch (statement.kind) {
    case 'match':
    case 'limit':
    case 'quota':
    case 'ct count':
      return null;
    case 'counter':
      return 'is counted';
    case 'log':
      return 'is logged';
    case 'reject':
      return 'is rejected';
    case 'verdict':
      return verdictWords(statement);
    case 'vmap':
      return `is led on by what the map has for its "${cut(printExpression(statement.key))}"${statement.data.kind === 'reference' ? ` (@${statement.data.name})` : ''}`;
    case 'set':
      return `gets ${cut(printStatement(statement, '', ''))}`;
    case 'dnat':
    case 'redirect':
      return `is sent to another destination (${cut(printStatement(statement, '', ''))})`;
    case 'snat':
    case 'masquerade':
      return `gets another source (${cut(printStatement(statement, '', ''))})`;
    case 'notrack':
      return 'is not tracked';
    case 'unknown':
      return 'meets a statement that is not known';
    default:
      return `meets "${cut(printStatement(statement, '', ''))}"`;
  }
}

function verdictWords({ verdict, target }: Extract<Statement, { kind: 'verdict' }>): string {
  const chain = target === null ? 'the chain in braces' : `chain ${target.text}`;
  switch (verdict) {
    case 'accept':
      return 'is accepted by this base chain, while base chains behind it are still asked';
    case 'drop':
      return 'is dropped';
    case 'return':
      return 'goes back to where this chain was jumped to from';
    case 'jump':
      return `goes through ${chain}, and to the next rule unless that decides`;
    case 'goto':
      return `goes on in ${chain}, and does not come back to this one`;
    default:
      return 'goes on to the next rule';
  }
}
