/** Which rules a command is about. */
import * as vscode from 'vscode';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName, rulesInTabs, rulesOf, wholeOf } from '../documents/rulesDocument.ts';
import { inPick } from '../plainText.ts';

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
  return (await rulesInFront(current)) ?? (await chooseRules());
}

/** Those of the active editor, else those that the Rules view shows; null where there are none. */
export async function rulesInFront(current: CurrentRules): Promise<vscode.Uri | null> {
  const document = vscode.window.activeTextEditor?.document;
  const active = document === undefined ? null : await rulesOf(document);
  return active ?? current.uri;
}

async function rulesOfUri(uri: vscode.Uri): Promise<vscode.Uri | null> {
  const rules = await rulesOf(await vscode.workspace.openTextDocument(uri));
  return rules ?? chooseRules();
}

/** No rules are in front: the open dump, one of several, or a way to get one. */
async function chooseRules(): Promise<vscode.Uri | null> {
  const open = rulesInTabs();
  const [only = null] = open;
  if (open.length === 1) return only;
  if (open.length > 1) {
    const items = open.map((uri) => ({ ...rulesItem(uri), uri }));
    const placeHolder = vscode.l10n.t('Which rules?');
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri ?? null;
  }
  return offerRules();
}

/** The row of a document in a pick. */
export function rulesItem(uri: vscode.Uri): vscode.QuickPickItem {
  return { label: inPick(documentName(uri)), description: inPick(uri.path) };
}

/** A way to get rules; null when the user takes it back. */
interface WayToRules<Found> extends vscode.QuickPickItem {
  readonly get: () => Thenable<Found | null>;
}

/**
 * No rules are open: ways to get some, among them `others`. Null where the way ends elsewhere, as at a sample's question with
 * its answer. A pick, as notifications are not shown while the user is not to be disturbed.
 */
export async function offerRules<Found = never>(
  ...others: readonly WayToRules<Found>[]
): Promise<vscode.Uri | Found | null> {
  const { l10n, window } = vscode;
  const ways: readonly WayToRules<vscode.Uri | Found>[] = [
    {
      label: l10n.t('Open a Dump…'),
      description: l10n.t('a file with what iptables-save, nft or ipvsadm printed'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      get: () => rulesBy('kubeProxy.rules.openDump'),
    },
    ...others,
    {
      label: l10n.t('Start with a Sample…'),
      description: l10n.t('a question with its answer, or the rules of a node'),
      iconPath: new vscode.ThemeIcon('lightbulb'),
      get: () => rulesBy('kubeProxy.samples.openSample'),
    },
  ];
  const placeHolder = l10n.t('No rules are open. Where are they?');
  const chosen = await window.showQuickPick(ways, { placeHolder, ignoreFocusOut: true });
  return (await chosen?.get()) ?? null;
}

/** What a command opened. */
async function rulesBy(command: string): Promise<vscode.Uri | null> {
  return (await vscode.commands.executeCommand<vscode.Uri | null | undefined>(command)) ?? null;
}
