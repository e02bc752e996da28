/** `trace RULES --flows`: a flow on each line in, a result on each line out, in the same order. */
import type { Analysis } from '../kubeproxy/analysis.ts';
import { type EveryLine, judging, unexpectedWords } from '../kubeproxy/expected/judge.ts';
import type { FlowResult } from '../kernel/flows.ts';
import { jsonText, parseRecord } from '../text/json.ts';
import { finish } from '../values/steps.ts';
import type { Output } from './output.ts';

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
    const result = answerLine(analysis, line, every);
    if ('error' in result) failures++;
    else if (result.asExpected === false) unexpected++;
    output.line(jsonText(result));
    await output.flushIfLarge();
  }
  await output.flush();
  return { failures, unexpected };
}

type LineResult =
  /** `asExpected`: of a line that something is expected of; `told`: of one that ends otherwise, what is expected and what came. */
  | (FlowResult & { readonly asExpected?: boolean; readonly told?: string })
  | { readonly id: unknown; readonly error: string };

function answerLine(analysis: Analysis, line: string, every: EveryLine): LineResult {
  try {
    const judged = finish(judging(line, analysis, every));
    if (judged.kind === 'error') return { id: judged.id, error: judged.message };
    const { result, held } = judged;
    if (held === null) return result;
    const told = unexpectedWords(judged);
    return told === null ? { ...result, asExpected: true } : { ...result, asExpected: false, told };
  } catch (error) {
    return {
      id: parseRecord(line)?.['id'] ?? null,
      error: `This is a defect of the program: ${messageOf(error)}`,
    };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
