import * as vscode from 'vscode';
import type { TextLocation } from '../../protocol/requests.ts';
import { rangeOf } from '../panels/shared/ruleHighlight.ts';

/** How an editor is shown; by default it takes the focus. */
export interface RevealOptions {
  readonly preserveFocus?: boolean;
  /** The column to stay out of. */
  readonly beside?: vscode.ViewColumn | undefined;
}

/** Shows a place in the rules, in the editor that shows them already where there is one. */
export async function revealLocation(location: TextLocation, options: RevealOptions = {}): Promise<void> {
  const uri = vscode.Uri.parse(location.uri, true);
  const range = rangeOf(location);
  const selection = new vscode.Range(range.start, range.start);
  const editor = await vscode.window.showTextDocument(uri, {
    viewColumn: columnFor(location.uri, options.beside),
    preserveFocus: options.preserveFocus ?? false,
    selection,
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function columnFor(uri: string, beside: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri),
  );
  if (group !== undefined) return group.viewColumn;
  if (beside === undefined) return vscode.ViewColumn.Active;
  return beside === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One;
}
