/** What `explain --format json` prints. */
import { placeText } from '../../kernel/ruleAt.ts';
import { assumeWords } from '../../kubeproxy/answer/assumed.ts';
import type { RuleExplanation } from '../../kubeproxy/explain/explainRule.ts';
import type { Explanation } from '../../kubeproxy/explain/explanation.ts';
import type { MarkTable } from '../../kubeproxy/marks/markTable.ts';
import { type RulesNamed, toCommandLine } from '../../kubeproxy/narrative/toCommandLine.ts';
import type { Explained } from '../explained.ts';

/** `rules`: as their user names them, for command lines. */
export function explainedJson(what: Exclude<Explained, { kind: 'nothing' }>, rules: RulesNamed): object {
  switch (what.kind) {
    case 'rules':
      return { rules: what.rules.map((each) => ruleJson(each, rules)) };
    case 'chains':
      return { explanations: what.chains.map(explanationJson) };
    default:
      return { marks: what.tables.map(markJson) };
  }
}

function ruleJson({ at, witness, ...rest }: RuleExplanation, rules: RulesNamed): object {
  return {
    ...rest,
    place: placeText(at),
    witness:
      witness === null ? null : { ...witness, command: witnessCommand({ at, witness, ...rest }, rules) },
  };
}

/** An explanation with its references in the words of results. */
function explanationJson({ references, ...rest }: Explanation): object {
  return {
    ...rest,
    references: references.map(({ at, text }) => ({ text, place: placeText(at) })),
  };
}

/** The rules of a row by their places. */
function markJson({ rows, ...rest }: MarkTable): object {
  return { ...rest, rows: rows.map((row) => ({ ...row, places: row.places.map(({ text }) => text) })) };
}

/** Null without a witness. */
export function witnessCommand({ witness }: RuleExplanation, rules: RulesNamed): string | null {
  return witness === null ? null : toCommandLine(witness.packet, rules, assumeWords(witness.decisions, []));
}
