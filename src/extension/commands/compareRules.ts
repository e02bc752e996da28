/** Compare Rules, and Compare with Saved: from the palette, the Explorer, an editor's title. */
import * as vscode from 'vscode';
import type { ComparedRules } from '../../protocol/comparePanel.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName, openRules, rulesOf } from '../documents/rulesDocument.ts';
import type { ComparePanels } from '../panels/compare/comparePanels.ts';
import { inMessage, inPick } from '../plainText.ts';
import { rulesMeant } from './rulesMeant.ts';

/** What the commands act on. */
export interface CompareCommandTargets {
  readonly current: CurrentRules;
  readonly panels: ComparePanels;
}

/** `selected`: the files of the Explorer's menu; two of them are compared, the first as the state before. */
export async function compareRules(
  { current, panels }: CompareCommandTargets,
  uri?: vscode.Uri,
  selected: readonly vscode.Uri[] = [],
): Promise<void> {
  const [first, second] = selected;
  if (first !== undefined && second !== undefined) {
    panels.open({ before: await rulesIn(first), after: await rulesIn(second), saved: false });
    return;
  }
  const meant = await rulesMeant(current, uri);
  if (meant === null) return;
  const after = named(meant);
  const before = await pickOther(after);
  if (before !== null) panels.open({ before, after, saved: false });
}

/** What an edit of a document changed, in words. */
export async function compareWithSaved(
  { current, panels }: CompareCommandTargets,
  uri?: vscode.Uri,
): Promise<void> {
  const meant = await rulesMeant(current, uri);
  if (meant === null) return;
  if (meant.scheme === 'untitled') {
    void vscode.window.showInformationMessage(
      inMessage(vscode.l10n.t('These rules have not been saved yet.')),
    );
    return;
  }
  const rules = named(meant);
  panels.open({ before: rules, after: rules, saved: true });
}

/** Of a file of a snapshot, the snapshot's rules. */
async function rulesIn(uri: vscode.Uri): Promise<ComparedRules> {
  const rules = await rulesOf(await vscode.workspace.openTextDocument(uri));
  return named(rules ?? uri);
}

function named(uri: vscode.Uri): ComparedRules {
  return { uri: uri.toString(), name: documentName(uri) };
}

interface Choice extends vscode.QuickPickItem {
  readonly rules: ComparedRules | null;
}

/** Another open document, or a file. Null when the user takes it back. */
async function pickOther(after: ComparedRules): Promise<ComparedRules | null> {
  const open = openRules()
    .filter((uri) => uri.toString() !== after.uri)
    .map((uri): Choice => {
      const icon = new vscode.ThemeIcon('file');
      return {
        label: inPick(documentName(uri)),
        description: inPick(uri.path),
        iconPath: icon,
        rules: named(uri),
      };
    });
  const file: Choice = {
    label: vscode.l10n.t('Choose a File…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    rules: null,
  };
  const title = vscode.l10n.t('Compare Rules');
  const placeHolder = vscode.l10n.t('What were the rules before {0}?', inPick(after.name));
  const chosen = await vscode.window.showQuickPick([...open, file], { title, placeHolder });
  if (chosen === undefined) return null;
  return chosen.rules ?? chooseFile(title);
}

async function chooseFile(title: string): Promise<ComparedRules | null> {
  const openLabel = vscode.l10n.t('Compare');
  const [file] = (await vscode.window.showOpenDialog({ title, openLabel, canSelectMany: false })) ?? [];
  return file === undefined ? null : rulesIn(file);
}
