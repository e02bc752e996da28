/** The first rows of the Rules view: what the node is at a glance. Every text in them may hold anything. */
import * as vscode from 'vscode';
import type { GlanceLine } from '../../protocol/glance.ts';
import { visible, visibleAtLength } from '../plainText.ts';

const icons: Readonly<Record<GlanceLine['id'], string>> = {
  node: 'server',
  services: 'symbol-interface',
  connections: 'arrow-both',
  owners: 'organization',
  filter: 'shield',
  marks: 'tag',
  findings: 'checklist',
  unknown: 'question',
};

const colours: Readonly<Record<GlanceLine['state'], string | null>> = {
  ok: null,
  info: null,
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
};

/** The row that holds all lines. */
export function glanceItem(idPrefix: string, isOpen: boolean): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(vscode.l10n.t('Node at a Glance'), isOpen ? Expanded : Collapsed);
  item.id = `${idPrefix}/glance`;
  item.iconPath = new vscode.ThemeIcon('eye');
  item.contextValue = 'glance';
  return item;
}

/** A row of one line; all of it is in the tooltip. */
export function glanceLineItem({ id, title, words, state }: GlanceLine, idPrefix: string): vscode.TreeItem {
  const item = new vscode.TreeItem(title);
  const colour = colours[state];
  item.id = `${idPrefix}/glance/${id}`;
  item.description = visible(words);
  item.iconPath = new vscode.ThemeIcon(
    icons[id],
    colour === null ? undefined : new vscode.ThemeColor(colour),
  );
  item.contextValue = 'glanceLine';
  item.tooltip = new vscode.MarkdownString().appendText(visibleAtLength(`${title}: ${words}`));
  item.accessibilityInformation = { label: visible(`${title}: ${words}`) };
  if (id === 'findings') {
    item.command = { command: 'workbench.actions.view.problems', title: vscode.l10n.t('Show Problems') };
  }
  return item;
}
