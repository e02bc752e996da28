/** The rows of the Rules view, asked from the server as they are opened, in pages. */
import * as vscode from 'vscode';
import { linkableCommands } from '../../protocol/commands.ts';
import { liveScheme } from '../../protocol/liveUri.ts';
import { type NodeFact, nodeFactsRequest } from '../../protocol/facts.ts';
import {
  foundInTreeRequest,
  treeOrderRequest,
  treePathRequest,
  treeRequest,
  type TreeParams,
  type TreeRow,
} from '../../protocol/requests.ts';
import { inMessage } from '../plainText.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';
import { type GlanceLine, glanceRequest } from '../../protocol/glance.ts';
import { factItem, factsItem } from './factItems.ts';
import { glanceItem, glanceLineItem } from './glanceItems.ts';
import { GlanceLines } from './glanceLines.ts';
import { LateBadges } from './lateBadges.ts';
import { allRows, filterItem, filterOf, type WantedRows } from './treeFilter.ts';
import { rowItem, rowTooltip } from './rowItem.ts';
import { append } from '../../text/lists.ts';

/** By hook, or by Service. */
export type RulesOrder = TreeParams['order'];

/** Null for the order that fits the rules: by Service where kube-proxy is. */
export type WantedOrder = RulesOrder | null;

/** What the tree tells its view. */
export interface RulesTreeHost {
  /** Rows of `uri` are shown now; `failure`: why there are none, or null when there are. */
  report(uri: vscode.Uri | null, failure: string | null): void;
  /** The order that the rows now have. */
  arranged(order: RulesOrder): void;
}

/** A row, the one behind the last loaded row that loads more, what the node is at a glance, what is known of it beside its rules, or what rows are filtered by. */
export type RulesElement =
  | { readonly kind: 'filter'; readonly isEmpty: boolean; readonly parent: null }
  | { readonly kind: 'row'; readonly row: TreeRow; readonly parent: RulesElement | null }
  | { readonly kind: 'glance'; readonly parent: null }
  | { readonly kind: 'glanceLine'; readonly line: GlanceLine; readonly parent: RulesElement }
  | { readonly kind: 'facts'; readonly facts: readonly NodeFact[]; readonly parent: null }
  | { readonly kind: 'fact'; readonly fact: NodeFact; readonly parent: RulesElement }
  | { readonly kind: 'more'; readonly left: number; readonly parent: RulesElement | null };

const firstPage = 200;
const nextPage = 1000;
/** So many rows of a filter stand open, down to what has its words; the rest opens with a click. */
const mostOpened = 100;
const mostPorts = 10;
/** The server gives no more at once. */
const largestPage = 10_000;

interface Hover {
  readonly contents: { readonly value: string };
}

/**
 * The view's data provider. Children come in pages of 200, and then 1,000 more at a time; where they cannot be had
 * there are none, and the host is told why.
 */
export class RulesTree implements vscode.TreeDataProvider<RulesElement> {
  readonly #server: RulesServer;
  readonly #glances: GlanceLines;
  readonly #badges: LateBadges;
  readonly #changed = new vscode.EventEmitter<RulesElement | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** Row → how many of its children are shown. */
  readonly #loaded = new Map<string, number>();
  #uri: vscode.Uri | null = null;
  #wanted: WantedOrder;
  #order: RulesOrder;
  #firstRow: string | null = null;
  #wantedRows = allRows;
  #opened = 0;
  #waiting: (() => void)[] = [];
  readonly #host: RulesTreeHost;

  constructor(server: RulesServer, wanted: WantedOrder, host: RulesTreeHost) {
    this.#server = server;
    this.#glances = new GlanceLines((uri, atOnce) => server.request(glanceRequest, { uri, atOnce }));
    this.#badges = new LateBadges((uri, found) => server.request(foundInTreeRequest, { uri, found }));
    this.#wanted = wanted;
    this.#order = wanted ?? 'hook';
    this.#host = host;
  }

  get uri(): vscode.Uri | null {
    return this.#uri;
  }

  /** Of the rows that were asked for last. */
  get order(): RulesOrder {
    return this.#order;
  }

