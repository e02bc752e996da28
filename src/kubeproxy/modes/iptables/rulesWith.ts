import { CompactTable, numberOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import type { FoundRule } from './ruleIndex.ts';

/**
 * The rules of a table's chains, of those that are asked for, that hold a word, in the order of an index. They are found in the
 * text: of a few words that costs less than an index, which every edit drops. Null where the text does not tell: it is not as
 * iptables-save writes it, it escapes letters, too many rules hold the word, or it is empty.
 */
export function rulesWith(
  word: string,
  ruleset: Ruleset,
  table: Table,
  isAsked: (chain: string) => boolean,
): readonly FoundRule[] | null {
  const { text } = ruleset;
  if (word === '' || !(table instanceof CompactTable)) return null;
  if (ruleset.kept.of(escapesLetters)) return null;
  const found = new Set<FoundRule['rule']>();
  const rules: FoundRule[] = [];
  let hits = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    if (isPart(text.charCodeAt(at - 1)) || isPart(text.charCodeAt(at + word.length))) continue;
    const start = text.lastIndexOf('\n', at) + 1;
    if (text.startsWith(':', start)) continue;
    const name = CHAIN_OF_LINE.exec(text.slice(start, start + LONGEST_BEGINNING))?.[1];
    if (name === undefined || ++hits > MOST_HITS) return null;
    const chain = isAsked(name) ? table.chains.get(name) : undefined;
    const rule = chain?.rules.find((each) => each.start <= at && at < each.end);
    if (chain === undefined || rule === undefined || found.has(rule)) continue;
    found.add(rule);
    rules.push({ chain, rule });
  }
  return rules.sort((a, b) => numberOf(a.chain) - numberOf(b.chain) || a.rule.start - b.rule.start);
}

function escapesLetters({ text }: Ruleset): boolean {
  return text.includes('\\');
}

/** `[0:0] -A KUBE-SVC-X `, with counters or without. */
const CHAIN_OF_LINE = /^(?:\[\d+:\d+\] )?-A ([^\s"']+) /;
const LONGEST_BEGINNING = 120;
const MOST_HITS = 64;

/** Of a longer word: a letter, a digit or a dot. */
function isPart(code: number): boolean {
  return PART.test(String.fromCharCode(code));
}

const PART = /[\w.]/;
