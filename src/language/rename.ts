/** Renames a chain in its table: every declaration, `-A` line, jump and line that edits it. */
import type { Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { findTarget } from '../rules/iptables/catalogue/targets.ts';
import { builtInChains } from '../rules/iptables/builtInChains.ts';
import { type ChainWord, chainWordAt } from './chains.ts';
import { chainWords } from './chainWords.ts';
import { byteLength, LONGEST_CHAIN_NAME } from './rules/checkChains.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { standardVerdicts } from './targets.ts';

/** Why nothing is renamed, in a sentence. */
export interface RenameRefused {
  readonly kind: 'refused';
  readonly why: string;
}

export type RenamePlace =
  RenameRefused | { readonly kind: 'chain'; readonly range: Range; readonly placeholder: string };

export type Renamed = RenameRefused | { readonly kind: 'edit'; readonly edit: WorkspaceEdit };

/** What would be renamed at `offset`. */
export function renamePlaceAt(document: RulesDocument, offset: number): RenamePlace {
  const found = chainWordAt(document, offset);
  if (found === null || isListing(document)) return refused(whyNot(document));
  const why = builtInWords(found);
  if (why !== null) return refused(why);
  return { kind: 'chain', range: document.rangeOf(found.word), placeholder: found.word.text };
}

/** The edits that give the chain at `offset` another name, or why iptables would not take it. */
export function renameAt(document: RulesDocument, offset: number, name: string): Renamed {
  const found = chainWordAt(document, offset);
  if (found === null || isListing(document)) return refused(whyNot(document));
  const why = builtInWords(found) ?? (name === found.word.text ? null : whyNotNamed(found, name));
  if (why !== null) return refused(why);
  const edits: TextEdit[] = chainWords(document, found)
    .toSorted((a, b) => a.word.start - b.word.start)
    .map(({ word }) => ({ range: document.rangeOf(word), newText: name }));
  return { kind: 'edit', edit: { changes: { [document.uri]: edits } } };
}

function isListing({ ruleset }: RulesDocument): boolean {
  return ruleset.format === 'listing';
}

function whyNot(document: RulesDocument): string {
  return isListing(document)
    ? 'A listing of “iptables -L” cannot be renamed in: convert it to rules first.'
    : 'Only chains can be renamed.';
}

function builtInWords({ table, word }: ChainWord): string | null {
  if (builtInChains.get(table.name)?.has(word.text) !== true) return null;
  return `${word.text} is a chain of the kernel’s own in table ${table.name}: it cannot be renamed.`;
}

/**
 * Why a chain of the table cannot be called so; null where it can. From `validate_chain_name` of iptables/xshared.c and
 * the kernel, which both count bytes; the rest keeps the text readable as what it was.
 */
function whyNotNamed({ table }: ChainWord, name: string): string | null {
  if (name === '') return 'A chain needs a name.';
  if (/[\s"]/.test(name)) return 'The name of a chain has no blanks and no quotes.';
  if (/^[-!]/.test(name)) return `The name of a chain cannot start with “${name.charAt(0)}”.`;
  if (byteLength(name) > LONGEST_CHAIN_NAME)
    return `The name of a chain has at most ${LONGEST_CHAIN_NAME} bytes; this has ${byteLength(name)}.`;
  if (standardVerdicts.has(name)) return `${name} is a verdict: no chain can be called so.`;
  if (findTarget(name) !== null)
    return `${name} is a target: a jump to a chain of this name could mean either.`;
  if (builtInChains.get(table.name)?.has(name) === true)
    return `${name} is a chain of the kernel’s own in table ${table.name}.`;
  return table.chains.has(name) ? `Table ${table.name} has a chain ${name} already.` : null;
}

function refused(why: string): RenameRefused {
  return { kind: 'refused', why };
}
