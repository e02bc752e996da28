import * as vscode from 'vscode';
import type { RulesServer } from '../rulesServer.ts';
import { isRules, rulesLanguage } from './rulesDocument.ts';

/** Opens a document that the user says holds rules, whatever it is called, so that the server has it. Rejects where it cannot be opened. */
export async function openAsRules(server: RulesServer, uri: vscode.Uri): Promise<void> {
  if (server.holds(uri.toString())) return;
  const document = await vscode.workspace.openTextDocument(uri);
  if (!isRules(document)) await vscode.languages.setTextDocumentLanguage(document, rulesLanguage);
}
