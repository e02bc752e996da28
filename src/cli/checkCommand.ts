import { promises } from 'node:fs';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { type ClusterObjects, objectsOfFile } from '../kubeproxy/clusterObjects.ts';
import { checkRuleset } from '../language/rules/check.ts';
import type { Problem } from '../language/rules/problem.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { auditProblems } from './auditProblems.ts';
import { checkText } from './checkText.ts';
import { defineCommand, misuse, refuse, type ExitCode, type Misuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { checkSpec } from './commands.ts';
import { choiceOf, rulesGiven, valueOf, type RulesGiven } from './given.ts';
import type { Rules, RulesFile } from './readRules.ts';
import { sarifLog } from './sarif.ts';
import { plain } from './terminal.ts';
import { cannotBeRead } from './unreadable.ts';
import { useRules } from './useRules.ts';

/** What is wrong, in the file's own offsets; `code` is one of problemTable's or of auditProblems'. */
export type CheckProblem = Pick<Problem, 'severity' | 'message' | 'span'> & { readonly code: string };

/** A problem with its place as people count: lines and columns from 1, the end column behind the last character. */
export interface PlacedProblem {
  readonly problem: CheckProblem;
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

interface CheckGiven {
  readonly rules: RulesGiven;
  /** The file of the cluster's objects; null: those beside the rules. */
  readonly objects: string | null;
  readonly format: 'text' | 'json' | 'sarif';
}

/** `check RULES …` */
export const checkCommand = defineCommand({ spec: checkSpec, read: readWords, run: checkRules });

function readWords(words: Words): CheckGiven | Misuse {
  const objects = valueOf(words, 'objects');
  if (words.live && objects !== null) {
    return misuse('--objects and a live node exclude each other: the objects are those of its cluster.');
  }
  return { rules: rulesGiven(words), objects, format: choiceOf(words, 'format', ['text', 'json', 'sarif']) };
}

async function checkRules(given: CheckGiven, terminal: Terminal): Promise<ExitCode> {
  return useRules(given.rules, terminal, async (rules) => {
    const objects = await objectsOf(given.objects);
    return objects.kind === 'objects'
      ? check(rules, objects.objects, given.format, terminal)
      : refuse(terminal, objects.message);
  });
}

function check(
  rules: Rules,
  objects: ClusterObjects | null,
  format: CheckGiven['format'],
  terminal: Terminal,
): ExitCode {
  const analysis = objects === null ? rules.analysis : rules.analysis.withObjects(objects);
  analysis.objectProblems.forEach((problem) => terminal.complain(`objects.json: ${plain(problem)}`));
  const files = checkFiles(rules.named, analysis);
  if (format === 'json') terminal.output.line(JSON.stringify({ problems: files.flatMap(jsonProblems) }));
  else if (format === 'sarif') terminal.output.line(JSON.stringify(sarifLog(files), null, 2));
  else terminal.output.write(checkText(files, terminal.style));
  const failed = files.some((file) => file.problems.some(({ problem }) => problem.severity === 'error'));
  return failed ? 1 : 0;
}

type ObjectsReading =
  /** Null where none were named: those beside the rules are used then, if there are any. */
  | { readonly kind: 'objects'; readonly objects: ClusterObjects | null }
  | { readonly kind: 'unreadable'; readonly message: string };

async function objectsOf(path: string | null): Promise<ObjectsReading> {
  if (path === null) return { kind: 'objects', objects: null };
  try {
    const text = await promises.readFile(path, 'utf8');
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return { kind: 'objects', objects: objectsOfFile(text) };
  } catch (error) {
    return { kind: 'unreadable', message: await cannotBeRead(path, error) };
  }
}

/** Checks each file once, also one that holds both families. */
function checkFiles(named: readonly RulesFile[], analysis: Analysis): readonly CheckedFile[] {
  const files = new Map(named.map((file) => [file.path, file]));
  return [...files.values()].map(({ path, whole, refused }) => {
    const own = named.filter((each) => each.path === path).map(({ family }) => family);
    const problems = [
      ...unreadBytes(whole.text, refused),
      ...checkRuleset(whole),
      ...auditProblems(analysis, own),
    ];
    const rules = whole.tables.reduce((sum, table) => sum + countRules(table.chains), 0);
    return { path, rules, problems: place(path, whole.text, problems) };
  });
}

/** What keeps iptables-restore from reading the file at all, at its first line. */
function unreadBytes(text: string, refused: string | null): readonly CheckProblem[] {
  if (refused === null) return [];
  const line = /^.*/.exec(text)?.[0] ?? '';
  return [{ code: 'not-rules', severity: 'error', message: refused, span: { start: 0, end: line.length } }];
}

function countRules(chains: ReadonlyMap<string, { readonly rules: readonly unknown[] }>): number {
  let count = 0;
  for (const chain of chains.values()) count += chain.rules.length;
  return count;
}

function place(file: string, text: string, problems: readonly CheckProblem[]): readonly PlacedProblem[] {
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
