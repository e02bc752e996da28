import { append } from '../../../text/lists.ts';
import type { Ruleset } from '../nodes.ts';
import type { SyntaxProblem } from '../problems.ts';

/** Those of the lines, and those inside the rules, each of which is read for it. */
export function allProblems({
  lineProblems,
  statements,
}: Pick<Ruleset, 'lineProblems' | 'statements'>): readonly SyntaxProblem[] {
  const problems = [...lineProblems];
  for (const statement of statements) {
    if (statement.kind === 'rule' && statement.problems.length > 0) append(problems, statement.problems);
  }
  return problems.sort((a, b) => a.start - b.start);
}
