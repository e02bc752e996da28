/** The extension's end of one panel: its page, the handshake with it, its state, and the requests of its page. */
import * as vscode from 'vscode';
import type { FromPanel, PanelContract, ToPanel } from '../../../protocol/panel.ts';
import { Answerer, type Handlers } from '../../../protocol/rpc.ts';
import { type PageGuards, readFromPage } from './fromPage.ts';
import { panelHtml } from './panelHtml.ts';

type FirstRequest<Requests extends PanelContract['requests']> = {
  readonly [Method in keyof Requests & string]: {
    readonly method: Method;
    readonly params: Requests[Method]['params'];
  };
}[keyof Requests & string];

/** What one panel is, beside what every panel has. */
export interface PanelKind<Contract extends PanelContract> extends PageGuards<Contract> {
  /** `trace`: `dist/webview/trace.js` is its page's script, `<trace-panel>` the element in it, `kubeProxy.trace` its type in VS Code. */
  readonly name: string;
  /** Of the page, for screen readers. Plain text of our own. */
  readonly pageTitle: string;
  /** Of the tab. */
  tabTitle(state: Contract['state']): string;
  /** States of one key share a panel. */
  keyOf(state: Contract['state']): string;
  /** What a page that is opened with this state asks first: it is worked out while VS Code makes the page. */
  asksFirst?(state: Contract['state']): FirstRequest<Contract['requests']> | null;
  /** Called once for each panel, before its page is there. */
  start(page: PanelPage<Contract>): PanelWork<Contract>;
}

/** A panel's page, as what answers it sees it. */
export interface PanelPage<Contract extends PanelContract> {
  /** What is shown. The page changes it. */
  readonly state: Contract['state'];
  readonly viewColumn: vscode.ViewColumn | undefined;
  readonly onDidHide: vscode.Event<void>;
  /** Does nothing while the page does not listen: it is opened with the state, and asks for the rest. */
  tell(news: Contract['heard']): void;
}

/** What a panel does. Disposed with it. */
export interface PanelWork<Contract extends PanelContract> extends vscode.Disposable {
  readonly requests: Handlers<Contract['requests']>;
  /** The page listens and has the state. */
  opened(): void;
  hear(news: Contract['told']): void;
}

/** One panel and its page. Disposing of it ends its work; the tab is the user's to close. */
export class Panel<Contract extends PanelContract> implements PanelPage<Contract>, vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #kind: PanelKind<Contract>;
  readonly #answerer: Answerer<Contract['requests']>;
  readonly #work: PanelWork<Contract>;
  readonly #hidden = new vscode.EventEmitter<void>();
  readonly onDidHide = this.#hidden.event;
  readonly #subscriptions: vscode.Disposable;
  #state: Contract['state'];
  /** How often it was opened. */
  #opening = 1;
  #closed = false;
  /** The page takes messages; before, they would be lost. */
  #ready = false;

  constructor(
    panel: vscode.WebviewPanel,
    kind: PanelKind<Contract>,
    extensionUri: vscode.Uri,
    state: Contract['state'],
  ) {
    this.#panel = panel;
    this.#kind = kind;
    this.#state = state;
    this.#work = kind.start(this);
    this.#answerer = new Answerer<Contract['requests']>(this.#work.requests, (reply) => this.#post(reply));
    this.#subscriptions = vscode.Disposable.from(
      this.#hidden,
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const read = readFromPage(message, kind);
        if (read !== null) void this.#receive(read);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#hidden.fire();
      }),
    );
    panel.title = kind.tabTitle(state);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    panel.webview.options = panelOptions;
    void this.#load(extensionUri);
    const first = kind.asksFirst?.(state) ?? null;
    if (first !== null) void this.#answerer.answerAhead(first.method, first.params);
  }

  get state(): Contract['state'] {
    return this.#state;
  }

  /** Whether it is what the user works with now. */
  get active(): boolean {
    return this.#panel.active;
  }

  get viewColumn(): vscode.ViewColumn | undefined {
    return this.#panel.viewColumn;
  }

  /** Called once, when the user has closed it. */
  onDidDispose(listener: () => void): void {
    this.#panel.onDidDispose(listener);
  }

  /** Shows another state in it, and brings it to the front. */
  open(state: Contract['state']): void {
    this.#state = state;
    this.#opening++;
    this.#panel.title = this.#kind.tabTitle(state);
    this.#panel.reveal(undefined, false);
    if (this.#ready) this.#postState();
  }

  tell(news: Contract['heard']): void {
    if (this.#ready) this.#post({ type: 'news', news });
  }

  dispose(): void {
    this.#closed = true;
    this.#answerer.dispose();
    this.#subscriptions.dispose();
    this.#work.dispose();
  }

  /** The page and, before it asks, what it shows: VS Code keeps that until the page is there, if it is to be seen. */
  async #load(extensionUri: vscode.Uri): Promise<void> {
    const html = await panelHtml(extensionUri, this.#kind);
    if (this.#closed) return;
    this.#panel.webview.html = html;
    this.#postState();
  }

  #postState(): void {
    this.#post({ type: 'open', state: this.#state, opening: this.#opening });
  }

  #post(message: ToPanel<Contract>): void {
    void this.#panel.webview.postMessage(message);
  }

  async #receive(message: FromPanel<Contract>): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        // `stateChanged` keeps this up to date, and `open` may have been called while the page was not there; what else
        // the page has kept it finds itself.
        this.#postState();
        this.#work.opened();
        break;
      case 'request':
      case 'cancel':
        await this.#answerer.accept(message);
        break;
      case 'stateChanged':
        this.#state = message.state;
        break;
      case 'news':
        this.#work.hear(message.news);
        break;
    }
  }
}

/** A page may run its script, and load nothing. */
export const panelOptions: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [] };
