import * as assert from 'node:assert/strict';
import { Suite } from '../../extension/runner.ts';
import type { Cluster } from '../support/cluster.ts';
import type { ClusterStage } from '../support/stage.ts';
import { ClusterWindow } from './clusterWindow.ts';

/** What the view says when things are not as they should be. */
export function clusterStates(stage: ClusterStage, clusters: ClusterWindow, cluster: Cluster): Suite {
  const suite = new Suite('states of the Clusters view');
  const { window } = clusters;
  const name = (user: string): string => `${cluster.contextPrefix}${user}`;
  suite.test('while nobody answers yet', async () => {
    await window.command('View: Close All Editors');
    await clusters.scrollTo(`${name('viewer')},`);
    await clusters.act(`${name('viewer')},`, 'Close Context');
    cluster.controlPlane.freezeApiServer();
    try {
      await clusters.expand(`${name('viewer')},`);
      await clusters.row('Connecting to').waitFor();
      await window.screenshot('clusters-loading');
    } finally {
      cluster.controlPlane.thawApiServer();
    }
    await clusters.row('Nodes').waitFor();
    await clusters.act(`${name('viewer')},`, 'Close Context');
  });
  suite.test('unreachable, and not logged in', async () => {
    await clusters.expand(name('unreachable'));
    await clusters.row('No answer').waitFor();
    await clusters.expand(name('wrong-token'));
    await clusters.row('Not logged in').waitFor();
    await clusters.expand(name('wrong-ca'));
    await clusters.row('Certificate not accepted').waitFor();
    await window.screenshot('clusters-unreachable');
  });
  suite.test('without the right to exec', async () => {
    await clusters.expand(name('viewer-no-exec'));
    await clusters.scrollTo('node-1');
    await clusters.row('node-1').click();
    await clusters.row('node-1, failed').waitFor();
    assert.match(await clusters.description('node-1'), /^pods\/exec in kube-system is forbidden for /);
    await window.screenshot('clusters-forbidden');
  });
  suite.test('without a kubeconfig', async () => {
    const served = await stage.serve({ env: { KUBECONFIG: '', HOME: '/nonexistent' } });
    const empty = await ClusterWindow.open(stage.browser, served.address, stage.screenshots);
    await empty.page.getByRole('button', { name: 'Choose Kubeconfig Files' }).waitFor();
    await empty.window.screenshot('clusters-empty');
    await empty.page.close();
  });
  suite.test('in a restricted window', async () => {
    const served = await stage.serve({ env: { KUBECONFIG: cluster.kubeconfigs.viewer }, trusted: false });
    const restricted = await ClusterWindow.open(stage.browser, served.address, stage.screenshots);
    await restricted.page.getByRole('button', { name: 'Manage Workspace Trust' }).first().waitFor();
    await restricted.window.screenshot('clusters-restricted');
    await restricted.page.close();
  });
  return suite;
}
