/** What the reader of lines gives. */
import { Kept } from '../../../text/kept.ts';
import type { Ruleset, RulesetFormat, Statement, Table, TableTurn } from '../nodes.ts';
import type { Paste } from '../paste/readPaste.ts';
import type { SyntaxProblem } from '../problems.ts';
import { allProblems } from './allProblems.ts';
import { nameForeign } from './foreign.ts';
import type { RulesetBuilder } from './rulesetBuilder.ts';

export class ParsedRuleset implements Ruleset {
  readonly text: string;
  readonly paste: Paste | null;
  readonly format: RulesetFormat;
  readonly listing = null;
  readonly statements: readonly Statement[];
  readonly tables: readonly Table[];
  readonly turns: readonly TableTurn[];
  readonly lineProblems: readonly SyntaxProblem[];
  readonly kept: Kept<Ruleset> = new Kept<Ruleset>(this);
  #problems: readonly SyntaxProblem[] | null = null;

  constructor(text: string, format: RulesetFormat, builder: RulesetBuilder, paste: Paste | null) {
    this.text = text;
    this.paste = paste;
    this.format = format;
    this.statements = builder.statements;
    this.tables = format === 'foreign' ? [] : builder.tables;
    this.turns = format === 'foreign' ? [] : builder.turns;
    this.lineProblems = format === 'foreign' ? [notRules(text)] : builder.problems;
  }

  /** Those of the lines, and those inside the rules, which are read for it. */
  get problems(): readonly SyntaxProblem[] {
    this.#problems ??= this.#allProblems();
    return this.#problems;
  }

  #allProblems(): readonly SyntaxProblem[] {
    if (this.format === 'foreign') return this.lineProblems;
    return allProblems(this);
  }
}

/** The one problem of a text that is something else: on its first line that is not blank. */
function notRules(text: string): SyntaxProblem {
  const start = Math.max(0, text.search(/\S/));
  const lineEnd = text.slice(start, start + 200).search(/[\r\n]/);
  const end = lineEnd < 0 ? Math.min(text.length, start + 200) : start + lineEnd;
  return { code: 'not-rules', start, end, detail: nameForeign(text) };
}
