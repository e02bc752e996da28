import type { RuleExplanation } from '../kubeproxy/explain/explainRule.ts';
import { witnessCommand } from '../agents/json/explanationJson.ts';
import type { RulesNamed } from '../kubeproxy/narrative/toCommandLine.ts';
import { paint, plain, type Style, wrap } from './terminal.ts';

const PROSE_WIDTH = 110;

/** A rule in words, and the command that traces a packet which it matches. `rules` as the user named them. */
export function ruleText(explanation: RuleExplanation, rules: RulesNamed, style: Style): string {
  const { at, family, text, does } = explanation;
  const width = Math.min(style.width, PROSE_WIDTH) - 2;
  const prose = (words: string): readonly string[] => wrap(plain(words), width).map((line) => `  ${line}`);
  return [
    `${paint(style, 'bold', `Rule ${at.index + 1} of ${plain(at.chain)}`)} ${paint(style, 'dim', `table ${plain(at.table)} · IPv${family}`)}`,
    `  ${plain(text)}`,
    '',
    ...prose(does),
    '',
    ...prose(meaningOf(explanation)),
    ...commandOf(explanation, rules).map((line) => `    ${plain(line)}`),
    '',
  ].join('\n');
}

function meaningOf({ witness, never }: RuleExplanation): string {
  if (witness !== null && witness.unsendable !== null)
    return `A packet that it matches, which nobody can send: ${witness.unsendable}. None that a person can send was found among those that were tried:`;
  if (witness !== null)
    return witness.decisions.length === 0
      ? 'A packet that it matches:'
      : 'A packet that it matches, if what is assumed holds:';
  return never ?? 'None of the packets that were tried gets to it. That does not say that there is none.';
}

function commandOf(explanation: RuleExplanation, rules: RulesNamed): readonly string[] {
  const command = witnessCommand(explanation, rules);
  return command === null ? [] : [command];
}
