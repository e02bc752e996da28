/** `--assume`: what the user decides of a packet's open questions, whichever come up. */
import type { Decision } from '../kernel/trace.ts';
import { type AssumeWords, Assuming, type Decidable, readAssume } from '../kubeproxy/answer/assumed.ts';
import { misuse, type Misuse, type Terminal } from './command.ts';
import { nearest } from '../text/nearest.ts';

/** The values of `--assume`, taken apart. */
export function assumesOf(values: readonly string[]): readonly AssumeWords[] | Misuse {
  const found: AssumeWords[] = [];
  for (const value of values) {
    const words = readAssume(value);
    if (words === null) {
      return misuse(
        `--assume takes CODE=yes, CODE=no or CODE=WORD, such as ipset-unknown=yes, and not "${value}".`,
      );
    }
    found.push(words);
  }
  return found;
}

/**
 * Asks until all that `words` decide is decided: an answer may bring up questions that the one before had not. `Problem`:
 * an answer that a question does not have.
 */
export async function settled<Answer>(
  words: readonly AssumeWords[],
  ask: (decisions: readonly Decision[]) => Promise<Answer | null> | Answer | null,
  questionsOf: (answer: Answer) => readonly Decidable[],
): Promise<{ readonly answer: Answer | null; readonly assuming: Assuming }> {
  const assuming = new Assuming(words);
  for (;;) {
    const answer = await ask(assuming.decisions);
    if (answer === null || !assuming.take(questionsOf(answer))) return { answer, assuming };
  }
}

/** Says what of `--assume` decided nothing; false where a question has no such answer. */
export function tellUnused(
  { problem, unused }: Assuming,
  asked: readonly Decidable[],
  { complain }: Terminal,
): boolean {
  if (problem !== null) {
    complain(`--assume: ${problem}`);
    return false;
  }
  const codes = [...new Set(asked.filter(({ options }) => options.length > 0).map(({ code }) => code))];
  for (const { name, word } of unused) {
    const meant = nearest(name, codes);
    const open = codes.length === 0 ? 'Nothing is open here.' : `Open here: ${codes.join(', ')}.`;
    complain(
      `--assume ${name}=${word} decides nothing: no such question came up. ${meant === null ? open : `Did you mean ${meant}?`}`,
    );
  }
  return true;
}
