import type { CancellationToken, Connection } from 'vscode-languageserver';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { readLine } from '../../kubeproxy/expected/flowLine.ts';
import { type Judged, judging, unexpectedWords } from '../../kubeproxy/expected/judge.ts';
import { writingLine } from '../../kubeproxy/expected/writeLine.ts';
import { formOfLine } from '../../kubeproxy/expected/lineForm.ts';
import { lineHelp, spanOfField } from '../../language/flows/lineHelp.ts';
import {
  flowHelpRequest,
  type FlowProblem,
  readFlowsRequest,
  writeFlowRequest,
  type JudgedFlows,
  type JudgedLine,
  judgeFlowsRequest,
} from '../../protocol/flowTests.ts';
import type { Steps } from '../../values/steps.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readFlowHelpParams, readJudgeFlowsParams, readWriteFlowParams } from '../params.ts';
import { hasRules, type Subject, type Workspace } from '../workspace.ts';
import { noTables, notOpen } from './trace.ts';

/** Judges lines of flows by open rules, and helps to write them. */
export function handleFlowTests(connection: Connection, workspace: Workspace): void {
  answer(connection, judgeFlowsRequest, readJudgeFlowsParams, async ({ uri, lines }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return unavailable(notOpen);
    return hasRules(subject) ? judgeAll(lines, subject, token) : unavailable(noTables);
  });
  answer(connection, readFlowsRequest, readJudgeFlowsParams, async ({ uri, lines }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null || !hasRules(subject)) return [];
    return answerInTurns(problemsOf(lines, subject.analysis), token);
  });
  answer(connection, writeFlowRequest, readWriteFlowParams, async ({ uri, ...trace }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return { kind: 'none', message: notOpen };
    if (!hasRules(subject)) return { kind: 'none', message: noTables };
    return answerInTurns(writingLine(trace, subject.analysis), token);
  });
  answer(connection, flowHelpRequest, readFlowHelpParams, ({ line, character }) =>
    Promise.resolve(lineHelp(line, character)),
  );
}

function* problemsOf(lines: readonly string[], analysis: Analysis): Steps<readonly FlowProblem[]> {
  const found: FlowProblem[] = [];
  for (const [index, line] of lines.entries()) {
    const reading = readLine(line, analysis);
    yield;
    if (reading.kind === 'line') continue;
    found.push({ index, message: reading.message, ...spanOfField(line, reading.field) });
  }
  return found;
}

const nothingMore = { assume: [], expect: null };

async function judgeAll(
  lines: readonly string[],
  { analysis }: Subject,
  token: CancellationToken,
): Promise<JudgedFlows> {
  const judged: JudgedLine[] = [];
  for (const line of lines) {
    judged.push(told(line, await answerInTurns(judging(line, analysis, nothingMore), token)));
  }
  return { kind: 'judged', lines: judged };
}

function told(line: string, judged: Judged): JudgedLine {
  if (judged.kind === 'error') {
    return { kind: 'error', message: judged.message, ...spanOfField(line, judged.field) };
  }
  const { held, flow, decisions, ends } = judged;
  const shown = formOfLine(line, flow);
  const unexpected = unexpectedWords(judged);
  return {
    kind: held === null ? 'nothingExpected' : unexpected === null ? 'asExpected' : 'otherwise',
    expected: held?.expected ?? '',
    actual: [...new Set(ends)].join(', '),
    message: unexpected ?? judged.told(),
    packet: shown.kind === 'form' ? { form: shown.form, decisions } : null,
    unshown: shown.kind === 'none' ? shown.why : '',
  };
}

function unavailable(message: string): JudgedFlows {
  return { kind: 'unavailable', message };
}
