/** Every word of a table that names one chain: declarations, `-A` lines, jumps, and lines that edit a chain. */
import type { Statement, Table, Word } from '../rules/iptables/nodes.ts';
import { jumpsTo } from '../kubeproxy/references.ts';
import type { ChainRole, ChainWord } from './chains.ts';
import { groupBy } from '../text/groupBy.ts';
import { KeptByPart } from '../text/kept.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** A word, and what it does with the chain that it names. `edit`: `-F KUBE-SVC-X`, `-X KUBE-SVC-X`. */
export interface RoleWord {
  readonly word: Word;
  readonly role: ChainRole | 'edit';
}

/** The words that name the chain of `found` within its table section; in no order. */
export function chainWords(document: RulesDocument, found: ChainWord): readonly RoleWord[] {
  const name = found.word.text;
  // The rows of a listing say no chain.
  const rules = document.ruleset.listing === null ? (found.table.chains.get(name)?.rules ?? []) : [];
  return [
    ...otherLines(document, found),
    ...rules.map((rule) => ({ word: rule.chain, role: 'rule' as const })),
    ...jumpWords(document, found).map((word) => ({ word, role: 'jump' as const })),
  ];
}

/** The words behind `-j` and `-g` that name the chain. */
function jumpWords({ ruleset }: RulesDocument, { table, word }: ChainWord): readonly Word[] {
  return jumpsTo(ruleset, table, word.text).flatMap(({ rule }) => rule.target?.name ?? []);
}

/** Declarations, of which there may be two, and lines that edit. */
function otherLines(document: RulesDocument, { table, word }: ChainWord): readonly RoleWord[] {
  return document.kept.of(otherLinesByTable).of(table).get(word.text) ?? [];
}

function otherLinesByTable(
  document: RulesDocument,
): KeptByPart<Table, ReadonlyMap<string, readonly RoleWord[]>> {
  return new KeptByPart((table) =>
    groupBy(
      document.statementsIn(table.span).flatMap((line) => lineWord(document.ruleset.text, line) ?? []),
      ({ word }) => word.text,
    ),
  );
}

function lineWord(text: string, line: Statement): RoleWord | null {
  if (line.kind === 'chain') return { word: line.name, role: 'declaration' };
  const edited = line.kind === 'command' ? editedChain(text, line) : null;
  return edited === null ? null : { word: edited, role: 'edit' };
}

/** `-F KUBE-SVC-X` → `KUBE-SVC-X`; null for a line that names no chain there. */
function editedChain(text: string, { start, end }: Statement): Word | null {
  // `-D INPUT -j X`, `--flush "X"`
  const [whole, verb = '', quote = '', name = ''] =
    /^(\s*(?:-[DFXZRE]|--(?:delete|flush|delete-chain|zero|replace|rename-chain))\s+)("?)([^\s"]+)\2/.exec(
      text.slice(start, end),
    ) ?? [];
  if (whole === undefined) return null;
  const from = start + verb.length;
  return { start: from, end: from + 2 * quote.length + name.length, text: name };
}
