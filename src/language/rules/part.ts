/** What a part of a dump lacks, said once. */
import type { Ruleset } from '../../rules/iptables/nodes.ts';
import type { Part } from '../../rules/iptables/parts/part.ts';
import { listed } from '../words.ts';
import type { Reporter } from './reporter.ts';

const MOST_NAMES = 4;

/** At the first of its rules. */
export function reportPart(
  reporter: Reporter,
  { statements, tables, format, text }: Ruleset,
  part: Part,
): void {
  const first = statements.find(({ kind }) => kind === 'rule' || kind === 'chain');
  if (first === undefined) return;
  const named = format === 'save' ? [] : [...new Set(tables.map(({ name }) => name))];
  reporter.report('part-of-dump', first.kind === 'rule' ? first.chain : first, {
    absent: listed(part.absent, MOST_NAMES),
    isOne: part.absent.length === 1,
    tables: named,
    variables: listed([...variablesIn(text)], MOST_NAMES),
  });
}

/** `$LAN`, `${LAN}`: words of a script that it does not say. */
function variablesIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [variable] of text.matchAll(/\$(?:\{\w{1,40}\}|[A-Za-z_]\w{0,40})/g)) {
    if (found.size > MOST_VARIABLES) break;
    found.add(variable);
  }
  return found;
}

const MOST_VARIABLES = 100;
