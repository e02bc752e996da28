import type { ClusterModule } from '../../cluster/session.ts';

/** Loads dist/cluster.js, a bundle of its own: it is several times as large as the rest of the extension. */
export function loadCluster(): Promise<ClusterModule> {
  return import('../../cluster/main.ts');
}
