/** The Rules view: follows the current dump, and keeps its order in the workspace. */
import * as vscode from 'vscode';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName, wholeOf } from '../documents/rulesDocument.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { RulesTree, type RulesElement, type RulesOrder } from './rulesTree.ts';
import { RowDecorations } from './rowItem.ts';
import type { ShowInTreeArgument } from '../../protocol/commands.ts';

const orderKey = 'kubeProxy.rules.order';

/** How often a row is revealed until it is selected. */
const TRIES = 3;

/** The view with its rows, its order, and the message that stands in place of rows where there are none. */
export class RulesView implements vscode.Disposable {
  readonly #tree: RulesTree;
  readonly #view: vscode.TreeView<RulesElement>;
  readonly #current: CurrentRules;
  readonly #memento: vscode.Memento;
  #failure: string | null = null;
  readonly #subscriptions: vscode.Disposable;

  constructor(
    server: RulesServer,
    current: CurrentRules,
    memento: vscode.Memento,
    dragAndDropController: vscode.TreeDragAndDropController<RulesElement>,
  ) {
    this.#current = current;
    this.#memento = memento;
    this.#tree = new RulesTree(server, this.#storedOrder(), (failure) => {
      this.#failure = failure;
      this.#describe();
    });
    this.#view = vscode.window.createTreeView('kubeProxy.rules', {
      treeDataProvider: this.#tree,
      showCollapseAll: true,
      dragAndDropController,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      vscode.window.registerFileDecorationProvider(new RowDecorations()),
      current.onDidChange(() => this.#show()),
      server.onDidChangeRules((uri) => {
        if (uri === this.#tree.uri?.toString()) this.#tree.refresh();
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => this.#isShown(uri))) this.#countProblems();
      }),
    );
    this.setOrder(this.#tree.order);
  }

  /** The rows as VS Code asks for them. */
  get rows(): vscode.TreeDataProvider<RulesElement> {
    return this.#tree;
  }

  /** The rules that are shown; null where none are. */
  get uri(): vscode.Uri | null {
    return this.#tree.uri;
  }

  /** The selected row, for commands that are run from the keyboard. */
  get selected(): RulesElement | undefined {
    return this.#view.selection[0];
  }

  setOrder(order: RulesOrder): void {
    void this.#memento.update(orderKey, order);
    void vscode.commands.executeCommand('setContext', orderKey, order);
    this.#tree.show(this.#current.uri, order);
    this.#describe();
  }

  refresh(): void {
    this.#tree.refresh();
  }

  showMore(more: RulesElement): void {
    this.#tree.showMore(more);
  }

  /** Opens the tree down to a chain; in the order that it is in, as far as the chain stands there. */
  async reveal({ uri, table, chain }: ShowInTreeArgument): Promise<void> {
    this.#current.show(wholeOf(vscode.Uri.parse(uri, true)));
    await vscode.commands.executeCommand('kubeProxy.rules.focus');
    const row = await this.#tree.rowOf(table, chain);
    if (row === null) {
      const message = vscode.l10n.t('{0} has no row in this order of the tree.', inMessage(chain));
      void vscode.window.showInformationMessage(message);
      return;
    }
    await this.#select(row);
  }

  /** Opens the tree, by Service, at a Service of these rules. */
  async revealService(uri: vscode.Uri, namespace: string, name: string): Promise<void> {
    this.#current.show(uri);
    if (this.#tree.order !== 'service') this.setOrder('service');
    await vscode.commands.executeCommand('kubeProxy.rules.focus');
    const row = await this.#tree.rowOfService(namespace, name);
    if (row === null) {
      const message = vscode.l10n.t('{0} has no rules here.', inMessage(`${namespace}/${name}`));
      void vscode.window.showInformationMessage(message);
      return;
    }
    await this.#select(row);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #storedOrder(): RulesOrder {
    const chosen =
      this.#memento.get<string>(orderKey) ??
      vscode.workspace.getConfiguration('kubeProxy.rules').get<string>('defaultOrder');
    return chosen === 'service' ? 'service' : 'hook';
  }

  /**
   * VS Code leaves the row out, and says nothing of it, where it does not hold the rows above it yet (MainThreadTreeViews):
   * it loads them meanwhile, so it is asked again.
   */
  async #select(row: RulesElement): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      await this.#view.reveal(row, { select: true, focus: true, expand: true });
      if (this.#isSelected(row)) return;
    }
  }

  #isSelected(row: RulesElement): boolean {
    const { selected } = this;
    return row.kind === 'row' && selected?.kind === 'row' && selected.row.id === row.row.id;
  }

  #show(): void {
    this.#tree.show(this.#current.uri, this.#tree.order);
    this.#describe();
    this.#countProblems();
  }

  /** Above the rows: whose they are, or why there are none. A container with one view has no room for it in its title. */
  #describe(): void {
    const message = this.#failure ?? this.#shownName();
    if (this.#view.message !== message) this.#view.message = message;
  }

  #shownName(): string {
    const { uri, pinned } = this.#current;
    if (uri === null) return '';
    const name = documentName(uri);
    return pinned ? vscode.l10n.t('{0} · pinned', name) : name;
  }

  /** Whether a document is that of the rules, or shows a chain of them. */
  #isShown(uri: vscode.Uri): boolean {
    return wholeOf(uri).toString() === this.#tree.uri?.toString();
  }

  #countProblems(): void {
    const { uri } = this.#tree;
    const all = uri === null ? [] : vscode.languages.getDiagnostics();
    const problems = all.flatMap(([at, found]) => (this.#isShown(at) ? found : []));
    const errors = problems.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error).length;
    const tooltip =
      errors === 1 ? vscode.l10n.t('1 error in the rules') : vscode.l10n.t('{0} errors in the rules', errors);
    this.#view.badge = errors === 0 ? undefined : { value: errors, tooltip };
  }
}
