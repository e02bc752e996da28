/** The one thing that is ever written to a cluster, as a user meets it: asked for in a dialog, used, and gone. */
import * as assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { isRecord } from '../../../src/text/json.ts';
import { Suite } from '../../extension/runner.ts';
import { instanceLimit } from '../support/addresses.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { expectReadOnly } from '../support/readOnly.ts';
import type { ClusterStage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { ClusterWindow } from './clusterWindow.ts';
import { inOneWindow } from './inOneWindow.ts';

interface Asked {
  readonly cluster: Cluster;
  readonly clusters: ClusterWindow;
  /** Of the window, for another one like it. */
  readonly address: string;
}

/** In a window of its own on a cluster of its own, whose node has no kube-proxy; beside `other`, which stays read only. */
export function debugPod(stage: ClusterStage, other: Cluster): Suite {
  const suite = new Suite('a debug Pod');
  const test = inOneWindow(suite, () => ask(stage, other));
  test('is asked for before it is made, with what it may', async ({ clusters }) => {
    await clusters.row('bare').click();
    const dialog = dialogOf(clusters);
    await dialog.getByText('Create a debug Pod on bare').first().waitFor();
    await clusters.window.screenshot('debug-pod-question');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await clusters.row('bare, failed').waitFor();
    await clusters.window.screenshot('debug-pod-declined');
  });
  test('shows its manifest first to who wants to see it', async ({ cluster, clusters }) => {
    const { window, page } = clusters;
    await clusters.row('bare').click();
    await dialogOf(clusters).getByRole('button', { name: 'Show Manifest' }).click();
    await clusters.line('"kind": "Pod"').waitFor();
    await window.screenshot('debug-pod-manifest');
    // Taken away it is no answer.
    await page.keyboard.press('Escape');
    await dialogOf(clusters).getByRole('button', { name: 'Show Manifest' }).click();
    await window.quickPickRow('Continue…').click();
    await dialogOf(clusters).getByRole('button', { name: 'Create Pod' }).waitFor();
    await expectReadOnly(cluster);
  });
  test('shows the rules of the node, and is gone', async ({ cluster, clusters }) => {
    await dialogOf(clusters).getByRole('button', { name: 'Create Pod' }).click();
    await clusters.line('-d 192.0.2.1/32 -j DROP').waitFor();
    await clusters.row('bare, rules read').waitFor();
    await clusters.window.screenshot('debug-pod-rules');
    await expectReadOnly(cluster, { debugPods: 1 });
  });
  test('that a window which crashed left is removed by the next one', async ({
    cluster,
    clusters,
    address,
  }) => {
    const { tools } = cluster.node('bare');
    tools.replace('iptables-save', 'printf "*nat\\n"; exec sleep 1000');
    await clusters.act('bare', 'Refresh Rules of Node');
    await dialogOf(clusters).getByRole('button', { name: 'Create Pod' }).click();
    await until('the debug Pod is there', async () => (await ownersOf(cluster)).length === 1);
    for (const owner of await ownersOf(cluster)) process.kill(owner, 'SIGKILL');
    await clusters.page.close();
    assert.equal((await ownersOf(cluster)).length, 1);
    const next = await ClusterWindow.open(stage.browser, address, stage.screenshots);
    await next.expand(contextOf(cluster));
    await next.notified('that an earlier window left');
    await next.window.screenshot('debug-pod-removed');
    await expectReadOnly(cluster, { debugPods: 2 });
    await next.page.close();
  });
  return suite;
}

async function ask(stage: ClusterStage, other: Cluster): Promise<Asked> {
  const instance = (other.instance + 1) % instanceLimit;
  const cluster = await startCluster({ instance, nodes: [{ name: 'bare', mode: 'none' }] });
  cluster.node('bare').namespace.run(['iptables', '-A', 'FORWARD', '-d', '192.0.2.1', '-j', 'DROP']);
  const { address } = await stage.serve({ env: { KUBECONFIG: cluster.kubeconfigs.admin } });
  const clusters = await ClusterWindow.open(stage.browser, address, stage.screenshots);
  await clusters.expand(contextOf(cluster));
  await clusters.row('bare, rules not read').waitFor();
  return { cluster, clusters, address };
}

function contextOf(cluster: Cluster): string {
  return `${cluster.contextPrefix}admin,`;
}

function dialogOf({ page }: ClusterWindow): Locator {
  return page.getByRole('dialog').filter({ has: page.locator('.dialog-message') });
}

/** The processes that the debug Pods of the cluster say made them. */
async function ownersOf(cluster: Cluster): Promise<readonly number[]> {
  const pods = await cluster.client.list('/api/v1/namespaces/kube-system/pods');
  return pods.flatMap(({ metadata }) => {
    const annotations = isRecord(metadata) ? metadata['annotations'] : null;
    const owner = isRecord(annotations) ? annotations['kube-proxy-explorer/owner'] : null;
    return typeof owner === 'string' ? [Number(owner.split('-')[1])] : [];
  });
}
