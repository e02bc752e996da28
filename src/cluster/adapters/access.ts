/** A context of the user's kubeconfig as something to talk to. */
import type { ClusterContext } from '../contexts.ts';
import { ClusterFailure } from '../failure.ts';
import type { ClusterAccess } from '../liveSession.ts';
import type { KubeconfigFiles, KubeconfigSource } from '../session.ts';
import { type BackoffLimits, usualBackoff } from './backoff.ts';
import { HttpClusterApi } from './clusterApi.ts';
import { connect } from './connection.ts';
import { Credentials } from './credentials.ts';
import { type KubeconfigHost, thisHost } from '../kubeconfigPaths.ts';
import { contextsOf, readKubeconfig } from './kubeconfig.ts';
import type { Kubeconfig } from './kubeconfigEntries.ts';
import { type TimeLimits, Transport, usualLimits } from './transport.ts';
import { parseYaml } from './yaml.ts';

/** How a context is reached; tests give their own host and limits. */
export interface AccessOptions {
  readonly kubeconfig: KubeconfigSource;
  readonly host?: KubeconfigHost;
  readonly limits?: TimeLimits;
  readonly backoff?: BackoffLimits;
  /** Milliseconds for a credential plugin. */
  readonly signIn?: number;
}

/** A plugin may open a browser and wait for its user. */
const SIGN_IN = 60_000;

/** Contacts nobody before its first request. */
export function clusterAccess(context: string, options: AccessOptions): ClusterAccess {
  const { kubeconfig, host = thisHost(), limits = usualLimits, backoff = usualBackoff } = options;
  const ask = typeof kubeconfig === 'function' ? kubeconfig : () => Promise.resolve(kubeconfig);
  let files: Promise<KubeconfigFiles> | null = null;
  const read = async (): Promise<Kubeconfig> => readKubeconfig(await (files ??= ask()), host);
  const credentials = new Credentials(async (signal) => {
    const config = await read();
    return connect(config, context, { signal, env: host.env, timeout: options.signIn ?? SIGN_IN });
  });
  return {
    parseYaml,
    api: new HttpClusterApi(new Transport(credentials, limits), backoff),
    context: async () => findContext(context, await read()),
    forget: (anew) => {
      if (anew.files) files = null;
      credentials.forget();
    },
    close: () => credentials.close(),
  };
}

function findContext(name: string, config: Kubeconfig): ClusterContext {
  const { contexts, problems } = contextsOf(config);
  const found = contexts.find((each) => each.name === name);
  if (found !== undefined) return found;
  const why = problems.length === 0 ? '' : ` ${problems.join(' ')}`;
  throw new ClusterFailure('badConfiguration', `There is no context ${name} in the kubeconfig.${why}`);
}
