/** The panels that compare rules, one for each pair. */
import * as vscode from 'vscode';
import type { ComparePanelContract, ComparePanelState } from '../../../protocol/comparePanel.ts';
import type { PanelKind } from '../shared/panel.ts';
import { Panels } from '../shared/panels.ts';
import { ComparePanel, type CompareTargets } from './comparePanel.ts';
import { compareGuards } from './fromComparePage.ts';

/** Opens the panel of two states of rules, or brings it to the front. */
export class ComparePanels implements vscode.Disposable {
  readonly #panels: Panels<ComparePanelContract>;

  constructor(extensionUri: vscode.Uri, targets: CompareTargets) {
    this.#panels = new Panels(extensionUri, kindOf(targets));
  }

  /** By default in the place of an editor: it is a document of its own. */
  open(state: ComparePanelState, column = vscode.ViewColumn.Active): void {
    this.#panels.open(state, column);
  }

  dispose(): void {
    this.#panels.dispose();
  }
}

function kindOf(targets: CompareTargets): PanelKind<ComparePanelContract> {
  return {
    name: 'compare',
    pageTitle: vscode.l10n.t('Compare Rules'),
    tabTitle: ({ before, after, saved }) =>
      saved
        ? vscode.l10n.t('Compare: {0} with Saved', after.name)
        : vscode.l10n.t('Compare: {0} ↔ {1}', before.name, after.name),
    keyOf: ({ before, after, saved }) => [before.uri, after.uri, String(saved)].join('\n'),
    ...compareGuards,
    start: (page) => new ComparePanel(page, targets),
  };
}