  /** What was asked for; the rows have it, or the one that fits. */
  get wanted(): WantedOrder {
    return this.#wanted;
  }

  get wantedRows(): WantedRows {
    return this.#wantedRows;
  }

  /** From now on only such rows are shown. */
  filter(wantedRows: WantedRows): void {
    this.#wantedRows = wantedRows;
    this.#loaded.clear();
    this.#showAgain();
  }

  show(uri: vscode.Uri | null, wanted: WantedOrder): void {
    if (uri?.toString() !== this.#uri?.toString() || wanted !== this.#wanted) this.#loaded.clear();
    this.#uri = uri;
    this.#wanted = wanted;
    if (wanted !== null) this.#arrange(wanted);
    this.#showAgain();
  }

  /** The order of the rows; of the one that fits it is known when the server has read the rules. */
  async #settledOrder(uri: vscode.Uri): Promise<RulesOrder> {
    if (this.#wanted !== null) return this.#wanted;
    const fitting = await this.#server.request(treeOrderRequest, { uri: uri.toString() });
    const isStill = this.#wanted === null && this.#uri?.toString() === uri.toString();
    if (fitting !== null && isStill) this.#arrange(fitting);
    return this.#order;
  }

  #arrange(order: RulesOrder): void {
    if (order !== this.#order) this.#loaded.clear();
    this.#order = order;
    this.#host.arranged(order);
  }

  /** The rules may be others. */
  refresh(): void {
    this.#glances.forget();
    this.#showAgain();
  }

  #showAgain(): void {
    this.#badges.forget();
    this.#changed.fire(undefined);
  }

  /** Shows the next page of the children of `more`'s parent. */
  showMore(more: RulesElement): void {
    const key = rowId(more.parent);
    this.#loaded.set(key, this.#shown(more.parent) + nextPage);
    this.#changed.fire(more.parent ?? undefined);
  }

