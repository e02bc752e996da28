/** Drives VS Code on a real cluster as a user would, and takes the pictures that a person judges. */
import * as assert from 'node:assert/strict';
import { picturesOfFailure } from '../../e2e/window.ts';
import { runTests, Suite } from '../../extension/runner.ts';
import { startCluster, stopClusters, type Cluster } from '../support/cluster.ts';
import { expectReadOnly } from '../support/readOnly.ts';
import { addSample } from '../support/sample.ts';
import type { ClusterStage } from '../support/stage.ts';
import { appearance } from './appearance.ts';
import { clusterStates } from './clusterStates.ts';
import { ClusterWindow } from './clusterWindow.ts';
import { debugPod } from './debugPod.ts';
import { diagnose } from './diagnose.ts';
import { hostile } from './hostile.ts';
import { kubernetesExtension } from './kubernetesExtension.ts';
import { large } from './large.ts';
import { liveRules } from './liveRules.ts';

/** Resolves to the number of failed tests. */
export async function clusterEndToEnd(stage: ClusterStage): Promise<number> {
  const complaints: string[] = [];
  stage.browser.on('context', (context) =>
    context.on('console', (message) => {
      if (message.type() === 'error' && stage.isOurs(message.text())) complaints.push(message.text());
    }),
  );
  const cluster = await startCluster();
  try {
    await addSample(cluster);
    return await drive(stage, cluster, complaints);
  } finally {
    await stopClusters();
  }
}

async function drive(stage: ClusterStage, cluster: Cluster, complaints: readonly string[]): Promise<number> {
  const users = ['viewer', 'viewer-no-exec', 'unreachable', 'wrong-token', 'wrong-ca'] as const;
  const env = { KUBECONFIG: users.map((user) => cluster.kubeconfigs[user]).join(':') };
  const served = await stage.serve({ env });
  const window = await ClusterWindow.open(stage.browser, served.address, stage.screenshots);
  const suites = [
    liveRules(window, cluster, served.workspace),
    clusterStates(stage, window, cluster),
    appearance(stage, cluster),
    kubernetesExtension(stage, cluster),
    large(stage, cluster),
    hostile(stage, cluster),
    debugPod(stage, cluster),
    diagnose(stage, cluster),
    consoleOf(complaints),
    auditOf(cluster),
  ];
  const chosen = suites.filter(({ name }) => stage.suite === null || name.includes(stage.suite));
  return runTests(
    chosen,
    (line) => console.log(line),
    (test) => picturesOfFailure(stage.browser, stage.screenshots, test),
  );
}

function consoleOf(complaints: readonly string[]): Suite {
  const suite = new Suite('console');
  suite.test('nothing of ours is an error there', () => {
    assert.deepEqual(complaints, []);
  });
  return suite;
}

function auditOf(cluster: Cluster): Suite {
  const suite = new Suite('audit log');
  suite.test('nothing but reading, and exec of the allowed commands', async () => {
    assert.ok(cluster.auditEvents().some(({ subresource }) => subresource === 'exec'));
    await expectReadOnly(cluster);
  });
  return suite;
}
