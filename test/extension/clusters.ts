/** When a cluster is contacted, and when not: proved with a server that counts who comes. */
import * as assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import * as vscode from 'vscode';
import type { ClusterElement } from '../../src/extension/views/clusterElements.ts';
import { extension, extensionBundles, nextEvent, writeFile } from './support.ts';
import { Suite } from './runner.ts';

export const clusters = new Suite('clusters');

const neighbourId = 'ms-kubernetes-tools.vscode-kubernetes-tools';

interface Neighbour {
  useKubeconfig(path: string): void;
}

/** Answers everything with `status`; each connection is counted. */
class ApiServer {
  connections = 0;
  readonly #server: Server;

  constructor(status: number, body: object) {
    this.#server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    this.#server.on('connection', () => this.connections++);
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        assert.ok(typeof address === 'object' && address !== null);
        resolve(`http://127.0.0.1:${address.port}`);
      });
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Unauthorized',
  message: 'Unauthorized',
  code: 401,
};

async function writeKubeconfig(server: string, ...more: readonly string[]): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'arn:aws:eks:eu/dev',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: ['arn:aws:eks:eu/dev', ...more].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
  };
  return (await writeFile('kubeconfig.json', JSON.stringify(config))).fsPath;
}

async function useKubeconfig(path: string): Promise<void> {
  const neighbour = vscode.extensions.getExtension<Neighbour>(neighbourId);
  assert.ok(neighbour, 'the tests need the stand-in for the Kubernetes extension');
  (await neighbour.activate()).useKubeconfig(path);
  extension().exports.clusters.reload();
}

async function rows(parent?: ClusterElement): Promise<ClusterElement[]> {
  return extension().exports.clustersView.rows.getChildren(parent);
}

/** The first row inside of a context that is no loading row. */
async function firstRow(context: ClusterElement): Promise<ClusterElement> {
  const { clusters: host } = extension().exports;
  for (;;) {
    const changed = nextEvent(host.onDidChange);
    const [row] = await rows(context);
    if (row !== undefined && row.kind !== 'loading') return row;
    await changed;
  }
}

clusters.test('a restricted window reads no kubeconfig and contacts nobody', async () => {
  if (vscode.workspace.isTrusted) return;
  const server = new ApiServer(401, unauthorized);
  try {
    await useKubeconfig(await writeKubeconfig(await server.listen()));
    await vscode.commands.executeCommand('kubeProxy.clusters.focus');
    assert.deepEqual(await rows(), []);
    const { clusters: host } = extension().exports;
    await assert.rejects(host.open('arn:aws:eks:eu/dev'), /trust/);
    await assert.rejects(host.collect('arn:aws:eks:eu/dev', 'node-1'), /trust/);
    assert.equal(server.connections, 0);
    assert.ok(!extensionBundles().includes('cluster.js'), 'dist/cluster.js was loaded');
  } finally {
    server.close();
  }
});

clusters.test('listing contexts contacts nobody; opening one does', async () => {
  if (!vscode.workspace.isTrusted) return;
  const server = new ApiServer(401, unauthorized);
  try {
    await useKubeconfig(await writeKubeconfig(await server.listen()));
    await vscode.commands.executeCommand('kubeProxy.clusters.focus');
    const [context] = await rows();
    assert.ok(context?.kind === 'context', 'the kubeconfig of the Kubernetes extension has a context');
    assert.equal(context.context.name, 'arn:aws:eks:eu/dev');
    assert.ok(context.context.current);
    assert.equal(server.connections, 0);
    const row = await firstRow(context);
    assert.ok(server.connections > 0);
    assert.ok(row.kind === 'failure', row.kind);
    assert.equal(row.failure.kind, 'unauthorized');
    const item = extension().exports.clustersView.rows.getTreeItem(row);
    assert.match(item.contextValue ?? '', /\bkubeconfig\b.*\bretry\b/);
    extension().exports.clusters.close('arn:aws:eks:eu/dev');
    assert.deepEqual(await rows(context), []);
    assert.deepEqual(extension().exports.clusters.opened, []);
  } finally {
    server.close();
  }
});