  async getChildren(parent?: RulesElement): Promise<RulesElement[]> {
    const uri = this.#uri;
    if (uri === null) {
      this.#host.report(null, null);
      return [];
    }
    if (parent?.kind === 'facts') return parent.facts.map((fact) => ({ kind: 'fact', fact, parent }));
    try {
      if (parent?.kind === 'glance') return await this.#glance(uri, parent);
      if (parent !== undefined) return await this.#children(uri, parent);
      const rows = await this.#top(uri);
      // Others were chosen meanwhile: theirs stand under their name.
      if (this.#uri?.toString() !== uri.toString()) return await this.getChildren();
      this.#host.report(uri, null);
      return rows;
    } catch (error) {
      if (error instanceof RequestCancelled) return [];
      this.#host.report(uri, failure(error));
      return [];
    } finally {
      for (const each of this.#waiting.splice(0)) each();
    }
  }

  async #top(uri: vscode.Uri): Promise<RulesElement[]> {
    this.#opened = 0;
    await this.#settledOrder(uri);
    const children = await this.#children(uri, null);
    const isEmpty = children.length === 0;
    const glance = { kind: 'glance', parent: null } as const;
    const facts = await this.#facts(uri);
    // What is looked for comes before what is known of the node.
    if (this.#isFiltered) return [{ kind: 'filter', isEmpty, parent: null }, ...children, glance, facts];
    return [...(isEmpty ? [] : [glance]), ...children, facts];
  }

  get #isFiltered(): boolean {
    return filterOf(this.#wantedRows) !== null;
  }

  /** When VS Code has been given rows the next time, or after that many milliseconds. */
  async nextRows(patience: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, patience);
      this.#waiting.push(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  /** The order that has a row of a chain, that of the rows first; null where neither has. */
  async orderWith(table: string, chain: string): Promise<RulesOrder | null> {
    if (this.#uri === null) return null;
    const uri = this.#uri.toString();
    const shown = await this.#settledOrder(this.#uri);
    for (const order of [shown, shown === 'hook' ? 'service' : 'hook'] as const) {
      const steps = await this.#server.request(treePathRequest, { uri, order, table, chain });
      if (steps.length > 0) return order;
    }
    return null;
  }

  /** The first row of a chain, with the page that it is on shown; null where this order has none. */
  async rowOf(table: string, chain: string): Promise<RulesElement | null> {
    const uri = this.#uri;
    if (uri === null) return null;
    const order = await this.#settledOrder(uri);
    const steps = await this.#server.request(treePathRequest, { uri: uri.toString(), order, table, chain });
    let found: RulesElement | null = null;
    for (const { id, index } of steps) {
      const parent: RulesElement | null = found;
      const { rows } = await this.#rows(uri, parent, Math.max(index + 1, this.#shown(parent)));
      const next = rows.find((each) => rowId(each) === id);
      if (next === undefined) return null;
      this.#load(parent, index + 1);
      found = next;
    }
    return found;
  }

  /** The row of a Service, by Service; null where these rules have none for it. */
  async rowOfService(namespace: string, name: string): Promise<RulesElement | null> {
    const found = await this.#rowNamed(null, 'namespace', namespace);
    return found === null ? null : this.#rowNamed(found, 'service', name);
  }

  /** The row below `parent` of that kind and label, with the page that it is on shown. */
  async #rowNamed(
    parent: RulesElement | null,
    kind: TreeRow['kind'],
    label: string,
  ): Promise<RulesElement | null> {
    if (this.#uri === null) return null;
    const { rows } = await this.#rows(this.#uri, parent, Number.MAX_SAFE_INTEGER);
    const index = rows.findIndex(
      (each) => each.kind === 'row' && each.row.kind === kind && each.row.label === label,
    );
    if (index < 0) return null;
    this.#load(parent, index + 1);
    return rows[index] ?? null;
  }

  /** Shows at least `count` of the children of `parent`. */
  #load(parent: RulesElement | null, count: number): void {
    if (count <= this.#shown(parent)) return;
    this.#loaded.set(rowId(parent), count);
    this.#changed.fire(parent ?? undefined);
  }

  #shown(parent: RulesElement | null): number {
    return this.#loaded.get(rowId(parent)) ?? firstPage;
  }

  async #children(uri: vscode.Uri, parent: RulesElement | null): Promise<RulesElement[]> {
    const { rows, left } = await this.#rows(uri, parent, this.#shown(parent));
    if (parent === null) this.#firstRow = rows.length === 0 ? null : rowId(rows[0] ?? null);
    return left > 0 ? [...rows, { kind: 'more', left, parent }] : rows;
  }

  async #glance(uri: vscode.Uri, parent: RulesElement): Promise<RulesElement[]> {
    const lines = await this.#glances.of(uri.toString(), () => this.#changed.fire(parent));
    return lines.map((line) => ({ kind: 'glanceLine', line, parent }));
  }

