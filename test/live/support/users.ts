/** Who may do what, and the kubeconfig files with which they come. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, type Certificate } from './certificates.ts';

/** Those of the tests themselves; what they do is no business of the audit. */
export const ownTokens = { harness: 'harness-token', machinery: 'machinery-token' } as const;

/** As in docs/rbac.yaml, which says what its members may. */
const leastRights = 'kube-proxy-explorer';

/** The product's users by their kubeconfig's name. */
const tokens = {
  admin: { token: 'admin-token', groups: ['system:masters'] },
  viewer: { token: 'viewer-token', groups: [leastRights] },
  'viewer-no-exec': { token: 'viewer-no-exec-token', groups: ['kube-proxy-explorer-no-exec'] },
  nobody: { token: 'nobody-token', groups: [] },
} as const;

/** The token of one of the product's users. */
export function tokenOf(user: keyof typeof tokens): string {
  return tokens[user].token;
}

/**
 * `viewer-certificate` and `viewer-plugin` (an exec credential plugin) have the rights of `viewer`; `unreachable` names a
 * server where nobody listens; `wrong-ca` trusts another authority; `wrong-token` has a token that nobody gave out.
 */
export type UserName =
  | keyof typeof tokens
  | 'viewer-certificate'
  | 'viewer-plugin'
  | 'broken-plugin'
  | 'unreachable'
  | 'wrong-ca'
  | 'wrong-token';

/** The paths of kubeconfig files; each has one context, named INSTANCE's prefix and the user (`live-3-viewer`). */
export type Kubeconfigs = Readonly<Record<UserName, string>>;

/** The lines of `--token-auth-file`. */
export function tokenFile(): string {
  const lines = [
    'harness-token,harness,harness,"system:masters"',
    'machinery-token,machinery,machinery,"system:masters"',
    ...Object.entries(tokens).map(
      ([name, { token, groups }]) => `${token},${name},${name},"${groups.join(',')}"`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** RBAC of `viewer-no-exec`, beside docs/rbac.yaml: that one without its Role in kube-system. */
export const noExecRights = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'kube-proxy-explorer-no-exec' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: leastRights },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'kube-proxy-explorer-no-exec' }],
};

export interface KubeconfigOptions {
  readonly context: string;
  readonly server: string;
  /** The file of the authority that the client trusts. */
  readonly authority: string;
  /** The fields of the kubeconfig's user. */
  readonly user: Readonly<Record<string, unknown>>;
}

/** The text of a kubeconfig with one context; JSON is YAML too. */
export function kubeconfig({ context, server, authority, user }: KubeconfigOptions): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      {
        name: `${context}-cluster`,
        cluster: {
          server,
          'certificate-authority-data': readFileSync(authority).toString('base64'),
        },
      },
    ],
    users: [{ name: `${context}-user`, user }],
    contexts: [{ name: context, context: { cluster: `${context}-cluster`, user: `${context}-user` } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

export interface KubeconfigPlace {
  readonly folder: string;
  readonly server: string;
  readonly authority: Authority;
  /** Before the user's name in the context's: `live-3-`. */
  readonly prefix: string;
}

export function writeKubeconfigs({ folder, server, authority, prefix }: KubeconfigPlace): Kubeconfigs {
  const trusted = authority.root.certificate;
  const write = (name: UserName, user: Readonly<Record<string, unknown>>, other = {}): string => {
    const file = join(folder, `kubeconfig-${name}`);
    const options = { context: `${prefix}${name}`, server, authority: trusted, user, ...other };
    writeFileSync(file, kubeconfig(options), { mode: 0o600 });
    return file;
  };
  const viewer = { token: tokens.viewer.token };
  return {
    admin: write('admin', { token: tokens.admin.token }),
    viewer: write('viewer', viewer),
    'viewer-no-exec': write('viewer-no-exec', { token: tokens['viewer-no-exec'].token }),
    nobody: write('nobody', { token: tokens.nobody.token }),
    'viewer-certificate': write(
      'viewer-certificate',
      certificateUser(authority.client('viewer-certificate', [leastRights])),
    ),
    'viewer-plugin': write('viewer-plugin', pluginUser(writePlugin(folder, tokens.viewer.token))),
    'broken-plugin': write('broken-plugin', pluginUser(writeBrokenPlugin(folder))),
    // Port 9 of the machine itself: nobody listens.
    unreachable: write('unreachable', viewer, { server: 'https://127.0.0.1:9' }),
    'wrong-ca': write('wrong-ca', viewer, {
      authority: new Authority(folder, 'another-authority').root.certificate,
    }),
    'wrong-token': write('wrong-token', { token: 'given-out-by-nobody' }),
  };
}

function certificateUser({ certificate, key }: Certificate): Readonly<Record<string, unknown>> {
  return {
    'client-certificate-data': readFileSync(certificate).toString('base64'),
    'client-key-data': readFileSync(key).toString('base64'),
  };
}

function pluginUser(command: string): Readonly<Record<string, unknown>> {
  return {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' },
  };
}

/** Notes each call in `plugin-calls`, so that a test sees when it runs. */
function writePlugin(folder: string, token: string): string {
  const file = join(folder, 'credential-plugin');
  const answer = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token },
  });
  const script = `#!/bin/sh\necho called >> '${join(folder, 'plugin-calls')}'\necho '${answer}'\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}

function writeBrokenPlugin(folder: string): string {
  const file = join(folder, 'broken-plugin');
  writeFileSync(file, '#!/bin/sh\necho "the session is over: log in again" >&2\nexit 1\n');
  chmodSync(file, 0o755);
  return file;
}
