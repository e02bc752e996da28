/** Rules that stand in a chain where their target does not work, for the packets of which it would in another. */
import { builtInChains } from '../../../rules/iptables/builtInChains.ts';
import { findTarget } from '../../../rules/iptables/catalogue/targets.ts';
import { type Cure, type FaultyLine, wordAt, write } from './line.ts';

const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** `-A FORWARD … -j DNAT`, `-A OUTPUT … -j MASQUERADE`: packets of that chain pass the one where the target works, too. */
export function hookOfTarget(line: FaultyLine): Cure | null {
  if (line.code !== 'undeclared-chain' && line.code !== 'target-not-allowed') return null;
  const chain = wordAt(line, 1);
  const target = findTarget(wordAt(line, line.words.findIndex(({ text }) => text === '-j') + 1));
  if (wordAt(line, 0) !== '-A' || !HOOKS.includes(chain) || target === null || line.table === null)
    return null;
  const { name, hooks, tables } = target;
  if (hooks === null || hooks.includes(chain)) return null;
  const own = line.table.name;
  const table = tables === null || tables.includes(own) ? own : tables[0];
  const hook = ['POSTROUTING', 'PREROUTING'].find((each) => hooks.includes(each));
  const isTaken = table !== undefined && hook !== undefined && builtInChains.get(table)?.has(hook) === true;
  if (!isTaken || asksForInterface(line, hook)) return null;
  return table === own ? inTable(line, name, hook) : inOtherTable(line, name, table, hook);
}

/** Which is not known in that chain. */
function asksForInterface({ words }: FaultyLine, hook: string): boolean {
  const options = hook === 'POSTROUTING' ? ['-i', '--in-interface'] : ['-o', '--out-interface'];
  return words.some(({ text }) => options.includes(text));
}

function inTable(line: FaultyLine, target: string, hook: string): Cure {
  const hint = `Put the rule into ${hook}, where ${target} works.`;
  return { ...write(line, 1, 1, hook, hint), title: `Move the rule to ${hook}` };
}

function inOtherTable(line: FaultyLine, target: string, table: string, hook: string): Cure | null {
  const start = line.table?.start?.start;
  const chain = line.words[1];
  if (start === undefined || chain === undefined) return null;
  const { text } = line;
  const rule = `${text.slice(line.start, chain.start)}${hook}${text.slice(chain.end, line.end)}`;
  return {
    hint: `Put the rule into ${hook} of table ${table}, where ${target} works.`,
    title: `Move the rule to ${hook} of table ${table}`,
    changes: [
      { span: { start, end: start }, newText: `*${table}\n${rule}\nCOMMIT\n` },
      { span: { start: line.start, end: Math.min(text.length, line.end + 1) }, newText: '' },
    ],
  };
}
