/** Drives VS Code on a real cluster as a user would, and takes the pictures that a person judges. */
import { runTests } from '../../extension/runner.ts';
import { Window } from '../../e2e/window.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { addSample } from '../support/sample.ts';
import type { ClusterStage } from '../support/stage.ts';
import { clustersView } from './clustersView.ts';

/** Resolves to the number of failed tests. */
export async function clusterEndToEnd(stage: ClusterStage): Promise<number> {
  const cluster = await startCluster();
  try {
    await addSample(cluster);
    return await drive(stage, cluster);
  } finally {
    await cluster.stop();
  }
}

async function drive(stage: ClusterStage, cluster: Cluster): Promise<number> {
  const { viewer, unreachable } = cluster.kubeconfigs;
  const served = await stage.serve({
    env: {
      KUBECONFIG: [
        viewer,
        cluster.kubeconfigs['viewer-no-exec'],
        unreachable,
        cluster.kubeconfigs['wrong-token'],
      ].join(':'),
    },
  });
  const window = await Window.open(stage.browser, served.address, stage.screenshots);
  const suites = [clustersView(window, cluster)];
  return runTests(suites, (line) => console.log(line));
}
