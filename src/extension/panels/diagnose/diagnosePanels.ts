/** The panels that diagnose Services, one for each Service and document. */
import * as vscode from 'vscode';
import type { DiagnosePanelContract, DiagnosePanelState } from '../../../protocol/diagnosePanel.ts';
import type { PanelKind } from '../shared/panel.ts';
import { Panels } from '../shared/panels.ts';
import { DiagnosePanel, type DiagnoseTargets } from './diagnosePanel.ts';
import { diagnoseGuards } from './fromDiagnosePage.ts';

/** Opens the panel of a Service, or brings it to the front. */
export class DiagnosePanels implements vscode.Disposable {
  readonly #panels: Panels<DiagnosePanelContract>;

  constructor(extensionUri: vscode.Uri, targets: DiagnoseTargets) {
    this.#panels = new Panels(extensionUri, kindOf(targets));
  }

  open(state: DiagnosePanelState): void {
    this.#panels.open(state);
  }

  dispose(): void {
    this.#panels.dispose();
  }
}

function kindOf(targets: DiagnoseTargets): PanelKind<DiagnosePanelContract> {
  return {
    name: 'diagnose',
    pageTitle: vscode.l10n.t('Diagnose Service'),
    tabTitle: ({ service }) => vscode.l10n.t('Diagnose: {0}', service),
    keyOf: ({ uri, service }) => `${uri}\n${service}`,
    ...diagnoseGuards,
    start: (page) => new DiagnosePanel(page, targets),
  };
}
