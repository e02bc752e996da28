/** The rows of the Rules view, asked from the server as they are opened, in pages. */
import * as vscode from 'vscode';
import { linkableCommands } from '../../protocol/commands.ts';
import { liveScheme } from '../../protocol/liveUri.ts';
import { type NodeFact, nodeFactsRequest } from '../../protocol/facts.ts';
import { treePathRequest, treeRequest, type TreeParams, type TreeRow } from '../../protocol/requests.ts';
import { inMessage } from '../plainText.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';
import { type GlanceLine, glanceRequest } from '../../protocol/glance.ts';
import { factItem, factsItem } from './factItems.ts';
import { glanceItem, glanceLineItem } from './glanceItems.ts';
import { GlanceLines } from './glanceLines.ts';
import { rowItem, rowTooltip } from './rowItem.ts';
import { append } from '../../text/lists.ts';

/** By hook, or by Service. */
export type RulesOrder = TreeParams['order'];

/** A row, the one behind the last loaded row that loads more, what the node is at a glance, or what is known of it beside its rules. */
export type RulesElement =
  | { readonly kind: 'row'; readonly row: TreeRow; readonly parent: RulesElement | null }
  | { readonly kind: 'glance'; readonly parent: null }
  | { readonly kind: 'glanceLine'; readonly line: GlanceLine; readonly parent: RulesElement }
  | { readonly kind: 'facts'; readonly facts: readonly NodeFact[]; readonly parent: null }
  | { readonly kind: 'fact'; readonly fact: NodeFact; readonly parent: RulesElement }
  | { readonly kind: 'more'; readonly left: number; readonly parent: RulesElement | null };

const firstPage = 200;
const nextPage = 1000;
/** The server gives no more at once. */
const largestPage = 10_000;

interface Hover {
  readonly contents: { readonly value: string };
}

/**
 * The view's data provider. Children come in pages of 200, and then 1,000 more at a time; where they cannot be had
 * there are none, and `report` is told why.
 */
export class RulesTree implements vscode.TreeDataProvider<RulesElement> {
  readonly #server: RulesServer;
  readonly #glances: GlanceLines;
  readonly #changed = new vscode.EventEmitter<RulesElement | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** Row → how many of its children are shown. */
  readonly #loaded = new Map<string, number>();
  #uri: vscode.Uri | null = null;
  #order: RulesOrder;
  #firstRow: string | null = null;
  /** Told why there are no rows, or null when there are. */
  readonly #report: (failure: string | null) => void;

  constructor(server: RulesServer, order: RulesOrder, report: (failure: string | null) => void) {
    this.#server = server;
    this.#glances = new GlanceLines((uri) => server.request(glanceRequest, { uri }));
    this.#order = order;
    this.#report = report;
  }

  get uri(): vscode.Uri | null {
    return this.#uri;
  }

  get order(): RulesOrder {
    return this.#order;
  }

  show(uri: vscode.Uri | null, order: RulesOrder): void {
    if (uri?.toString() !== this.#uri?.toString() || order !== this.#order) this.#loaded.clear();
    this.#uri = uri;
    this.#order = order;
    this.refresh();
  }

  refresh(): void {
    this.#glances.forget();
    this.#changed.fire(undefined);
  }

  /** Shows the next page of the children of `more`'s parent. */
  showMore(more: RulesElement): void {
    const key = rowId(more.parent);
    this.#loaded.set(key, this.#shown(more.parent) + nextPage);
    this.#changed.fire(more.parent ?? undefined);
  }

  async getChildren(parent?: RulesElement): Promise<RulesElement[]> {
    if (this.#uri === null) {
      this.#report(null);
      return [];
    }
    if (parent?.kind === 'facts') return parent.facts.map((fact) => ({ kind: 'fact', fact, parent }));
    try {
      if (parent?.kind === 'glance') return await this.#glance(this.#uri, parent);
      const children = await this.#children(this.#uri, parent ?? null);
      if (parent !== undefined) return children;
      this.#report(null);
      const first: RulesElement[] = children.length === 0 ? [] : [{ kind: 'glance', parent: null }];
      return [...first, ...children, await this.#facts(this.#uri)];
    } catch (error) {
      if (error instanceof RequestCancelled) return [];
      this.#report(failure(error));
      return [];
    }
  }

  /** The first row of a chain, with the page that it is on shown; null where this order has none. */
  async rowOf(table: string, chain: string): Promise<RulesElement | null> {
    const uri = this.#uri;
    if (uri === null) return null;
    const params = { uri: uri.toString(), order: this.#order, table, chain };
    const steps = await this.#server.request(treePathRequest, params);
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
      const { items, total } = await this.#server.request(treeRequest, {
        uri: uri.toString(),
        order: this.#order,
        parent: parent?.kind === 'row' ? parent.row.id : null,
        offset: rows.length,
        limit: Math.min(wanted - rows.length, largestPage),
      });
      append(
        rows,
        items.map((row): RulesElement => ({ kind: 'row', row, parent })),
      );
      left = total - rows.length;
      page = Math.min(items.length, left);
    }
    return { rows, left };
  }

  getTreeItem(element: RulesElement): vscode.TreeItem {
    const prefix = `${this.#order} ${this.#uri?.toString() ?? ''}`;
    if (element.kind === 'more') return moreItem(element, prefix);
    if (element.kind === 'glance') return glanceItem(prefix);
    if (element.kind === 'glanceLine') return glanceLineItem(element.line, prefix);
    if (element.kind === 'facts') return factsItem(element.facts, prefix);
    if (element.kind === 'fact') return factItem(element.fact, prefix);
    const item = rowItem(element.row, prefix, this.#uri?.scheme === liveScheme);
    // Of several families the first stands open: a dump is opened to see its hooks.
    if (element.row.kind === 'group' && element.row.id === this.#firstRow) {
      item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    }
    return item;
  }

  getParent(element: RulesElement): RulesElement | undefined {
    return element.parent ?? undefined;
  }

  /** The tooltip is the hover that the rule has in the editor. */
  async resolveTreeItem(
    item: vscode.TreeItem,
    element: RulesElement,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (element.kind !== 'row') return item;
    item.tooltip = rowTooltip(element.row);
    const hover = await this.#hover(element.row, token).catch(() => null);
    if (hover === null) return item;
    const text = new vscode.MarkdownString(hover);
    text.isTrusted = { enabledCommands: linkableCommands };
    item.tooltip = text;
    return item;
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
