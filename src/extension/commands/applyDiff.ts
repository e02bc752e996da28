import * as vscode from 'vscode';
import type { CurrentRules } from '../documents/currentRules.ts';
import { rulesLanguage } from '../documents/rulesDocument.ts';
import { inMessage } from '../plainText.ts';
import { applyDiff as patched } from '../../text/applyDiff.ts';
import { decodeRules } from '../../text/decode.ts';

/** Asks for the output of `diff`, and opens what it makes of the rules that are looked at beside them. */
export async function applyDiff(current: CurrentRules): Promise<void> {
  const { uri } = current;
  if (uri === null) {
    inform(vscode.l10n.t('Open the rules first that the diff was made of.'));
    return;
  }
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Apply the Output of diff to These Rules'),
      openLabel: vscode.l10n.t('Apply'),
      canSelectMany: false,
      filters: { [vscode.l10n.t('Diffs')]: ['diff', 'patch', 'txt'], [vscode.l10n.t('All files')]: ['*'] },
    })) ?? [];
  if (file === undefined) return;
  const before = (await vscode.workspace.openTextDocument(uri)).getText();
  const diff = decodeRules(await vscode.workspace.fs.readFile(file)).text;
  const result = patched(before, diff);
  if (result.kind === 'there') inform(vscode.l10n.t('These rules are already as the diff leaves them.'));
  else if (result.kind === 'refused')
    inform(vscode.l10n.t('The diff cannot be applied to these rules: {0}.', result.why));
  else await openBeside(result.text);
}

function inform(message: string): void {
  void vscode.window.showInformationMessage(inMessage(message));
}

async function openBeside(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: rulesLanguage, content });
  await vscode.window.showTextDocument(document, { preview: false, viewColumn: vscode.ViewColumn.Beside });
}
