/** A trace as a line of a flows file, which expects what comes of the packet now. */
import type { Decision } from '../../kernel/trace.ts';
import { jsonText } from '../../text/json.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { answering } from '../answer/answer.ts';
import { assumeWords } from '../answer/assumed.ts';
import { type FlowForm, readForm } from '../form/flowForm.ts';
import { narrate } from '../narrative/narrate.ts';
import { wordFields } from './flowLine.ts';

export type WrittenLine =
  | {
      readonly kind: 'line';
      readonly text: string;
      /** How its outcomes end: `forward, drop`. */
      readonly ends: string;
    }
  /** Why there is none, in a sentence. */
  | { readonly kind: 'none'; readonly message: string };

/** `id`: the test's name; empty: none. What was decided of other nodes does not count: a line is of one node. */
export function* writingLine(
  {
    form,
    decisions,
    id,
  }: { readonly form: FlowForm; readonly decisions: readonly Decision[]; readonly id: string },
  analysis: Analysis,
): Steps<WrittenLine> {
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') return none(reading.errors.map(({ message }) => message).join(' '));
  const { flow } = reading;
  const answer = yield* answering(analysis, flow, { decisions });
  if (answer === null) return none(`There are no IPv${flow.family} rules here to trace it through.`);
  const ends = [...new Set(answer.outcomes.map(({ verdict }) => verdict))];
  const asked = decisions.length === 0 ? [] : narrate(answer, flow, analysis, decisions).assumptions;
  const assume = assumeWords(decisions, asked)
    .filter(({ name }) => !name.startsWith('at '))
    .map(({ name, word }) => `${name}=${word}`);
  const fields = wordFields.flatMap((name) => {
    const text = (form[name] ?? '').trim();
    return text === '' ? [] : [[name, text] as const];
  });
  const all: readonly (readonly [string, unknown])[] = [
    ...(id === '' ? [] : [['id', id] as const]),
    ...fields,
    ...(assume.length === 0 ? [] : [['assume', assume] as const]),
    ['expect', ends.length === 1 ? ends[0] : ends],
  ];
  const text = all.map(([name, value]) => `${jsonText(name)}: ${jsonText(value)}`).join(', ');
  return { kind: 'line', text: `{${text}}`, ends: ends.join(', ') };
}

function none(message: string): WrittenLine {
  return { kind: 'none', message };
}
