/** A user whose credential can be taken away: a ServiceAccount with the rights of docs/rbac.yaml. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../src/text/json.ts';
import type { Cluster } from './cluster.ts';
import { kubeconfig } from './users.ts';

export interface RevocableUser {
  /** Of a kubeconfig whose user is a credential plugin that prints the current token. */
  readonly pluginKubeconfig: string;
  /** Of a kubeconfig that holds the token itself. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Deletes the account: its tokens are refused at once after the API server restarts, else within some ten seconds. */
  revoke(): Promise<void>;
  /** Makes the account again, with a new token for the plugin; the old ones stay refused. */
  renew(): Promise<void>;
}

const namespace = 'default';
const name = 'viewer-account';

export async function revocableUser(cluster: Cluster): Promise<RevocableUser> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } };
  const context = `${cluster.contextPrefix}account`;
  const path = (file: string): string => join(cluster.scratch, file);
  const renew = async (): Promise<string> => {
    await cluster.client.apply(account);
    const token = await newToken(cluster);
    writeFileSync(path('account-token.json'), credential(token), { mode: 0o600 });
    return token;
  };
  for (const [kind, role, where] of [
    ['ClusterRoleBinding', 'ClusterRole', {}],
    ['RoleBinding', 'Role', { namespace: 'kube-system' }],
  ] as const) {
    await cluster.client.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { name, ...where },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role, name: 'kube-proxy-explorer' },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    });
  }
  const write = (file: string, user: Readonly<Record<string, unknown>>): string => {
    const { server, authority } = cluster.controlPlane;
    const options = { context, server, authority: authority.root.certificate, user };
    writeFileSync(path(file), kubeconfig(options), { mode: 0o600 });
    return path(file);
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'cat',
    args: [path('account-token.json')],
    interactiveMode: 'Never',
  };
  return {
    kubeconfig: write('kubeconfig-account', { token: await renew() }),
    pluginKubeconfig: write('kubeconfig-account-plugin', { exec }),
    context,
    revoke: async () => {
      await cluster.client.delete(account);
    },
    renew: async () => {
      await renew();
    },
  };
}

async function newToken(cluster: Cluster): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await cluster.client.request('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  const token = isRecord(status) ? status['token'] : null;
  if (typeof token !== 'string') throw new Error('The API server gives no token.');
  return token;
}

function credential(token: string): string {
  return JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token, expirationTimestamp: new Date(Date.now() + 60_000).toISOString() },
  });
}
