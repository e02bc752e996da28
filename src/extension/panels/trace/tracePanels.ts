/** The trace panels, one for each document. */
import * as vscode from 'vscode';
import {
  type Guide,
  type TracePanelContract,
  type TracePanelState,
  traceParamsOf,
} from '../../../protocol/tracePanel.ts';
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
  readonly #nextAsked = new vscode.EventEmitter<{ readonly uri: string; readonly guide: Guide }>();
  /** The step after that of a panel's guide is wanted. */
  readonly onDidAskNext = this.#nextAsked.event;

  constructor(
    extensionUri: vscode.Uri,
    shared: { readonly server: RulesServer; readonly highlight: RuleHighlight; readonly nodes: PanelNodes },
  ) {
    const open = (state: TracePanelState): void => this.open(state);
    const askNext = (uri: string, guide: Guide): void => this.#nextAsked.fire({ uri, guide });
    this.#panels = new Panels(extensionUri, kindOf({ ...shared, open, askNext }));
  }

  /** In `column` where the document has no panel yet; by default beside what is in front. */
  open(state: TracePanelState, column?: vscode.ViewColumn): void {
    this.#panels.open(state, column);
  }

  /** What the panel shows that the user works with now. */
  get active(): TracePanelState | null {
    return this.#panels.active;
  }

  /** What the panel of these rules shows; null where there is none. */
  stateOf(uri: string): TracePanelState | null {
    return this.#panels.stateOf(uri);
  }

  dispose(): void {
    this.#panels.dispose();
    this.#nextAsked.dispose();
  }
}

function kindOf(targets: TracePanelTargets): PanelKind<TracePanelContract> {
  return {
    name: 'trace',
    pageTitle: vscode.l10n.t('Trace Packet'),
    tabTitle: ({ name }) => vscode.l10n.t('Trace Packet: {0}', name),
    keyOf: ({ uri }) => uri,
    ...traceGuards,
    asksFirst: (state) => (state.run ? { method: 'trace', params: traceParamsOf(state) } : null),
    start: (page) => new TracePanel(page, targets),
  };
}
