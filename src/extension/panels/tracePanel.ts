/** One trace panel: carries messages between its page and the language server. */
import * as vscode from 'vscode';
import type { FromPanel, PanelRequests, PanelState, ToPanel } from '../../protocol/panel.ts';
import {
  choicesRequest,
  consideredRequest,
  traceOnNodesRequest,
  traceRequest,
  type TraceAnswer,
  type TraceParams,
} from '../../protocol/requests.ts';
import { Answerer, type Cancellation } from '../../protocol/rpc.ts';
import { documentName } from '../documents/rulesDocument.ts';
import { revealLocation } from '../commands/revealLocation.ts';
import type { RulesServer } from '../rulesServer.ts';
import { panelHtml } from './panelHtml.ts';
import type { PanelNodes } from './panelNodes.ts';
import type { RuleHighlight } from './ruleHighlight.ts';

export const tracePanelType = 'kubeProxy.trace';

export interface PanelHost {
  readonly extensionUri: vscode.Uri;
  readonly server: RulesServer;
  readonly highlight: RuleHighlight;
  readonly nodes: PanelNodes;
  /** Opens the panel of another document. */
  readonly open: (state: PanelState) => void;
}

export class TracePanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #host: PanelHost;
  readonly #answerer: Answerer<PanelRequests>;
  readonly #subscriptions: vscode.Disposable;
  #state: PanelState;
  /** The page takes messages; before, they would be lost. */
  #ready = false;

  constructor(panel: vscode.WebviewPanel, host: PanelHost, state: PanelState) {
    this.#panel = panel;
    this.#host = host;
    this.#state = state;
    this.#answerer = new Answerer<PanelRequests>(
      {
        trace: (params, cancellation) => withToken(cancellation, (token) => this.#trace(params, token)),
        choices: (params, cancellation) =>
          withToken(cancellation, (token) => host.server.request(choicesRequest, params, token)),
        considered: (params, cancellation) =>
          withToken(cancellation, (token) => host.server.request(consideredRequest, params, token)),
        traceOnNodes: (params, cancellation) =>
          withToken(cancellation, async (token) => {
            // VS Code closes documents that nobody shows.
            await Promise.all(params.uris.map((uri) => host.nodes.openHeld(vscode.Uri.parse(uri, true))));
            return host.server.ask(traceOnNodesRequest, params, token);
          }),
        getRules: ({ uri }) => host.nodes.getRules(vscode.Uri.parse(uri, true)),
        chooseNodes: ({ uri }) => host.nodes.choose(vscode.Uri.parse(uri, true)),
        copy: async ({ text }) => {
          await vscode.env.clipboard.writeText(text);
          return null;
        },
      },
      (reply) => this.#post(reply),
    );
    this.#subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: FromPanel) => void this.#receive(message)),
      host.server.onDidChangeRules((uri) => this.#post({ type: 'rulesChanged', uri })),
      host.nodes.onDidRead(() => this.#tellTaken()),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) host.highlight.show(null);
      }),
    );
    panel.title = panelTitle(state);
    panel.iconPath = vscode.Uri.joinPath(host.extensionUri, 'media', 'icon.png');
    panel.webview.options = panelOptions(host.extensionUri);
    panel.webview.html = panelHtml(panel.webview, host.extensionUri, vscode.l10n.t('Trace Packet'));
  }

  /** Called once, when the user has closed it. */
  onDidDispose(listener: () => void): void {
    this.#panel.onDidDispose(listener);
  }

  /** Shows another trace in it. */
  open(state: PanelState): void {
    this.#state = state;
    this.#panel.title = panelTitle(state);
    this.#panel.reveal(undefined, false);
    if (this.#ready) this.#post({ type: 'open', state });
  }

  dispose(): void {
    this.#answerer.dispose();
    this.#subscriptions.dispose();
    this.#host.highlight.show(null);
  }

  /** Rules of other nodes that are held need no question: they are opened, and the packet is followed through them. */
  async #trace(params: TraceParams, token: vscode.CancellationToken): Promise<TraceAnswer> {
    const { server, nodes } = this.#host;
    const tried = new Set<string>();
    for (;;) {
      const answer = await server.request(traceRequest, params, token);
      if (answer.kind !== 'answer') return answer;
      const wanted = answer.wanted.filter(({ uri }) => !tried.has(uri));
      for (const { uri } of wanted) tried.add(uri);
      const opened = await Promise.all(wanted.map(({ uri }) => nodes.openHeld(vscode.Uri.parse(uri, true))));
      if (!opened.includes(true)) return answer;
    }
  }

  #tellTaken(): void {
    const taken = this.#host.nodes.takenAt(vscode.Uri.parse(this.#state.uri));
    if (taken !== null && this.#ready) this.#post({ type: 'rulesTaken', taken });
  }

  #traceOn(uri: string, form: PanelState['form']): void {
    const name = documentName(vscode.Uri.parse(uri, true));
    this.#host.open({ uri, name, form, decisions: [], run: true });
  }

  #post(message: ToPanel): void {
    void this.#panel.webview.postMessage(message);
  }

  async #receive(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        // `stateChanged` keeps this up to date, and `open` may have been called while the page was not there; what else
        // the page has kept (earlier traces, what was selected) it finds itself.
        this.#post({ type: 'open', state: this.#state });
        this.#tellTaken();
        break;
      case 'traceOn':
        this.#traceOn(message.uri, message.form);
        break;
      case 'request':
      case 'cancel':
        await this.#answerer.accept(message);
        break;
      case 'highlight':
        this.#host.highlight.show(message.location);
        break;
      case 'reveal':
        this.#host.highlight.show(message.location);
        await revealLocation(message.location, { beside: this.#panel.viewColumn });
        break;
      case 'stateChanged':
        this.#state = message.state;
        break;
    }
  }
}

export function panelOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder)),
  };
}

export function panelTitle({ name }: PanelState): string {
  return vscode.l10n.t('Trace Packet: {0}', name);
}

/** Cancels the token of `run` when the page takes its request back. */
async function withToken<Result>(
  cancellation: Cancellation,
  run: (token: vscode.CancellationToken) => Promise<Result>,
): Promise<Result> {
  const source = new vscode.CancellationTokenSource();
  cancellation.onCancel(() => source.cancel());
  try {
    return await run(source.token);
  } finally {
    source.dispose();
  }
}
