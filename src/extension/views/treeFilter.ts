/** The filter of the Rules view: what was asked for, and the row that tells it. */
import * as vscode from 'vscode';
import type { TreeParams } from '../../protocol/requests.ts';
import { visible } from '../plainText.ts';

/** What a user asks of the rows. */
export interface WantedRows {
  /** Parts of names, addresses and chains, with blanks between them. */
  readonly text: string;
  readonly onlyProblems: boolean;
}

/** Without a wish: all rows. */
export const allRows: WantedRows = { text: '', onlyProblems: false };

/** As the server takes it; null where all rows are wanted. */
export function filterOf({ text, onlyProblems }: WantedRows): NonNullable<TreeParams['filter']> | null {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  return words.length === 0 && !onlyProblems ? null : { words, onlyProblems };
}

/** The first row while rows are filtered: a click changes the filter, its cross ends it. */
export function filterItem({ text, onlyProblems }: WantedRows, isEmpty: boolean): vscode.TreeItem {
  const words = visible(text.trim());
  const label =
    words === ''
      ? vscode.l10n.t('Only rows with problems')
      : onlyProblems
        ? vscode.l10n.t('Filter: {0}, only rows with problems', words)
        : vscode.l10n.t('Filter: {0}', words);
  const item = new vscode.TreeItem(label);
  item.description = isEmpty ? vscode.l10n.t('no row has it') : '';
  item.tooltip = vscode.l10n.t(
    'Other rows are hidden. A click changes the filter, the cross shows all rows.',
  );
  item.iconPath = new vscode.ThemeIcon('filter-filled');
  item.contextValue = 'filter';
  item.command = { command: 'kubeProxy.rules.filter', title: vscode.l10n.t('Filter Rows') };
  return item;
}
