/** The trace panels, one for each document. */
import * as vscode from 'vscode';
import type { TracePanelContract, TracePanelState } from '../../../protocol/tracePanel.ts';
import type { RulesServer } from '../../rulesServer.ts';
import type { PanelKind } from '../shared/panel.ts';
import { Panels } from '../shared/panels.ts';
import type { RuleHighlight } from '../shared/ruleHighlight.ts';
import type { PanelNodes } from './panelNodes.ts';
import { traceGuards } from './fromTracePage.ts';
import { TracePanel, type TracePanelTargets } from './tracePanel.ts';

/** Opens the panel of a document, or shows another packet in it. */
export class TracePanels implements vscode.Disposable {
  readonly #panels: Panels<TracePanelContract>;

  constructor(
    extensionUri: vscode.Uri,
    shared: { readonly server: RulesServer; readonly highlight: RuleHighlight; readonly nodes: PanelNodes },
  ) {
    const open = (state: TracePanelState): void => this.open(state);
    this.#panels = new Panels(extensionUri, kindOf({ ...shared, open }));
  }

  /** In `column` where the document has no panel yet; by default beside what is in front. */
  open(state: TracePanelState, column?: vscode.ViewColumn): void {
    this.#panels.open(state, column);
  }

  dispose(): void {
    this.#panels.dispose();
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
