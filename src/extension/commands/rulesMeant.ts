/** Which rules a command is about. */
import * as vscode from 'vscode';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName, openRules, rulesOf, wholeOf } from '../documents/rulesDocument.ts';
import { openSample } from './openSample.ts';

/**
 * `argument` is a document's URI (menus), what a link or a row knows, or nothing (the palette). Null when the user takes it
 * back.
 */
export async function rulesMeant(
  current: CurrentRules,
  argument: vscode.Uri | { readonly uri: string } | undefined,
): Promise<vscode.Uri | null> {
  if (argument instanceof vscode.Uri) return rulesOfUri(argument);
  if (argument !== undefined) return wholeOf(vscode.Uri.parse(argument.uri, true));
  const document = vscode.window.activeTextEditor?.document;
  const active = document === undefined ? null : await rulesOf(document);
  return active ?? current.uri ?? (await chooseRules());
}

async function rulesOfUri(uri: vscode.Uri): Promise<vscode.Uri | null> {
  const rules = await rulesOf(await vscode.workspace.openTextDocument(uri));
  return rules ?? chooseRules();
}

/** No rules are in front: the open dump, one of several, or a way to get one. */
async function chooseRules(): Promise<vscode.Uri | null> {
  const open = openRules();
  const [only = null] = open;
  if (open.length === 1) return only;
  if (open.length > 1) {
    const items = open.map((uri) => ({ label: documentName(uri), description: uri.path, uri }));
    const placeHolder = vscode.l10n.t('Which rules?');
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri ?? null;
  }
  const openDump = vscode.l10n.t('Open a Dump');
  const startWithSample = vscode.l10n.t('Start with a Sample');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('No rules are open to ask.'),
    openDump,
    startWithSample,
  );
  if (chosen === openDump) await vscode.commands.executeCommand('kubeProxy.rules.openDump');
  if (chosen === startWithSample) return openSample();
  return null;
}
