/** Lines that a mail program broke between words, where the next one would not have fitted; quoted or not. */
import type { Noise } from './noise.ts';
import { formOf } from './wording.ts';

/** Mail is broken at 68 to 78 columns, or where its writer set it. */
const NARROWEST = 60;
const WIDEST = 132;
/** Fewer are lines that somebody broke by hand. */
const FEWEST = 2;

const MARKS = /^(?:[ \t]*>)*[ \t]*/;
const RULE = /^(?:\[\d+:\d+\]\s*)?-[AI]\s/;

interface Line {
  /** Behind the marks of a quote. */
  readonly start: number;
  /** Before blanks at its end. */
  readonly end: number;
  readonly text: string;
}

/** The line endings within rules; none where one of them is no such edge, or lines are longer than mail has them. */
export function mailWraps(text: string): readonly Noise[] {
  const broken = brokenRules(linesOf(text));
  const width = broken.flat().reduce((most, line) => Math.max(most, line.text.length), 0);
  if (width < NARROWEST || width > WIDEST) return [];
  const wraps = broken.flatMap((lines) =>
    lines.slice(1).map((line, index) => ({ before: lines[index] ?? line, line })),
  );
  const areAll = wraps.every(({ before, line }) => {
    const [word = ''] = line.text.split(/\s/, 1);
    return before.text.length + 1 + word.length > width;
  });
  if (wraps.length < FEWEST || !areAll) return [];
  return wraps.map(({ before, line }) => ({
    kind: 'wraps',
    start: before.end,
    end: line.start,
    newText: ' ',
  }));
}

/** Each rule with the lines that go on below it. */
function brokenRules(lines: Iterable<Line>): readonly (readonly Line[])[] {
  const rules: Line[][] = [];
  let open: Line[] | null = null;
  for (const line of lines) {
    if (RULE.test(line.text)) rules.push((open = [line]));
    else if (open !== null && goesOn(line.text)) open.push(line);
    else open = null;
  }
  return rules;
}

function goesOn(line: string): boolean {
  return line !== '' && formOf(line) === 'other';
}

function* linesOf(text: string): Generator<Line, void> {
  for (const { 0: line, index } of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const marks = MARKS.exec(line)?.[0].length ?? 0;
    const words = line.slice(marks).trimEnd();
    yield { start: index + marks, end: index + marks + words.length, text: words };
  }
}
