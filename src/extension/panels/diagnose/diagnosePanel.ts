/** What a panel that diagnoses a Service does: carries its question to the language server, and leads on from the answer. */
import * as vscode from 'vscode';
import { diagnoseRequest } from '../../../protocol/diagnosis.ts';
import type { DiagnosePanelContract } from '../../../protocol/diagnosePanel.ts';
import type { Handlers } from '../../../protocol/rpc.ts';
import type { RulesServer } from '../../rulesServer.ts';
import { openObject } from '../shared/openObject.ts';
import { textOf } from '../shared/pageValues.ts';
import type { OpenTrace } from '../shared/openTrace.ts';
import type { PanelPage, PanelWork } from '../shared/panel.ts';
import { revealPlace } from '../shared/revealPlace.ts';
import type { RuleHighlight } from '../shared/ruleHighlight.ts';
import { withToken } from '../shared/withToken.ts';

/** What all these panels share. */
export interface DiagnoseTargets {
  readonly server: RulesServer;
  readonly highlight: RuleHighlight;
  /** Of live nodes. */
  readonly live: {
    readonly onDidRead: vscode.Event<void>;
    /** In milliseconds since the epoch; null for what is no live document. */
    takenAt(uri: vscode.Uri): number | null;
  };
  readonly trace: OpenTrace;
}

/** One panel's work. What the server refuses reaches the page as the failure of its request. */
export class DiagnosePanel implements PanelWork<DiagnosePanelContract> {
  readonly requests: Handlers<DiagnosePanelContract['requests']>;
  readonly #page: PanelPage<DiagnosePanelContract>;
  readonly #targets: DiagnoseTargets;
  readonly #subscriptions: vscode.Disposable;

  constructor(page: PanelPage<DiagnosePanelContract>, targets: DiagnoseTargets) {
    const { server, highlight, live } = targets;
    this.#page = page;
    this.#targets = targets;
    this.requests = {
      diagnose: (_params, cancellation) => {
        const { uri, service } = page.state;
        return withToken(cancellation, (token) => server.request(diagnoseRequest, { uri, service }, token));
      },
      copy: async (params) => {
        await vscode.env.clipboard.writeText(textOf(params, 'text'));
        return null;
      },
    };
    this.#subscriptions = vscode.Disposable.from(
      server.onDidChangeRules((uri) => {
        if (uri === page.state.uri) page.tell({ type: 'rulesChanged' });
      }),
      live.onDidRead(() => this.#tellTaken()),
      page.onDidHide(() => highlight.show(null)),
    );
  }

  opened(): void {
    this.#tellTaken();
  }

  hear(news: DiagnosePanelContract['told']): void {
    const { uri } = this.#page.state;
    switch (news.type) {
      case 'reveal':
        void revealPlace(this.#targets, news.location, this.#page.viewColumn);
        break;
      case 'trace':
        this.#targets.trace(uri, news.form, this.#page.viewColumn);
        break;
      case 'openObject':
        openObject(uri, news.object);
        break;
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#targets.highlight.show(null);
  }

  #tellTaken(): void {
    const taken = this.#targets.live.takenAt(vscode.Uri.parse(this.#page.state.uri, true));
    if (taken !== null) this.#page.tell({ type: 'rulesTaken', taken });
  }
}
