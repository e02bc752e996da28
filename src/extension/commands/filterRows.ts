/** Filters the rows of the Rules view, also those that were never opened: the find of VS Code knows only rows that it has seen. */
import * as vscode from 'vscode';
import type { RulesView } from '../views/rulesView.ts';

/** A word is typed letter by letter; each filter looks through all rows. */
const PAUSE_MILLISECONDS = 200;

/** Asks for the filter and shows what it leaves while it is typed. Escape takes it back. */
export function filterRows(view: RulesView): Promise<void> {
  const before = view.wantedRows;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Rows');
  input.placeholder = vscode.l10n.t('Parts of names, addresses or chains: web 10.96 KUBE-SVC');
  input.value = before.text;
  let { onlyProblems } = before;
  let accepted = false;
  let waiting: NodeJS.Timeout | undefined;
  const apply = (): void => {
    clearTimeout(waiting);
    view.filter({ text: input.value, onlyProblems });
  };
  const showButton = (): void => {
    input.buttons = [problemsButton(onlyProblems)];
    input.prompt = onlyProblems ? vscode.l10n.t('Only rows with problems are shown.') : undefined;
  };
  showButton();
  return new Promise((resolve) => {
    input.onDidChangeValue(() => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, PAUSE_MILLISECONDS);
    });
    input.onDidTriggerButton(() => {
      onlyProblems = !onlyProblems;
      showButton();
      apply();
    });
    input.onDidAccept(() => {
      accepted = true;
      apply();
      input.hide();
    });
    input.onDidHide(() => {
      clearTimeout(waiting);
      if (!accepted) view.filter(before);
      input.dispose();
      resolve();
    });
    input.show();
  });
}

function problemsButton(onlyProblems: boolean): vscode.QuickInputButton {
  return {
    iconPath: new vscode.ThemeIcon(onlyProblems ? 'list-tree' : 'warning'),
    tooltip: onlyProblems
      ? vscode.l10n.t('Show Healthy Rows, Too')
      : vscode.l10n.t('Only Rows with Problems'),
  };
}