  async #facts(uri: vscode.Uri): Promise<RulesElement> {
    const facts = await this.#server.request(nodeFactsRequest, { uri: uri.toString() });
    return { kind: 'facts', facts, parent: null };
  }

  /** The first `wanted` rows below `parent`, and how many are left. */
  async #rows(
    uri: vscode.Uri,
    parent: RulesElement | null,
    wanted: number,
  ): Promise<{ readonly rows: RulesElement[]; readonly left: number }> {
    const rows: RulesElement[] = [];
    let left = wanted;
    for (let page = wanted; page > 0 && rows.length < wanted;) {
      const { items, total, found } = await this.#server.request(treeRequest, {
        uri: uri.toString(),
        order: this.#order,
        parent: parent?.kind === 'row' ? parent.row.id : null,
        offset: rows.length,
        limit: Math.min(wanted - rows.length, largestPage),
        filter: parent?.kind === 'row' ? parent.row.below : filterOf(this.#wantedRows),
      });
      append(
        rows,
        items.map((row): RulesElement => ({ kind: 'row', row, parent })),
      );
      left = total - rows.length;
      if (this.#order === 'service') {
        void this.#badges.shown(uri.toString(), found, () => this.#changed.fire(undefined));
      }
      page = Math.min(items.length, left);
    }
    return { rows, left };
  }

  getTreeItem(element: RulesElement): vscode.TreeItem {
    const prefix = this.#idPrefix();
    if (element.kind === 'filter') return filterItem(this.#wantedRows, element.isEmpty);
    if (element.kind === 'more') return moreItem(element, prefix);
    if (element.kind === 'glance') return glanceItem(prefix, !this.#isFiltered);
    if (element.kind === 'glanceLine') return glanceLineItem(element.line, prefix);
    if (element.kind === 'facts') return factsItem(element.facts, prefix);
    if (element.kind === 'fact') return factItem(element.fact, prefix);
    const item = rowItem(element.row, prefix, this.#uri?.scheme === liveScheme);
    if (this.#standsOpen(element.row)) item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  /** VS Code keeps what was opened for each id: rows of a filter are others. */
  #idPrefix(): string {
    const { text, onlyProblems } = this.#wantedRows;
    const filter = this.#isFiltered ? `${onlyProblems} ${text} ` : '';
    return `${filter}${this.#order} ${this.#uri?.toString() ?? ''}`;
  }

  #standsOpen(row: TreeRow): boolean {
    // Of several families the first stands open: a dump is opened to see its hooks.
    if (row.kind === 'group' && row.id === this.#firstRow) return true;
    return row.below !== null && ++this.#opened <= mostOpened;
  }

  getParent(element: RulesElement): RulesElement | undefined {
    return element.parent ?? undefined;
  }

  /** The tooltip is the hover that the rule has in the editor; that of a Service names all its ports. */
  async resolveTreeItem(
    item: vscode.TreeItem,
    element: RulesElement,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (element.kind !== 'row') return item;
    item.tooltip = rowTooltip(element.row);
    if (element.row.kind === 'service') {
      item.tooltip = rowTooltip(element.row, await this.#ports(element.row, token).catch(() => []));
      return item;
    }
    const hover = await this.#hover(element.row, token).catch(() => null);
    if (hover === null) return item;
    const text = new vscode.MarkdownString(hover);
    text.isTrusted = { enabledCommands: linkableCommands };
    item.tooltip = text;
    return item;
  }

  /** As many ports of a Service as a tooltip holds. */
  async #ports({ id }: TreeRow, token: vscode.CancellationToken): Promise<readonly TreeRow[]> {
    if (this.#uri === null) return [];
    const params = { uri: this.#uri.toString(), order: this.#order, parent: id, offset: 0, limit: mostPorts };
    return (await this.#server.request(treeRequest, params, token)).items;
  }

  async #hover(row: TreeRow, token: vscode.CancellationToken): Promise<string | null> {
    if (row.location === null || row.badgeReason !== null) return null;
    const { uri } = row.location;
    const params = { textDocument: { uri }, position: await namePosition(row) };
    const hover = await this.#server.send<Hover | null>('textDocument/hover', uri, params, token);
    return hover?.contents.value ?? null;
  }
}

/** Where the chain's name stands in the row's line, or where the rule begins. */
export async function namePosition(row: TreeRow): Promise<vscode.Position> {
  if (row.location === null) return new vscode.Position(0, 0);
  const { uri, line, startCharacter } = row.location;
  if (row.chain === null) return new vscode.Position(line, startCharacter);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const found = line < document.lineCount ? document.lineAt(line).text.lastIndexOf(row.chain) : -1;
  return new vscode.Position(line, found < 0 ? startCharacter : found);
}

function rowId(element: RulesElement | null): string {
  return element?.kind === 'row' ? element.row.id : '';
}

function moreItem(element: RulesElement & { readonly kind: 'more' }, prefix: string): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('… {0} more', element.left.toLocaleString()));
  item.id = `${prefix}/${rowId(element.parent)}/more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = {
    command: 'kubeProxy.rules.showMore',
    title: vscode.l10n.t('Show More Rows'),
    arguments: [element],
  };
  return item;
}

function failure(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return vscode.l10n.t(
    'The rules cannot be shown: {0} See the log (kube-proxy: Show Log).',
    inMessage(reason),
  );
}
