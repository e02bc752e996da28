/** What dist/cluster.js exports: loaded when a kubeconfig is first read, as it holds the Kubernetes client. */
import { clusterAccess } from './adapters/access.ts';
import { contextsOf, readKubeconfig } from './adapters/kubeconfig.ts';
import type { Contexts } from './contexts.ts';
import { LiveSession } from './liveSession.ts';
import type { ClusterOptions, ClusterSession, SessionOptions } from './session.ts';

export { toYaml } from './adapters/yaml.ts';

/** The contexts of the user's kubeconfig files; contacts nobody and runs no plugin. */
export async function readContexts({ kubeconfig }: ClusterOptions): Promise<Contexts> {
  return contextsOf(await readKubeconfig(kubeconfig));
}

/** Connects at once; what goes wrong is the session's state. */
export function openSession(context: string, { kubeconfig, watch, atOnce }: SessionOptions): ClusterSession {
  return new LiveSession(context, clusterAccess(context, { kubeconfig }), watch, atOnce);
}
