/** What the reader did not understand, and what nft lists but does not read. */
import type { ProblemCode, Ruleset } from '../nodes.ts';
import type { Span } from '../../../text/span.ts';
import { rulesIn } from '../rulesIn.ts';
import { type Meant, meantByCommand, meantByStatement } from './meant.ts';
import type { Problems } from './problem.ts';

const words: Readonly<Record<ProblemCode, string>> = {
  'unknown-statement': 'nft knows no such statement.',
  'unknown-item': 'nft knows nothing of the kind in this place.',
  'unknown-command': 'nft knows no such command.',
  'no-separator': 'A line’s end or a semicolon is missing before this.',
  unclosed: 'The text ends within a block: a brace is missing.',
  'not-json': 'This is no JSON as nft prints it.',
};

/** Of a line no longer than people write by hand. */
const LONGEST = 500;

function meantBy(code: ProblemCode, text: string, { start, end }: Span): Meant | null {
  if (end - start > LONGEST) return null;
  const written = text.slice(start, end);
  switch (code) {
    case 'unknown-statement':
      return meantByStatement(written);
    case 'unknown-command':
      return meantByCommand(text.slice(text.lastIndexOf('\n', start - 1) + 1, end).trimStart());
    case 'no-separator':
      return written === '}' ? { hint: 'Write "; }".', newText: '; }' } : null;
    default:
      return null;
  }
}

export function checkSyntax(ruleset: Ruleset, problems: Problems): void {
  const { text } = ruleset;
  for (const { code, start, end } of ruleset.problems)
    problems.add('nft-syntax', { start, end }, words[code], meantBy(code, text, { start, end }));
  for (const { statements } of rulesIn(ruleset)) {
    for (const statement of statements) {
      if (statement.kind === 'xt')
        problems.add(
          'nft-misprint',
          statement,
          'nft cannot load rules of iptables-nft that it has no words for.',
        );
    }
  }
  for (const found of ruleset.text.matchAll(/\[invalid type\]/gu)) {
    const span = { start: found.index, end: found.index + found[0].length };
    problems.add('nft-misprint', span, 'nft prints this itself, and does not read it.');
  }
}
