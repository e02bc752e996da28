/** The tools of language models, called as a chat calls them. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { openDump } from './support.ts';
import { Suite } from './runner.ts';

export const languageModelTools = new Suite('language model tools');

/** What a tool answers, as text. */
async function asked(name: string, input: object): Promise<string> {
  const { token } = new vscode.CancellationTokenSource();
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('\n');
}

languageModelTools.test('all of the manifest are there', () => {
  const names = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('kubeProxy_'));
  assert.deepEqual(names.toSorted(), [
    'kubeProxy_check',
    'kubeProxy_compare',
    'kubeProxy_diagnose',
    'kubeProxy_explain',
    'kubeProxy_list_services',
    'kubeProxy_read_rules',
    'kubeProxy_trace',
  ]);
});

languageModelTools.test('a packet is traced through the rules that are shown', async () => {
  await openDump();
  const told = await asked('kubeProxy_trace', { from: 'pod:10.244.1.7', to: 'shop/three:http' });
  const { summary, outcomes }: { summary: string; outcomes: { probability: number }[] } = JSON.parse(told);
  assert.match(summary, /one of 3 endpoints of shop\/three:http/);
  assert.deepEqual(
    outcomes.map(({ probability }) => probability.toFixed(3)),
    ['0.333', '0.333', '0.333'],
  );
});
