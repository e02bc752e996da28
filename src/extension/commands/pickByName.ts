/** A quick pick of which each letter asks anew. */
import * as vscode from 'vscode';
import { PickRows } from '../pickRows.ts';

interface NamePick<Item extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeholder: string;
  /** What fits the words that were typed: all of it is shown. May reject where the rules change meanwhile. */
  find(query: string): Promise<readonly Item[]>;
}

/** Null when the user takes it back. */
export function pickByName<Item extends vscode.QuickPickItem>(pick: NamePick<Item>): Promise<Item | null> {
  const input = vscode.window.createQuickPick<Item>();
  input.title = pick.title;
  input.placeholder = pick.placeholder;
  const rows = new PickRows(input);
  let latest = 0;
  const update = async (): Promise<void> => {
    const own = ++latest;
    input.busy = true;
    try {
      const found = await pick.find(input.value);
      if (own === latest) rows.set(found);
    } catch {
      // Taken back, or the rules changed meanwhile: the next letter asks again.
      if (own === latest) rows.set([]);
    }
    if (own === latest) input.busy = false;
  };
  return new Promise((resolve) => {
    input.onDidChangeValue(() => void update());
    input.onDidAccept(() => {
      const item = rows.chosen;
      if (item === null) return;
      resolve(item);
      input.hide();
    });
    input.onDidHide(() => {
      resolve(null);
      input.dispose();
    });
    input.show();
    void update();
  });
}
