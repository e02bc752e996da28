import type { Range } from 'vscode-languageserver-types';
import { builtInChains } from '../rules/iptables/builtInChains.ts';
import { chainWordAt } from './chains.ts';
import { chainWords } from './chainWords.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** More places than anybody wants to change while typing; *Rename Symbol* changes any number. */
const MOST_PLACES = 200;

/** What a name that is being typed may hold; an editor ends the linked editing at anything else. */
const NAME = String.raw`[^\s"]+`;

/** Ranges that hold the same text, and what that text may become. */
export interface LinkedPlaces {
  readonly ranges: Range[];
  readonly wordPattern: string;
}

/**
 * All places of the chain that is named at `offset`, which an editor changes together. Null for a chain of the kernel's
 * own, for one with very many places, and where a name stands in quotes, so that the places differ.
 */
export function linkedEditingAt(document: RulesDocument, offset: number): LinkedPlaces | null {
  const found = chainWordAt(document, offset);
  // The rows of a listing say no chain.
  if (document.ruleset.format === 'listing') return null;
  if (found === null || builtInChains.get(found.table.name)?.has(found.word.text) === true) return null;
  const words = chainWords(document, found).map(({ word }) => word);
  const alike = words.every(({ start, end, text }) => end - start === text.length);
  if (!alike || words.length > MOST_PLACES || words.length === 0) return null;
  return { ranges: words.map((word) => document.rangeOf(word)), wordPattern: NAME };
}
