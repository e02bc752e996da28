/** `trace RULES --flows`: a flow on each line in, a result on each line out, in the same order. */
import type { Analysis } from '../kubeproxy/analysis.ts';
import { answerOf, sequenceAnswerOf } from '../kubeproxy/answer/answer.ts';
import { flowResult, readFlow } from '../kernel/flows.ts';
import { jsonText } from '../text/json.ts';
import type { Output } from './output.ts';

/** Answers every line of `lines`; how many of them could not be answered. A line that is no flow does not end the rest. */
export async function traceFlows(
  analysis: Analysis,
  lines: AsyncIterable<string>,
  output: Output,
): Promise<number> {
  let failures = 0;
  for await (const line of lines) {
    if (output.closed) break;
    if (line.trim() === '') continue;
    const result = answerLine(analysis, line);
    if ('error' in result) failures++;
    output.line(jsonText(result));
    await output.flushIfLarge();
  }
  await output.flush();
  return failures;
}

function answerLine(analysis: Analysis, line: string): object {
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
    const found = flow.then ? sequenceAnswerOf(analysis, flow) : answerOf(analysis, flow);
    return found === null
      ? { id, error: `There are no IPv${flow.family} rules here to trace it through.` }
      : flowResult(flow, found);
  } catch (error) {
    return { id, error: `This is a defect of the program: ${messageOf(error)}` };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
