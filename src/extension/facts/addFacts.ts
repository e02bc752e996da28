/** Adds facts to the rules that are looked at: from files, from the clipboard, or dropped on the view. */
import * as vscode from 'vscode';
import { textUseRequest, type TextUse } from '../../protocol/facts.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { fileName, type HeldTexts } from '../documents/heldTexts.ts';
import { readText } from '../documents/readText.ts';
import { rulesLanguage } from '../documents/rulesDocument.ts';
import { largestFile } from '../documents/siblings.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { GivenFacts } from './givenFacts.ts';

/** What dropping and adding act on. */
export interface FactTargets {
  readonly server: RulesServer;
  readonly current: CurrentRules;
  readonly given: GivenFacts;
  readonly held: HeldTexts;
  /** Shows recorded packets, which are no facts, beside the trace of these rules. */
  readonly compare: (rules: vscode.Uri, recording: vscode.Uri) => Promise<void>;
}

/** *Add Facts…*: asks for files, whatever their names. */
export async function addFacts(targets: FactTargets): Promise<void> {
  const rules = rulesAtHand(targets);
  if (rules === null) return;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t(
      'Add Facts of the Node: Output of ip addr, ip route, ipset list, conntrack -L, kubectl …',
    ),
    openLabel: vscode.l10n.t('Add'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('All files')]: ['*'] },
  });
  if (chosen !== undefined) await takeIn(targets, rules, chosen);
}

/** *Add Facts from the Clipboard*: the text is held in memory. */
export async function addFactsFromClipboard(targets: FactTargets): Promise<void> {
  const rules = rulesAtHand(targets);
  if (rules === null) return;
  const text = await vscode.env.clipboard.readText();
  if (text.trim() === '') {
    inform(
      vscode.l10n.t('The clipboard is empty. Copy what "ip addr", "ip route" or "kubectl get" prints first.'),
    );
    return;
  }
  const uri = targets.held.hold(vscode.l10n.t('Clipboard'), new TextEncoder().encode(text));
  await takeIn(targets, rules, [uri]);
}

/** Each to what it is good for: facts to the rules, recorded packets beside their trace, rules into an editor. */
export async function takeIn(
  targets: FactTargets,
  rules: vscode.Uri | null,
  uris: readonly vscode.Uri[],
): Promise<void> {
  const used = await Promise.all(uris.map(async (uri) => ({ uri, use: await useOf(targets.server, uri) })));
  const of = (...uses: readonly TextUse[]): readonly vscode.Uri[] =>
    used.filter(({ use }) => uses.includes(use)).map(({ uri }) => uri);
  for (const uri of of('rules')) await openAsRules(uri);
  const [recording] = of('kernel-trace', 'packets');
  const facts = of('facts', 'nothing');
  const about = rules ?? targets.current.uri;
  if (facts.length + (recording === undefined ? 0 : 1) === 0) return;
  if (about === null) {
    inform(vscode.l10n.t('Open the rules first that these files are of.'));
    return;
  }
  if (facts.length > 0) {
    targets.given.add(about, facts);
    tellUnused(of('nothing'));
  }
  if (recording !== undefined) await targets.compare(about, recording);
}

function tellUnused(uris: readonly vscode.Uri[]): void {
  if (uris.length === 0) return;
  const names = uris.map(fileName).join(', ');
  inform(
    vscode.l10n.t('{0}: no facts that are known. The row in the Rules view says why, and removes it.', names),
  );
}

/** A file that is no text may still be a capture. */
async function useOf(server: RulesServer, uri: vscode.Uri): Promise<TextUse> {
  const read = await readText(uri, largestFile);
  if (read === null || 'problem' in read) return 'nothing';
  if (read.text.slice(0, 1000).includes('\0')) return 'packets';
  return server.ask(textUseRequest, { text: read.text });
}

async function openAsRules(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, rulesLanguage);
  await vscode.window.showTextDocument(document, { preview: false });
}

function rulesAtHand({ current }: FactTargets): vscode.Uri | null {
  if (current.uri === null) inform(vscode.l10n.t('Open the rules first that the facts are of.'));
  return current.uri;
}

function inform(message: string): void {
  void vscode.window.showInformationMessage(inMessage(message));
}
