/** What a rule of nftables does, as sentences. Its matches are told in nft's own words. */
import { printExpression } from '../../rules/nftables/printing/expressions.ts';
import { printStatement } from '../../rules/nftables/printing/statements.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';

const LONGEST = 160;

/** `Each packet with "tcp dport 22" is accepted …`; what is asked behind something that was done is of the packets that came so far. */
export function nftRuleMeaning({ statements }: Rule): string {
  const stages: Stage[] = [{ matches: [], counted: [], done: [] }];
  for (const statement of statements) take(statement, stages);
  return `${stages.map(stageWords).join('; of these, ')}.`;
}

/** A part of a rule: what it asks, then what it does. */
interface Stage {
  readonly matches: string[];
  readonly counted: string[];
  readonly done: string[];
}

function take(statement: Statement, stages: Stage[]): void {
  const counted = countedBy(statement);
  const last = stages.at(-1);
  if (last === undefined) return;
  if (counted === null && statement.kind !== 'match') {
    last.done.push(doneBy(statement));
    return;
  }
  const stage: Stage = last.done.length === 0 ? last : { matches: [], counted: [], done: [] };
  if (stage !== last) stages.push(stage);
  if (counted === null) stage.matches.push(cut(printStatement(statement, '', '')));
  else stage.counted.push(counted);
}

function stageWords({ matches, counted, done }: Stage, index: number): string {
  const asked = matches.length === 0 ? '' : ` with "${matches.join(' ')}"`;
  const which = counted.length === 0 ? '' : ` ${counted.join(' and ')}`;
  const whom = index > 0 ? 'each' : matches.length === 0 ? 'Every packet' : 'Each packet';
  return `${whom}${asked}${which} ${done.length === 0 ? 'goes on to the next rule' : done.join(', and ')}`;
}

const COUNTING: ReadonlySet<string> = new Set(['limit', 'quota', 'ct count']);

/** What ends a rule by how much has come: a clause of the packets that go on in it; null for other statements. */
function countedBy(statement: Statement): string | null {
  switch (statement.kind) {
    case 'limit':
    case 'quota':
    case 'ct count': {
      const words = printStatement({ ...statement, over: false }, '', '');
      return `${statement.over ? 'beyond' : 'within'} "${cut(words)}"`;
    }
    case 'object':
      return COUNTING.has(statement.type) ? holds(statement) : null;
    case 'dynamic':
      return statement.element.statements.some(({ kind }) => COUNTING.has(kind)) ? holds(statement) : null;
    default:
      return null;
  }
}

/** Of a limit that stands elsewhere: it may be one of what is beyond it. */
function holds(statement: Statement): string {
  return `for which "${cut(printStatement(statement, '', ''))}" holds`;
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** A clause. */
function doneBy(statement: Statement): string {
  switch (statement.kind) {
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
