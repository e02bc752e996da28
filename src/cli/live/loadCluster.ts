import type { ClusterModule } from '../../cluster/session.ts';

/** The oldest Node that @kubernetes/client-node 2 runs on; files are read by older ones too. */
const OLDEST_NODE = 22;

/** What `dist/cluster.js` exports; null, with a message for the user, where this Node cannot run it. */
export type LoadCluster = () => Promise<
  | { readonly kind: 'loaded'; readonly module: ClusterModule }
  | { readonly kind: 'tooOld'; readonly message: string }
>;

export const loadCluster: LoadCluster = async () => {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) < OLDEST_NODE) {
    const message =
      `A live cluster needs Node ${OLDEST_NODE} or later, and this is Node ${version}. ` +
      'Use a newer Node, or save a snapshot elsewhere and name its folder: files work here.';
    return { kind: 'tooOld', message };
  }
  return { kind: 'loaded', module: await import('../../cluster/main.ts') };
};
