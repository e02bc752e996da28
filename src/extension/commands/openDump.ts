import * as vscode from 'vscode';
import { isRules, rulesLanguage, rulesOf } from '../documents/rulesDocument.ts';

/** Asks for a file and opens it as rules, whatever its name. Gives its rules; null when the user takes it back, and where it has none. */
export async function openDump(): Promise<vscode.Uri | null> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Open a Dump of iptables-save'),
      openLabel: vscode.l10n.t('Open'),
      canSelectMany: false,
      filters: {
        [vscode.l10n.t('iptables rules')]: ['txt', 'iptables', 'iptables-save', 'ip6tables-save', 'v4', 'v6'],
        [vscode.l10n.t('All files')]: ['*'],
      },
    })) ?? [];
  if (uri === undefined) return null;
  let document = await vscode.workspace.openTextDocument(uri);
  if (!isRules(document) && document.languageId === 'plaintext') {
    document = await vscode.languages.setTextDocumentLanguage(document, rulesLanguage);
  }
  await vscode.window.showTextDocument(document, { preview: false });
  return rulesOf(document);
}
