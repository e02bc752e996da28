/** The rows of the Clusters view. A context is opened by opening its row: before, nobody is asked. */
import * as vscode from 'vscode';
import type { ClusterContext } from '../../cluster/contexts.ts';
import { ClusterFailure, isClusterFailure } from '../../cluster/failure.ts';
import type { SessionState } from '../../cluster/session.ts';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import type { OpenContext } from '../clusters/openContext.ts';
import { clusterItem } from './clusterItem.ts';
import type { ClusterElement, ElementOf, RowFacts } from './clusterElements.ts';
import { ClusterRows } from './clusterRows.ts';

const nextPage = 1000;

const noFacts: RowFacts = {
  node: null,
  collected: null,
  service: null,
  count: null,
  failure: null,
  loading: false,
  state: 'closed',
  version: '',
};

/** The view's data provider. Children come in pages of 200, and then 1,000 more at a time. */
export class ClustersTree implements vscode.TreeDataProvider<ClusterElement>, vscode.Disposable {
  readonly #host: ClusterHost;
  readonly #changed = new vscode.EventEmitter<ClusterElement[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #rows = new ClusterRows();
  /** Context → why it could not be opened. */
  readonly #refused = new Map<string, ClusterFailure>();
  readonly #subscriptions: vscode.Disposable;