clusters.test('a kubeconfig that is changed is read again', async () => {
  if (!vscode.workspace.isTrusted) return;
  await useKubeconfig(await writeKubeconfig('https://192.0.2.1'));
  await vscode.commands.executeCommand('kubeProxy.clusters.focus');
  assert.equal((await rows()).length, 1);
  const changed = nextEvent(extension().exports.clusters.onDidChange);
  await writeKubeconfig('https://192.0.2.1', 'made later');
  assert.equal(await changed, null);
  const names = (await rows()).map((row) => (row.kind === 'context' ? row.context.name : row.kind));
  assert.deepEqual(names.toSorted(), ['arn:aws:eks:eu/dev', 'made later']);
});

clusters.test(
  'a context that failed is tried again by the kubeconfig files that were chosen since',
  async () => {
    if (!vscode.workspace.isTrusted) return;
    const server = new ApiServer(401, unauthorized);
    const name = 'arn:aws:eks:eu/dev';
    const { clusters: host, clustersView } = extension().exports;
    try {
      await useKubeconfig(await writeKubeconfig(await server.listen()));
      const [context] = await rows();
      assert.ok(context !== undefined);
      assert.equal((await firstRow(context)).kind, 'failure');
      const other = JSON.stringify({ apiVersion: 'v1', kind: 'Config' });
      await useKubeconfig((await writeFile('another-kubeconfig.json', other)).fsPath);
      clustersView.rows.retry(name);
      for (;;) {
        const changed = nextEvent(host.onDidChange);
        const state = host.context(name)?.session.state;
        if (state?.kind === 'failed' && state.failure.kind === 'badConfiguration') break;
        await changed;
      }
    } finally {
      host.close(name);
      server.close();
    }
  },
);

clusters.test('a server that nobody listens for is said to give no answer', async () => {
  if (!vscode.workspace.isTrusted) return;
  const server = new ApiServer(401, unauthorized);
  const address = await server.listen();
  server.close();
  await useKubeconfig(await writeKubeconfig(address));
  const [context] = await rows();
  assert.ok(context?.kind === 'context');
  const row = await firstRow(context);
  assert.ok(row.kind === 'failure' && row.failure.kind === 'unreachable', JSON.stringify(row));
  extension().exports.clusters.close('arn:aws:eks:eu/dev');
});

clusters.test(
  'items of the Kubernetes extension that are no Service, Pod or node are left alone',
  async () => {
    if (!vscode.workspace.isTrusted) return;
    const resolved = { nodeType: 'folder.resource', resourceKind: { manifestKind: 'Service' } };
    const item = { nodeCategory: 'kubernetes-explorer-node', resolved };
    await vscode.commands.executeCommand('kubeProxy.explorer.tracePacketToService', item);
    await vscode.commands.executeCommand('kubeProxy.explorer.openRulesOfNode', undefined);
    assert.deepEqual(extension().exports.clusters.opened, []);
  },
);

clusters.test('a node of the Kubernetes extension opens the active context', async () => {
  if (!vscode.workspace.isTrusted) return;
  const server = new ApiServer(401, unauthorized);
  try {
    await useKubeconfig(await writeKubeconfig(await server.listen()));
    const resourceKind = { manifestKind: 'Node', abbreviation: 'node' };
    const resolved = { nodeType: 'resource', resourceKind, name: 'node-1', namespace: null };
    const item = { nodeCategory: 'kubernetes-explorer-node', resolved };
    const { clusters: host } = extension().exports;
    const opened = nextEvent(host.onDidOpen);
    await vscode.commands.executeCommand('kubeProxy.explorer.openRulesOfNode', item);
    assert.equal((await opened).name, 'arn:aws:eks:eu/dev');
    host.close('arn:aws:eks:eu/dev');
  } finally {
    server.close();
  }
});
