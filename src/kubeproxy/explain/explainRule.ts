/** What a rule does, and a packet that it matches: the command line's `explain table/CHAIN/INDEX`. Plain data and plain text. */
import type { Family } from '../../values/address.ts';
import { placeText, type RuleAt, type RulePlace } from '../../kernel/ruleAt.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { findingsOfRules } from '../findings/rules/ofRules.ts';
import { placeOf } from '../modes/iptables/source.ts';
import { families, tableNamed } from '../rulesets.ts';
import { fullWords } from '../words/ruleWords.ts';
import { type Witness, witnessOf } from './witness.ts';

export interface RuleExplanation {
  readonly family: Family;
  readonly at: RuleAt;
  /** The rule as it is written. */
  readonly text: string;
  /** One sentence. */
  readonly does: string;
  /** A packet that it matches, by its trace; null where none was found. */
  readonly witness: Witness | null;
  /** Why no packet can match it; null where that is not proved. */
  readonly never: string | null;
}

/** `filter/INPUT/3`, as results name a rule: the index counts from 0. Null for any other text. */
export function readRulePlace(text: string): RulePlace | null {
  const [, table = '', chain = '', index = ''] = /^(\w+)\/([^\s/]+)\/(\d{1,7})$/u.exec(text) ?? [];
  return table === '' ? null : { table, chain, index: Number(index) };
}

/** Of each family that has such a rule. */
export function* explainRule(place: RulePlace, analysis: Analysis): Steps<readonly RuleExplanation[]> {
  const found: RuleExplanation[] = [];
  for (const family of families) {
    const source = analysis.sources.followed(family);
    const table = source === null ? null : tableNamed(source.ruleset, place.table);
    const chain = table?.chains.get(place.chain);
    const rule = chain?.rules[place.index];
    if (source === null || table === null || chain === undefined || rule === undefined) continue;
    const at = placeOf(source.id, table.name, chain.name, rule);
    const witness = yield* witnessOf({ source, family, table, chain, rule, at }, analysis);
    found.push({
      family,
      at,
      text: source.ruleset.text.slice(rule.start, rule.end),
      does: fullWords(rule, { masqueradeMark: analysis.iptables.masqueradeMark, table: table.name }),
      witness,
      never: witness === null ? yield* proofOf(at, analysis) : null,
    });
  }
  return found;
}

function* proofOf(at: RuleAt, analysis: Analysis): Steps<string | null> {
  const findings = yield* findingsOfRules(analysis);
  const own = findings.find(
    (each) =>
      each.code === 'never-matches' &&
      each.at !== null &&
      'index' in each.at &&
      each.at.source === at.source &&
      placeText(each.at) === placeText(at),
  );
  return own?.message ?? null;
}