  constructor(host: ClusterHost) {
    this.#host = host;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      host.onDidChange((name) => this.#refresh(name)),
      host.onDidClose((name) => {
        this.#rows.close(name);
        this.#changed.fire(undefined);
      }),
    );
  }

  async getChildren(parent?: ClusterElement): Promise<ClusterElement[]> {
    if (parent === undefined) return this.#contexts();
    // A row of before its context was closed, which VS Code still asks about, must not open it again.
    if (!this.#rows.isOfNow(parent)) return [];
    switch (parent.kind) {
      case 'context':
        return this.#inContext(parent.context);
      case 'nodes':
        return this.#nodes(parent);
      case 'services':
        return this.#namespaces(parent);
      case 'namespace':
        return this.#services(parent);
      default:
        return [];
    }
  }

  getTreeItem(element: ClusterElement): vscode.TreeItem {
    return clusterItem(element, this.#facts(element), Date.now());
  }

  getParent(element: ClusterElement): ClusterElement | undefined {
    switch (element.kind) {
      case 'context':
      case 'problem':
        return undefined;
      case 'more':
        return element.parent;
      case 'node':
        return this.#rows.get(`${this.#rows.idOf(element.context)}/nodes`);
      case 'namespace':
        return this.#rows.get(`${this.#rows.idOf(element.context)}/services`);
      case 'service':
        return this.#rows.get(namespaceId(this.#rows.idOf(element.context), element.namespace));
      default:
        return this.#rows.get(this.#rows.idOf(element.context));
    }
  }

  /** Null for a context that the kubeconfig does not have. */
  async rowOfContext(context: string): Promise<ClusterElement | null> {
    return (await this.#contexts()).find(({ id }) => id === this.#rows.idOf(context)) ?? null;
  }

  /** The row of a node, with as many rows shown as it takes to show this one; null for one that is not there. */
  async rowOfNode(context: string, node: string): Promise<ClusterElement | null> {
    const opened = await this.rowOfContext(context);
    if (opened === null) return null;
    const groups = await this.getChildren(opened);
    const parent = groups.find(({ kind }) => kind === 'nodes');
    const index = this.#host.context(context)?.session.nodes.findIndex(({ name }) => name === node) ?? -1;
    if (parent === undefined || index < 0) return null;
    if (index >= this.#rows.limit(parent)) {
      this.#rows.setLimit(parent, index + 1);
      this.#changed.fire([parent]);
    }
    return this.#node(context, node);
  }

  showMore({ parent }: ElementOf<'more'>): void {
    this.#rows.setLimit(parent, this.#rows.limit(parent) + nextPage);
    this.#changed.fire([parent]);
  }

  /** Asks again to open a context, or lets its session try again. */
  retry(context: string): void {
    this.#refused.delete(context);
    this.#host.context(context)?.session.retry();
    this.#refresh(context);
  }

  /** Draws the rows again whose words tell an age. */
  refreshAges(): void {
    const held = this.#host.opened.flatMap(({ name, session }) =>
      session.nodes.filter((node) => node.held !== null).map((node) => this.#nodeId(name, node.name)),
    );
    const rows = held.flatMap((id) => this.#rows.get(id) ?? []);
    if (rows.length > 0) this.#changed.fire(rows);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #refresh(context: string | null): void {
    const row = context === null ? undefined : this.#rows.get(this.#rows.idOf(context));
    this.#changed.fire(row === undefined ? undefined : [row]);
  }

  async #contexts(): Promise<ClusterElement[]> {
    const { contexts, problems } = await this.#host.contexts();
    return [
      ...contexts.map((context) =>
        this.#rows.keep({ kind: 'context', id: this.#rows.idOf(context.name), context }),
      ),
      ...problems.map((words, index) => this.#rows.keep({ kind: 'problem', id: `problem/${index}`, words })),
    ];
  }

  async #inContext(context: ClusterContext): Promise<ClusterElement[]> {
    const refused = this.#refused.get(context.name);
    if (refused !== undefined) return [this.#failure(context.name, 'open', refused, null)];
    try {
      return this.#rowsOf(await this.#host.open(context.name), context.server);
    } catch (error) {
      const failure = isClusterFailure(error)
        ? error
        : new ClusterFailure('other', String(error), { cause: error });
      this.#refused.set(context.name, failure);
      return [this.#failure(context.name, 'open', failure, null)];
    }
  }

  #rowsOf(opened: OpenContext, server: string): ClusterElement[] {
    const { name, session } = opened;
    const { state } = session;
    if (state.kind === 'failed') return [this.#failure(name, 'state', state.failure, null)];
    if (state.kind !== 'ready') {
      const words = vscode.l10n.t('Connecting to {0}', server);
      return [
        this.#rows.keep({ kind: 'loading', id: `${this.#rows.idOf(name)}/loading`, context: name, words }),
      ];
    }
    return [
      ...this.#staleRows(name, state),
      this.#rows.keep({ kind: 'nodes', id: `${this.#rows.idOf(name)}/nodes`, context: name }),
      this.#rows.keep({ kind: 'services', id: `${this.#rows.idOf(name)}/services`, context: name }),
    ];
  }

  /** Of those that have no rows of their own; the others say it at their place. */
  #staleRows(context: string, { stale }: SessionState & { readonly kind: 'ready' }): ClusterElement[] {
    const names = { endpointslices: vscode.l10n.t('Endpoints'), pods: vscode.l10n.t('Pods') } as const;
    return (['endpointslices', 'pods'] as const).flatMap((resource) => {
      const failure = stale.get(resource);
      return failure === undefined ? [] : [this.#failure(context, resource, failure, names[resource])];
    });
  }

  #nodes(parent: ElementOf<'nodes'>): ClusterElement[] {
    const opened = this.#host.context(parent.context);
    if (opened === null) return [];
    const { failure } = this.#facts(parent);
    const rows = this.#page(parent, opened.session.nodes, ({ name }) => this.#node(parent.context, name));
    const stale = rows.length === 0 ? null : vscode.l10n.t('Nodes');
    return failure === null ? rows : [this.#failure(parent.context, 'nodes', failure, stale), ...rows];
  }

  #namespaces(parent: ElementOf<'services'>): ClusterElement[] {
    const { context } = parent;
    const namespaces = this.#host.context(context)?.services.namespaces ?? [];
    const rows = this.#page(parent, namespaces, ({ name: namespace }) =>
      this.#rows.keep({
        kind: 'namespace',
        id: namespaceId(this.#rows.idOf(context), namespace),
        context,
        namespace,
      }),
    );
    const { failure } = this.#facts(parent);
    const stale = rows.length === 0 ? null : vscode.l10n.t('Services');
    return failure === null ? rows : [this.#failure(context, 'services', failure, stale), ...rows];
  }

  #services(parent: ElementOf<'namespace'>): ClusterElement[] {
    const { context, namespace } = parent;
    const services = this.#host.context(context)?.services.of(namespace) ?? [];
    return this.#page(parent, services, ({ name }) =>
      this.#rows.keep({ kind: 'service', id: `${parent.id}/${name}`, context, namespace, name }),
    );
  }

  #page<Item>(
    parent: ClusterElement,
    items: readonly Item[],
    make: (item: Item) => ClusterElement,
  ): ClusterElement[] {
    const limit = this.#rows.limit(parent);
    const rows = items.slice(0, limit).map(make);
    const left = items.length - rows.length;
    if (left === 0) return rows;
    return [...rows, this.#rows.keep({ kind: 'more', id: `${parent.id}/more`, parent, left })];
  }

  #node(context: string, node: string): ClusterElement {
    return this.#rows.keep({ kind: 'node', id: this.#nodeId(context, node), context, node });
  }

  #failure(context: string, about: string, failure: ClusterFailure, stale: string | null): ClusterElement {
    const id = `${this.#rows.idOf(context)}/failure/${about}`;
    return this.#rows.keep({ kind: 'failure', id, context, failure, stale });
  }

  #facts(element: ClusterElement): RowFacts {
    if (element.kind === 'problem' || element.kind === 'more') return noFacts;
    const name = element.kind === 'context' ? element.context.name : element.context;
    const opened = this.#host.context(name);
    if (opened === null) return this.#refused.has(name) ? { ...noFacts, state: 'failed' } : noFacts;
    switch (element.kind) {
      case 'context':
        return { ...noFacts, ...stateFacts(opened.session.state) };
      case 'nodes':
        return { ...noFacts, count: opened.session.nodes.length, ...readingFacts(opened, 'nodes') };
      case 'services':
        return { ...noFacts, count: opened.services.count, ...readingFacts(opened, 'services') };
      case 'node':
        return {
          ...noFacts,
          node: opened.node(element.node),
          collected: opened.session.collected(element.node),
        };
      case 'namespace':
        return { ...noFacts, count: opened.services.countOf(element.namespace) };
      case 'service':
        return { ...noFacts, service: opened.services.get(element.namespace, element.name) };
      default:
        return noFacts;
    }
  }

  #nodeId(context: string, node: string): string {
    return `${this.#rows.idOf(context)}/nodes/${node}`;
  }
}

function namespaceId(contextId: string, namespace: string): string {
  return `${contextId}/services/${namespace}`;
}

function stateFacts(state: SessionState): Pick<RowFacts, 'state' | 'version'> {
  const version = state.kind === 'ready' ? state.version : '';
  return { state: state.kind, version };
}

function readingFacts(
  { session }: OpenContext,
  resource: 'nodes' | 'services',
): Pick<RowFacts, 'failure' | 'loading'> {
  const { state } = session;
  if (state.kind !== 'ready') return { failure: null, loading: true };
  return { failure: state.stale.get(resource) ?? null, loading: state.loading.includes(resource) };
}
