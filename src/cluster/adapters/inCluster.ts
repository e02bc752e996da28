/** The service account of the Pod that this program runs in, as a kubeconfig of one context. */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KubeconfigHost } from '../kubeconfigPaths.ts';
import type { Kubeconfig } from './kubeconfigEntries.ts';

const contextName = 'in-cluster';

/** Null where this is no Pod, or one without a token. */
export async function inClusterConfig({ env, serviceAccount }: KubeconfigHost): Promise<Kubeconfig | null> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const tokenFile = join(serviceAccount, 'token');
  if (host === '' || (await readOptional(tokenFile)) === null) return null;
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const namespace = (await readOptional(join(serviceAccount, 'namespace')))?.trim();
  const certificate = { 'certificate-authority': join(serviceAccount, 'ca.crt') };
  const entry = (value: Readonly<Record<string, unknown>>) =>
    new Map([[contextName, { name: contextName, value, folder: serviceAccount }]]);
  return {
    clusters: entry({ server, ...certificate }),
    users: entry({ tokenFile }),
    contexts: entry({ cluster: contextName, user: contextName, namespace }),
    current: contextName,
    files: [],
    problems: [],
  };
}

async function readOptional(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
