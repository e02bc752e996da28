import { promises } from 'node:fs';
import { checkRuleset } from '../language/rules/check.ts';
import type { Problem } from '../language/rules/problem.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { checkText } from './checkText.ts';
import type { Arguments } from './commandLine.ts';
import type { Rules, RulesFile } from './readRules.ts';
import type { ExitCode, Terminal } from './run.ts';
import { sarifLog } from './sarif.ts';
import { cannotBeRead } from './unreadable.ts';
import { useRules } from './useRules.ts';

/** A problem with its place as people count: lines and columns from 1, the end column behind the last character. */
export interface PlacedProblem {
  readonly problem: Problem;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The problems of one file. */
export interface CheckedFile {
  readonly path: string;
  readonly rules: number;
  readonly problems: readonly PlacedProblem[];
}

/** `check RULES …` */
export async function checkCommand(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  if (given.live && given.values.has('objects')) {
    terminal.complain('--objects and a live node exclude each other: the objects are those of its cluster.');
    return 2;
  }
  return useRules(given, terminal, async (rules) => {
    const unreadable = await objectsProblem(given);
    if (unreadable === null) return check(rules, given, terminal);
    terminal.complain(unreadable);
    return 2;
  });
}

function check(rules: Rules, given: Arguments, terminal: Terminal): ExitCode {
  const files = checkFiles(rules.named);
  const format = given.values.get('format');
  if (format === 'json') terminal.output.line(JSON.stringify({ problems: files.flatMap(jsonProblems) }));
  else if (format === 'sarif') terminal.output.line(JSON.stringify(sarifLog(files), null, 2));
  else terminal.output.write(checkText(files, terminal.style));
  const failed = files.some((file) => file.problems.some(({ problem }) => problem.severity === 'error'));
  return failed ? 1 : 0;
}

async function objectsProblem(given: Arguments): Promise<string | null> {
  const path = given.values.get('objects');
  if (path === undefined) return null;
  try {
    JSON.parse(await promises.readFile(path, 'utf8'));
    return null;
  } catch (error) {
    return cannotBeRead(path, error);
  }
}

/** Checks each file once, also one that holds both families. */
function checkFiles(named: readonly RulesFile[]): readonly CheckedFile[] {
  const files = new Map(named.map((file) => [file.path, file]));
  return [...files.values()].map(({ path, whole, refused }) => ({
    path,
    rules: whole.tables.reduce((sum, table) => sum + countRules(table.chains), 0),
    problems: place(path, whole.text, [...unreadBytes(whole.text, refused), ...checkRuleset(whole)]),
  }));
}

/** What keeps iptables-restore from reading the file at all, at its first line. */
function unreadBytes(text: string, refused: string | null): readonly Problem[] {
  if (refused === null) return [];
  const line = /^.*/.exec(text)?.[0] ?? '';
  const span = { start: 0, end: line.length };
  return [{ code: 'not-rules', severity: 'error', message: refused, span, related: [], fixes: [] }];
}

function countRules(chains: ReadonlyMap<string, { readonly rules: readonly unknown[] }>): number {
  let count = 0;
  for (const chain of chains.values()) count += chain.rules.length;
  return count;
}

function place(file: string, text: string, problems: readonly Problem[]): readonly PlacedProblem[] {
  if (problems.length === 0) return [];
  const lines = new LineIndex(text);
  return problems.map((problem) => {
    const start = lines.positionAt(problem.span.start);
    const end = lines.positionAt(problem.span.end);
    return {
      problem,
      file,
      line: start.line + 1,
      column: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
    };
  });
}

function jsonProblems({ problems }: CheckedFile): readonly object[] {
  return problems.map(({ problem, file, line, column, endLine, endColumn }) => ({
    code: problem.code,
    severity: problem.severity,
    message: problem.message,
    file,
    line,
    column,
    endLine,
    endColumn,
  }));
}
