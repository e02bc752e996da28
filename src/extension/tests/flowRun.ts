/** A run of tests: the server judges the lines, as `trace --flows` does, some at a time. */
import * as vscode from 'vscode';
import { type JudgedLine, judgeFlowsRequest } from '../../protocol/flowTests.ts';
import { visibleAtLength } from '../plainText.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';
import type { FlowTest } from './flowItems.ts';

/** Asked at once: few enough to be told soon, and many enough to be quick. */
const AT_ONCE = 50;

/** What a message's menu knows it by. */
const MESSAGE = 'kubeProxy.flow';

/** Judges the tests of one file by `rules`, tells `run` and answers what came. Ends early, without a verdict, when `token` says so. */
export async function runFlows(
  server: RulesServer,
  rules: vscode.Uri,
  tests: readonly FlowTest[],
  run: vscode.TestRun,
  token: vscode.CancellationToken,
): Promise<ReadonlyMap<vscode.TestItem, JudgedLine>> {
  const came = new Map<vscode.TestItem, JudgedLine>();
  for (let from = 0; from < tests.length && !token.isCancellationRequested; from += AT_ONCE) {
    const some = tests.slice(from, from + AT_ONCE);
    for (const { item } of some) run.started(item);
    try {
      for (const [item, result] of await judge(server, rules, some, run, token)) came.set(item, result);
    } catch (error) {
      if (error instanceof RequestCancelled && token.isCancellationRequested) break;
      const reason = error instanceof RequestCancelled ? changed() : messageOf(error);
      for (const { item } of some) run.errored(item, new vscode.TestMessage(reason));
    }
  }
  return came;
}

async function judge(
  server: RulesServer,
  rules: vscode.Uri,
  tests: readonly FlowTest[],
  run: vscode.TestRun,
  token: vscode.CancellationToken,
): Promise<ReadonlyMap<vscode.TestItem, JudgedLine>> {
  const came = new Map<vscode.TestItem, JudgedLine>();
  const lines = tests.map(({ line }) => line.text);
  const judged = await server.request(judgeFlowsRequest, { uri: rules.toString(), lines }, token);
  tests.forEach((test, at) => {
    const result = judged.kind === 'judged' ? judged.lines[at] : undefined;
    if (result !== undefined) {
      came.set(test.item, result);
      tell(test, result, run);
    } else if (judged.kind === 'unavailable') {
      run.errored(test.item, new vscode.TestMessage(judged.message));
    }
  });
  return came;
}

function tell(test: FlowTest, result: JudgedLine, run: vscode.TestRun): void {
  const { item } = test;
  switch (result.kind) {
    case 'asExpected':
      run.appendOutput(outputOf(test, result.message), undefined, item);
      run.passed(item);
      break;
    case 'nothingExpected':
      run.appendOutput(outputOf(test, result.message), undefined, item);
      run.skipped(item);
      break;
    case 'otherwise': {
      const message = vscode.TestMessage.diff(
        visibleAtLength(result.message),
        result.expected,
        result.actual,
      );
      run.failed(item, placed(message, test, 0, test.line.text.length));
      break;
    }
    case 'error': {
      const message = new vscode.TestMessage(visibleAtLength(result.message));
      run.errored(item, placed(message, test, result.start, result.end));
    }
  }
}

function placed(
  message: vscode.TestMessage,
  { item, line }: FlowTest,
  start: number,
  end: number,
): vscode.TestMessage {
  if (item.uri !== undefined) {
    message.location = new vscode.Location(item.uri, new vscode.Range(line.line, start, line.line, end));
  }
  message.contextValue = MESSAGE;
  return message;
}

/** A terminal shows it: nothing of it may be a control. */
function outputOf({ line }: FlowTest, told: string): string {
  return `${visibleAtLength(line.name)}: ${visibleAtLength(told)}\r\n`;
}

function changed(): string {
  return vscode.l10n.t('The rules changed meanwhile: run it again.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
