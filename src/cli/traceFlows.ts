/** `trace RULES --flows`: a flow on each line in, a result on each line out, in the same order. */
import type { Analysis } from '../kubeproxy/analysis.ts';
import { answerOf, sequenceAnswerOf } from '../kubeproxy/answer/answer.ts';
import { type AssumeWords, Assuming } from '../kubeproxy/answer/assumed.ts';
import { type DecidableAssumption, withOptions } from '../kubeproxy/answer/assumptionOptions.ts';
import { type FlowResult, flowResult, readFlow } from '../kernel/flows.ts';
import type { Assumption, Verdict } from '../kernel/trace.ts';
import { jsonText } from '../text/json.ts';
import type { Output } from './output.ts';

/** What is decided of every line's open questions, and how every line has to end (null: as it will). */
export interface EveryLine {
  readonly assume: readonly AssumeWords[];
  readonly expect: Verdict | null;
}

/** How many lines could not be answered, and how many ended otherwise than expected. */
interface Done {
  readonly failures: number;
  readonly unexpected: number;
}

/** Answers every line of `lines`. One that is no flow does not end the rest. */
export async function traceFlows(
  analysis: Analysis,
  lines: AsyncIterable<string>,
  every: EveryLine,
  output: Output,
): Promise<Done> {
  let failures = 0;
  let unexpected = 0;
  for await (const line of lines) {
    if (output.closed) break;
    if (line.trim() === '') continue;
    const result = answerLine(analysis, line, every.assume);
    if ('error' in result) failures++;
    else if (every.expect !== null && !endsAs(result, every.expect)) unexpected++;
    output.line(jsonText(result));
    await output.flushIfLarge();
  }
  await output.flush();
  return { failures, unexpected };
}

type LineResult = FlowResult | { readonly id: unknown; readonly error: string };

/** Of a sequence, every packet. */
function endsAs(result: FlowResult, expect: Verdict): boolean {
  if ('outcomes' in result) return result.outcomes.every(({ verdict }) => verdict === expect);
  return result.joint.every(({ results }) => results.every((each) => each.split(' ')[0] === expect));
}

function answerLine(analysis: Analysis, line: string, assume: readonly AssumeWords[]): LineResult {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { id: null, error: `This line is not JSON: ${messageOf(error)}` };
  }
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  const reading = readFlow(value);
  if (reading.kind === 'error') return { id, error: reading.message };
  const { flow } = reading;
  try {
    const assuming = new Assuming(assume);
    for (;;) {
      const options = { decisions: assuming.decisions };
      const found = flow.then ? sequenceAnswerOf(analysis, flow, options) : answerOf(analysis, flow, options);
      if (found === null) {
        return { id, error: `There are no IPv${flow.family} rules here to trace it through.` };
      }
      const isOpen = assume.length > 0 && assuming.take(found.assumptions.map(decidable));
      if (assuming.problem !== null) return { id, error: `--assume: ${assuming.problem}` };
      if (!isOpen) return flowResult(flow, found);
    }
  } catch (error) {
    return { id, error: `This is a defect of the program: ${messageOf(error)}` };
  }
}

function decidable(assumption: Assumption | DecidableAssumption): DecidableAssumption {
  return 'options' in assumption ? assumption : withOptions(assumption);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
