/** A folder with a copy of the samples may say which question it opens with: `npm start` makes one. */
import * as vscode from 'vscode';
import { guidedStories } from './guides.ts';
import type { GuidedTraces } from './guidedTraces.ts';

const shownKey = 'kubeProxy.samples.questionShown';

/**
 * Shows the question that the window's folder names in `kubeProxy.samples.question`, once: what the user opens from then
 * on is what the folder opens with. A name that there is not shows nothing.
 */
export async function openQuestionOfFolder(guided: GuidedTraces, memento: vscode.Memento): Promise<void> {
  const named = vscode.workspace.getConfiguration('kubeProxy.samples').inspect<string>('question');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const question = guidedStories().find(({ id }) => id === named?.workspaceValue);
  if (question === undefined || folder === undefined || memento.get(shownKey) === true) return;
  await memento.update(shownKey, true);
  await guided.open(question, 0, folder.uri);
}
