/** The Rules view: follows the current dump, and keeps its order in the workspace. */
import * as vscode from 'vscode';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName, wholeOf } from '../documents/rulesDocument.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { RulesTree, type RulesElement, type RulesOrder, type WantedOrder } from './rulesTree.ts';
import { RowDecorations } from './rowItem.ts';
import { allRows, filterOf, type WantedRows } from './treeFilter.ts';
import type { ShowInTreeArgument } from '../../protocol/commands.ts';

const orderKey = 'kubeProxy.rules.order';

/** So long a row is revealed until it is selected, and stays so; rows of a large dump are read more than once while all is found. */
const LONGEST_MILLISECONDS = 10_000;
/** So long rows are waited for that may not be on their way. */
const PATIENCE_MILLISECONDS = 250;
/** So long one reveal may take: longer than the rows of a large dump do, of which a second reveal would ask anew. */
const LONGEST_REVEAL_MILLISECONDS = 2_000;

/** The view with its rows, its order, and the message that stands in place of rows where there are none. */
export class RulesView implements vscode.Disposable {
  readonly #tree: RulesTree;
  readonly #view: vscode.TreeView<RulesElement>;
  readonly #current: CurrentRules;
  readonly #memento: vscode.Memento;
  #failure: string | null = null;
  /** Whose rows are shown. */
  #shown: vscode.Uri | null = null;
  readonly #subscriptions: vscode.Disposable;

  constructor(
    server: RulesServer,
    current: CurrentRules,
    memento: vscode.Memento,
    dragAndDropController: vscode.TreeDragAndDropController<RulesElement>,
  ) {
    this.#current = current;
    this.#memento = memento;
    this.#tree = new RulesTree(server, this.#storedOrder(), {
      report: (uri, failure) => {
        this.#shown = uri;
        this.#failure = failure;
        this.#describe();
      },
      arranged: (order) => void vscode.commands.executeCommand('setContext', orderKey, order),
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
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('kubeProxy.rules.defaultOrder')) this.#arrange(this.#storedOrder());
      }),
    );
    this.#arrange(this.#tree.wanted);
  }

  /** The rows as VS Code asks for them. */
  get rows(): vscode.TreeDataProvider<RulesElement> {
    return this.#tree;
  }

  /** The rules whose rows are shown; null where none are. Those of others may be on their way. */
  get uri(): vscode.Uri | null {
    return this.#shown;
  }

  get wantedRows(): WantedRows {
    return this.#tree.wantedRows;
  }

  /** Shows only such rows, until all are wanted again. */
  filter(wanted: WantedRows): void {
    const { text, onlyProblems } = this.#tree.wantedRows;
    if (wanted.text === text && wanted.onlyProblems === onlyProblems) return;
    void vscode.commands.executeCommand('setContext', 'kubeProxy.rules.filtered', filterOf(wanted) !== null);
    this.#tree.filter(wanted);
  }

  /** The selected row, for commands that are run from the keyboard. */
  get selected(): RulesElement | undefined {
    return this.#view.selection[0];
  }

  /** Keeps what was chosen: from then on it counts before the setting. */
  setOrder(order: RulesOrder): void {
    void this.#memento.update(orderKey, order);
    this.#arrange(order);
  }

  /** Shows these rules by Service, until others are shown: what was chosen stays chosen. */
  showByService(uri: vscode.Uri): void {
    this.#current.show(uri);
    this.#arrange('service');
  }

  #arrange(order: WantedOrder): void {
    this.#tree.show(this.#current.uri, order);
  }

  refresh(): void {
    this.#tree.refresh();
  }

  showMore(more: RulesElement): void {
    this.#tree.showMore(more);
  }

  /** Opens the tree down to a chain: in the order that it is in, or by hook where that has no row of it. */
  async reveal({ uri, table, chain }: ShowInTreeArgument): Promise<void> {
    this.#current.show(wholeOf(vscode.Uri.parse(uri, true)));
    this.filter(allRows);
    await vscode.commands.executeCommand('kubeProxy.rules.focus');
    const order = await this.#tree.orderWith(table, chain);
    if (order !== null && order !== this.#tree.order) this.#arrange(order);
    const row = order === null ? null : await this.#tree.rowOf(table, chain);
    if (row === null) {
      const message = vscode.l10n.t('{0} has no row in the tree.', inMessage(chain));
      void vscode.window.showInformationMessage(message);
      return;
    }
    await this.#select(row);
  }

  /** Opens the tree, by Service, at a Service of these rules. */
  async revealService(uri: vscode.Uri, namespace: string, name: string): Promise<void> {
    this.showByService(uri);
    this.filter(allRows);
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

  #storedOrder(): WantedOrder {
    const chosen =
      this.#memento.get<string>(orderKey) ??
      vscode.workspace.getConfiguration('kubeProxy.rules').get<string>('defaultOrder');
    return chosen === 'service' || chosen === 'hook' ? chosen : null;
  }

  /**
   * Where VS Code reads rows anew, as when more is found of them, it holds the rows above this one not yet or not any more. It then
   * leaves the row out and says nothing of it (MainThreadTreeViews), or refuses it (ExtHostTreeView: "Cannot resolve tree item").
   * Asked again once rows have come, it takes the row; and where they come behind it, it may let go of the row again.
   */
  async #select(row: RulesElement): Promise<void> {
    const until = performance.now() + LONGEST_MILLISECONDS;
    let wasSelected = false;
    let refusal: unknown = null;
    while (performance.now() < until) {
      const read = this.#tree.nextRows(PATIENCE_MILLISECONDS);
      if (!this.#isSelected(row)) {
        // Another row is what somebody chose meanwhile.
        if (wasSelected && this.selected !== undefined) return;
        refusal = await this.#refusalOf(row);
      }
      const isSelected = this.#isSelected(row);
      await read;
      if (isSelected && this.#isSelected(row)) return;
      wasSelected ||= isSelected;
    }
    if (refusal !== null) throw refusal;
  }

  /** Reveals the row; why VS Code does not, or null. It does not always answer: it may wait until rows are drawn that were drawn before (AsyncDataTree). */
  #refusalOf(row: RulesElement): Promise<unknown> {
    const revealed = this.#view.reveal(row, { select: true, focus: true, expand: true }).then(
      () => null,
      (reason: unknown) => reason,
    );
    return Promise.race([revealed, passed(LONGEST_REVEAL_MILLISECONDS)]);
  }

  #isSelected(row: RulesElement): boolean {
    const { selected } = this;
    return row.kind === 'row' && selected?.kind === 'row' && selected.row.id === row.row.id;
  }

  #show(): void {
    const isOther = this.#current.uri?.toString() !== this.#tree.uri?.toString();
    this.#tree.show(this.#current.uri, isOther ? this.#storedOrder() : this.#tree.wanted);
    this.#countProblems();
  }

  /** Above the rows, when they come: whose they are, or why there are none. A container with one view has no room for it in its title. */
  #describe(): void {
    const message = this.#failure ?? this.#shownName();
    if (this.#view.message !== message) this.#view.message = message;
  }

  #shownName(): string {
    if (this.#shown === null) return '';
    const name = documentName(this.#shown);
    return [
      name,
      ...(this.#current.pinned ? [vscode.l10n.t('pinned')] : []),
      ...(filterOf(this.wantedRows) === null ? [] : [vscode.l10n.t('filtered')]),
    ].join(' · ');
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

function passed(milliseconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), milliseconds));
}
