import { countWords, plural } from '../kubeproxy/narrative/words.ts';
import { wordsOfFinding } from '../kubeproxy/findings/finding.ts';
import { causesOf } from '../kubeproxy/findings/oneCause.ts';
import type { FindingCode } from '../kubeproxy/findings/table.ts';
import type { Severity } from '../kubeproxy/findings/kind.ts';
import type { CheckedFile, PlacedFinding } from './checkedFiles.ts';
import { pad, paint, plain, widest, wrap, type Style } from './terminal.ts';
import { append } from '../text/lists.ts';

const PROSE_WIDTH = 120;

export const severities: Readonly<
  Record<Severity, { readonly word: string; readonly paint: 'red' | 'yellow' | 'cyan' }>
> = {
  error: { word: 'error', paint: 'red' },
  warning: { word: 'warning', paint: 'yellow' },
  information: { word: 'note', paint: 'cyan' },
};

/** What is told in place of one finding, or of several of one cause. */
interface ToldFinding extends PlacedFinding {
  readonly codes: readonly FindingCode[];
}

interface ToldFile extends Pick<CheckedFile, 'path' | 'rules'> {
  readonly problems: readonly ToldFinding[];
}

/** One cause is told once, where it is seen first. */
function toldOf(files: readonly CheckedFile[]): readonly ToldFile[] {
  const causes = causesOf(files.flatMap(({ problems }) => problems.map(({ finding }) => finding)));
  return files.map(({ path, rules, problems }) => ({
    path,
    rules,
    problems: problems.flatMap(({ finding, place }) => {
      const cause = causes.get(finding);
      return cause === undefined ? [] : [{ ...cause, place }];
    }),
  }));
}

/** The problems of the files, grouped by file, with a line that sums up. `beside`: what of the node was not checked, in clauses. */
export function checkText(checked: readonly CheckedFile[], beside: readonly string[], style: Style): string {
  const files = toldOf(checked);
  const lines: string[] = [];
  for (const file of files.filter(({ problems }) => problems.length > 0)) {
    const title = file.path === null ? 'in no file' : plain(file.path);
    lines.push(paint(style, 'bold', title));
    append(lines, problemLines(file.problems, style));
    lines.push('');
  }
  const notes = beside.flatMap((words) =>
    wrap(`Not among these: ${plain(words)}.`, Math.min(style.width, PROSE_WIDTH) - 2).map(
      (line) => `  ${line}`,
    ),
  );
  return `${[...lines, summary(files, style), ...notes].join('\n')}\n`;
}

function problemLines(problems: readonly ToldFinding[], style: Style): string[] {
  const places = problems.map(({ place }) => (place === null ? '' : `${place.line}:${place.column}`));
  const width = widest(places);
  return problems.flatMap(({ finding, codes }, index) => {
    const { word, paint: colour } = severities[finding.severity];
    const indent = ' '.repeat(width + 13);
    const text = wrap(plain(wordsOfFinding(finding)), Math.min(style.width, PROSE_WIDTH) - indent.length);
    const code = paint(style, 'dim', `[${codes.join(', ')}]`);
    const start = `  ${pad(places[index] ?? '', width)}  ${paint(style, colour, pad(word, 7))}  `;
    return text.map(
      (line, at) => `${at === 0 ? start : indent}${line}${at === text.length - 1 ? `  ${code}` : ''}`,
    );
  });
}

function summary(files: readonly ToldFile[], style: Style): string {
  const rules = plural(
    files.reduce((sum, file) => sum + file.rules, 0),
    'rule',
  );
  const count = files.filter(({ path }) => path !== null).length;
  const where = count === 1 ? rules : `${rules} of ${countWords(count)} files`;
  const found = (severity: Severity): number =>
    files.reduce(
      (sum, file) => sum + file.problems.filter(({ finding }) => finding.severity === severity).length,
      0,
    );
  const [errors, warnings, notes] = [found('error'), found('warning'), found('information')];
  const parts = [
    errors > 0 ? paint(style, 'red', plural(errors, 'error')) : '',
    warnings > 0 ? paint(style, 'yellow', plural(warnings, 'warning')) : '',
    notes > 0 ? plural(notes, 'note') : '',
  ].filter((text) => text !== '');
  if (parts.length === 0) return `${paint(style, 'green', '✓')} No problems in ${where}.`;
  return `${paint(style, errors > 0 ? 'red' : 'yellow', errors > 0 ? '✗' : '!')} ${parts.join(', ')} in ${where}.`;
}
