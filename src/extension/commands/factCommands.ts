/** The commands about facts of a node and recorded packets. */
import * as vscode from 'vscode';
import type { FactTargets } from '../facts/addFacts.ts';
import { addFacts, addFactsFromClipboard } from '../facts/addFacts.ts';
import { chooseRecording } from '../facts/compareRecording.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import type { RulesElement } from '../views/rulesTree.ts';
import type { RulesView } from '../views/rulesView.ts';
import { command } from './command.ts';

/** The registrations, for the extension's subscriptions. */
export function registerFactCommands(
  targets: FactTargets & { readonly panels: TracePanels; readonly view: RulesView },
): vscode.Disposable[] {
  const { current, given, view } = targets;
  return [
    command('kubeProxy.rules.addFacts', () => addFacts(targets)),
    command('kubeProxy.rules.addFactsFromClipboard', () => addFactsFromClipboard(targets)),
    command('kubeProxy.rules.removeFact', (element?: RulesElement) => {
      const row = element ?? view.selected;
      if (row?.kind === 'fact' && current.uri !== null) given.remove(current.uri, row.fact.uri);
    }),
    command('kubeProxy.trace.compareRecording', (file?: vscode.Uri) =>
      chooseRecording(targets, file instanceof vscode.Uri ? file : undefined),
    ),
  ];
}
