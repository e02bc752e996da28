/** The last rows of the Rules view: what is known of the node beside its rules. Every text in them may hold anything. */
import * as vscode from 'vscode';
import type { NodeFact } from '../../protocol/facts.ts';
import { visible } from '../plainText.ts';

/** The row that holds all facts. */
export function factsItem(facts: readonly NodeFact[], idPrefix: string): vscode.TreeItem {
  const state =
    facts.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(vscode.l10n.t('Facts of the Node'), state);
  item.id = `${idPrefix}/facts`;
  item.description = summary(facts);
  item.iconPath = new vscode.ThemeIcon('output', colourOf(facts.some(isBad)));
  item.contextValue = 'facts';
  item.tooltip = vscode.l10n.t(
    'What is known of the node beside its rules: addresses, routes, ipsets, connections, objects of the cluster. Drop the output of ip addr, ip route, ipset list, conntrack -L or kubectl here, in files of any name.',
  );
  return item;
}

/** A row of one text. */
export function factItem(fact: NodeFact, idPrefix: string): vscode.TreeItem {
  const { uri, name, how, taken, problem } = fact;
  const item = new vscode.TreeItem(visible(name));
  item.id = `${idPrefix}/fact/${how}/${uri}`;
  item.description = visible(problem === null ? [taken, ...sourceWords(how)].join(' · ') : (problem ?? ''));
  item.iconPath = new vscode.ThemeIcon(isBad(fact) ? 'warning' : 'file', colourOf(isBad(fact)));
  item.contextValue = how === 'given' ? 'fact given' : 'fact';
  item.tooltip = tooltip(fact);
  item.accessibilityInformation = { label: visible([name, taken, problem ?? ''].join(', ')) };
  item.command = {
    command: 'vscode.open',
    title: vscode.l10n.t('Open'),
    arguments: [vscode.Uri.parse(uri, true), { preview: true }],
  };
  return item;
}

function summary(facts: readonly NodeFact[]): string {
  if (facts.length === 0) return vscode.l10n.t('none: drop or add files');
  const used = facts.filter(({ taken }) => taken !== '').length;
  const bad = facts.filter(isBad).length;
  const files = used === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', used);
  return bad === 0 ? files : `${files} · ${vscode.l10n.t('{0} not read', bad)}`;
}

/** What gives way to another text is no problem. */
function isBad({ covered, problem }: NodeFact): boolean {
  return problem !== null && !covered;
}

function colourOf(bad: boolean): vscode.ThemeColor | undefined {
  return bad ? new vscode.ThemeColor('list.warningForeground') : undefined;
}

function sourceWords(how: NodeFact['how']): readonly string[] {
  if (how === 'given') return [vscode.l10n.t('added')];
  if (how === 'own') return [vscode.l10n.t('in the text of the rules')];
  return how === 'beside' ? [vscode.l10n.t('found beside')] : [];
}

function tooltip({ uri, name, how, taken, problem }: NodeFact): vscode.MarkdownString {
  const reasons: Readonly<Record<NodeFact['how'], string>> = {
    given: vscode.l10n.t('You added it.'),
    own: vscode.l10n.t('It stands in the text of the rules, beside them.'),
    beside: vscode.l10n.t('It lies beside the rules, and was told by what it holds.'),
    named: vscode.l10n.t('It lies beside the rules, under the name that a snapshot gives it.'),
  };
  const text = new vscode.MarkdownString().appendText(visible(vscode.Uri.parse(uri, true).path));
  const more = [
    ...(taken === '' ? [] : [vscode.l10n.t('Used for: {0}.', taken)]),
    ...(problem === null ? [] : [`${name} ${problem}`]),
    reasons[how],
  ];
  for (const sentence of more) text.appendMarkdown('\n\n').appendText(sentence);
  return text;
}
