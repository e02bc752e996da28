/** Expect This: what came of a line is what the line expects from now on. */
import * as vscode from 'vscode';

/** `"expect": "drop"`, `"expect": ["forward", "drop"]`: verdicts hold no brackets and no quotes. */
const EXPECTED = /("expect"\s*:\s*)("[^"]*"|\[[^\]]*\])/;

/** `ends`: `forward, drop`. A line that expects nothing is left as it is. */
export async function expectThis(uri: string, line: number, ends: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const { text, range } = document.lineAt(line);
  const verdicts = ends.split(', ');
  const value = verdicts.length === 1 ? verdicts[0] : verdicts;
  const changed = text.replace(EXPECTED, (_, before: string) => before + JSON.stringify(value));
  if (changed === text) return;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, changed);
  await vscode.workspace.applyEdit(edit);
}
