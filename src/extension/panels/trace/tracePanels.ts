/** The trace panels, one for each document. */
import * as vscode from 'vscode';
import type { TracePanelContract, TracePanelState } from '../../../protocol/tracePanel.ts';
import type { RulesServer } from '../../rulesServer.ts';
import type { PanelKind } from '../shared/panel.ts';
import { Panels } from '../shared/panels.ts';
import { RuleHighlight } from '../shared/ruleHighlight.ts';
import type { PanelNodes } from './panelNodes.ts';
import { traceGuards } from './fromTracePage.ts';
import { TracePanel, type TracePanelTargets } from './tracePanel.ts';

/** Opens the panel of a document, or shows another packet in it. */
export class TracePanels implements vscode.Disposable {
  readonly #highlight = new RuleHighlight();
  readonly #panels: Panels<TracePanelContract>;

  constructor(extensionUri: vscode.Uri, server: RulesServer, nodes: PanelNodes) {
    const open = (state: TracePanelState): void => this.open(state);
    this.#panels = new Panels(extensionUri, kindOf({ server, highlight: this.#highlight, nodes, open }));
  }

  open(state: TracePanelState): void {
    this.#panels.open(state);
  }

  dispose(): void {
    this.#panels.dispose();
    this.#highlight.dispose();
  }
}

function kindOf(targets: TracePanelTargets): PanelKind<TracePanelContract> {
  return {
    name: 'trace',
    pageTitle: vscode.l10n.t('Trace Packet'),
    tabTitle: ({ name }) => vscode.l10n.t('Trace Packet: {0}', name),
    keyOf: ({ uri }) => uri,
    ...traceGuards,
    start: (page) => new TracePanel(page, targets),
  };
}
