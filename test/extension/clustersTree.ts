/** The rows of the Clusters view over clusters that say what a test wants them to say. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ClusterFailure } from '../../src/cluster/failure.ts';
import { ClusterHost } from '../../src/extension/clusters/clusterHost.ts';
import { ClusterLog } from '../../src/extension/clusters/clusterLog.ts';
import type { ClusterElement } from '../../src/extension/views/clusterElements.ts';
import { ClustersTree } from '../../src/extension/views/clustersTree.ts';
import { FakeCluster, liveNode } from './fakeCluster.ts';
import { Suite } from './runner.ts';

export const clustersTree = new Suite('rows of the Clusters view');

interface Opened {
  readonly cluster: FakeCluster;
  readonly host: ClusterHost;
  readonly tree: ClustersTree;
}

function open(name = 'fake'): Opened {
  const cluster = new FakeCluster(name);
  const host = new ClusterHost({
    load: async () => cluster.module,
    kubeconfig: async () => ['/config'],
    confirmDebugPod: async () => false,
    log: new ClusterLog('versions'),
  });
  return { cluster, host, tree: new ClustersTree(host) };
}

async function inside(
  { tree }: Opened,
  ...kinds: readonly ClusterElement['kind'][]
): Promise<ClusterElement[]> {
  let rows = await tree.getChildren();
  for (const kind of kinds) {
    const row = rows.find((each) => each.kind === kind);
    assert.ok(row, `${kind} is not among ${rows.map((each) => each.kind).join()}`);
    rows = await tree.getChildren(row);
  }
  return rows;
}

function labelOf({ label }: vscode.TreeItem): string {
  return typeof label === 'string' ? label : (label?.label ?? '');
}

function lines(tooltip: vscode.TreeItem['tooltip']): readonly string[] | null {
  return typeof tooltip === 'string' ? tooltip.split('\n') : null;
}

/** All that a row shows or says. */
function texts(item: vscode.TreeItem): readonly string[] {
  const { description, tooltip, accessibilityInformation: spoken } = item;
  return [labelOf(item), String(description ?? ''), spoken?.label ?? '', ...(lines(tooltip) ?? [])];
}

const hostile = 'a\n\u001b[31m[x](command:workbench.action.quit) $(alert) <img src=x>\u202e';

clustersTree.test('a closed context asks nobody, an opened one is asked once', async () => {
  const opened = open();
  const [context] = await opened.tree.getChildren();
  assert.ok(context);
  opened.tree.getTreeItem(context);
  assert.equal(opened.cluster.opened, 0);
  await opened.tree.getChildren(context);
  await opened.tree.getChildren(context);
  assert.equal(opened.cluster.opened, 1);
});

clustersTree.test('a closed context comes back closed, with another id', async () => {
  const opened = open();
  const [context] = await opened.tree.getChildren();
  assert.ok(context);
  await opened.tree.getChildren(context);
  opened.host.close('fake');
  const [again] = await opened.tree.getChildren();
  assert.ok(again);
  assert.notEqual(again.id, context.id);
  assert.equal(opened.tree.getTreeItem(again).collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
  assert.deepEqual([opened.cluster.opened, opened.cluster.closed], [1, 1]);
});

clustersTree.test('names hold nothing but text', async () => {
  const opened = open(hostile);
  const failure = new ClusterFailure('other', hostile);
  opened.cluster.nodes = [liveNode(hostile, { failure, version: hostile })];
  const [context] = await opened.tree.getChildren();
  assert.ok(context);
  const nodes = await inside(opened, 'context', 'nodes');
  for (const row of [context, ...nodes]) {
    const item = opened.tree.getTreeItem(row);
    // A string is shown as it is; Markdown would not be.
    assert.equal(typeof item.tooltip, 'string');
    for (const text of texts(item)) assert.doesNotMatch(text, /\p{Cc}|\u202e/u);
  }
});

clustersTree.test('2,500 nodes come in pages', async () => {
  const opened = open();
  opened.cluster.nodes = Array.from({ length: 2500 }, (_, index) => liveNode(`node-${index}`));
  const first = await inside(opened, 'context', 'nodes');
  const more = first.at(-1);
  assert.deepEqual([first.length, more?.kind], [201, 'more']);
  assert.ok(more?.kind === 'more');
  assert.match(labelOf(opened.tree.getTreeItem(more)), /2[.,]?300/);
  opened.tree.showMore(more);
  assert.equal((await inside(opened, 'context', 'nodes')).length, 1201);
});

clustersTree.test('a node far down is found by its name', async () => {
  const opened = open();
  opened.cluster.nodes = Array.from({ length: 2500 }, (_, index) => liveNode(`node-${index}`));
  const row = await opened.tree.rowOfNode('fake', 'node-2000');
  assert.ok(row?.kind === 'node');
  assert.ok((await inside(opened, 'context', 'nodes')).includes(row));
});

clustersTree.test('a Service is found under its namespace', async () => {
  const opened = open();
  await inside(opened, 'context');
  const spec = {
    type: 'NodePort',
    clusterIP: '10.96.0.9',
    ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }],
  };
  const change = { resource: 'services', key: 'shop/web', object: { spec } } as const;
  opened.cluster.tell({ replaced: ['services'], changes: [change], complete: ['services'] });
  const [service] = await inside(opened, 'context', 'services', 'namespace');
  assert.ok(service);
  const { label, description } = opened.tree.getTreeItem(service);
  assert.deepEqual([label, description], ['web', 'NodePort · 80/TCP, 53/UDP']);
});

clustersTree.test('what is in the way is a row with what helps', async () => {
  const right = { verb: 'list', resource: 'nodes', namespace: null, user: 'dev' };
  const opened = open();
  opened.cluster.state = { kind: 'failed', failure: new ClusterFailure('forbidden', 'no', { right }) };
  const [row] = await inside(opened, 'context');
  assert.ok(row);
  const item = opened.tree.getTreeItem(row);
  assert.equal(item.label, 'nodes is forbidden for dev');
  assert.match(item.contextValue ?? '', /^failure.*\brights\b.*\bretry\b/);
  await vscode.commands.executeCommand('kubeProxy.clusters.copyMissingRight', row);
  const yaml = await vscode.env.clipboard.readText();
  assert.match(yaml, /kind: ClusterRole\n/);
  assert.match(yaml, /resources: \["nodes"\]/);
  assert.match(yaml, /name: "dev"/);
});

clustersTree.test('a node says its state, with or without an icon', async () => {
  const opened = open();
  const source = { kind: 'command', program: 'docker' } as const;
  opened.cluster.nodes = [
    liveNode('a', { held: { takenAt: Date.now() - 20_000, rules: 2412, source } }),
    liveNode('b', { proxy: { kind: 'none', replacement: 'Cilium' } }),
    liveNode('c', { progress: 'reading iptables-save, 2.1 MB' }),
  ];
  const items = (await inside(opened, 'context', 'nodes')).map((row) => opened.tree.getTreeItem(row));
  const [held, none, reading] = items.map(({ description }) => String(description));
  assert.match(held ?? '', /^iptables · v1\.36\.3 · 2[.,]?412 rules · 20 s ago$/);
  assert.match(none ?? '', /Cilium/);
  assert.equal(reading, 'reading iptables-save, 2.1 MB');
  assert.match(items[2]?.contextValue ?? '', /\breading\b/);
  assert.match(items[0]?.accessibilityInformation?.label ?? '', /^a, rules read, iptables/);
});
