/** How one context's API server is reached: certificates, credentials, proxies, as client-node makes them. */
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';
import { readFile } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import { resolve } from 'node:path';
import * as tls from 'node:tls';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { runCredentialPlugin } from './credentialPlugin.ts';
import { type Entry, type Kubeconfig, textField } from './kubeconfig.ts';
import { proxyFromEnvironment } from './proxies.ts';

export interface Connection {
  /** `https://198.18.0.1:6443`, perhaps with a path, without a slash at the end. */
  readonly server: string;
  /** Headers, agent, certificates: given to node:https and to ws as they are. */
  readonly options: RequestOptions & { readonly agent: Agent };
  /** Two connections with the same key can share an agent. */
  readonly agentKey: string;
  /** When the credential has to be read again, in milliseconds since the epoch; null = when it is refused. */
  readonly expiresAt: number | null;
}

export interface ConnectOptions {
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds for a credential plugin or an identity provider. */
  readonly timeout: number;
}

/** client-go reads a token's file again after a minute. */
const TOKEN_FILE_AGE = 60_000;

/** Reads the files that the context names and runs its credential plugin. */
export async function connect(
  config: Kubeconfig,
  context: string,
  options: ConnectOptions,
): Promise<Connection> {
  const { cluster, user } = partsOf(config, context);
  const credential = await credentialOf(user, cluster, options);
  const server = (textField(cluster.value, 'server') ?? '').replace(/\/+$/, '');
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromOptions({
    clusters: [clientCluster(cluster, server, options.env)],
    users: [credential.user],
    contexts: [{ name: context, cluster: cluster.name, user: user.name }],
    currentContext: context,
  });
  const request: RequestOptions = { ca: defaultAuthorities(), headers: impersonation(user.value) };
  const expiresAt = await applied(kubeconfig, request, credential, options);
  const { agent } = request;
  if (typeof agent !== 'object') throw new TypeError('client-node made no agent');
  // Kept open between requests: a list of 10,000 objects is twenty of them.
  Object.assign(agent, { keepAlive: true });
  return {
    server,
    options: { ...request, agent: agent as Agent },
    agentKey: agentKey(request, cluster),
    expiresAt,
  };
}

function partsOf(config: Kubeconfig, context: string): { cluster: Entry; user: Entry } {
  const entry = config.contexts.get(context);
  if (entry === undefined) {
    const why = config.problems.length === 0 ? '' : ` (${config.problems.join(' ')})`;
    throw new ClusterFailure('badConfiguration', `There is no context ${context} in the kubeconfig${why}.`);
  }
  const clusterName = textField(entry.value, 'cluster') ?? '';
  const cluster = config.clusters.get(clusterName);
  const server = cluster === undefined ? null : textField(cluster.value, 'server');
  if (cluster === undefined || server === null) {
    const message = `The context ${context} names the cluster ${clusterName}, which is not in the kubeconfig.`;
    throw new ClusterFailure('badConfiguration', message);
  }
  if (!/^https?:\/\//i.test(server) || URL.parse(server) === null) {
    throw new ClusterFailure(
      'badConfiguration',
      `The server of the cluster ${clusterName} is no URL: ${server}`,
    );
  }
  const userName = textField(entry.value, 'user') ?? '';
  const user = config.users.get(userName);
  if (user === undefined && userName !== '') {
    const message = `The context ${context} names the user ${userName}, who is not in the kubeconfig.`;
    throw new ClusterFailure('badConfiguration', message);
  }
  return { cluster, user: user ?? { name: 'anonymous', value: {}, folder: entry.folder } };
}

function clientCluster({ name, value, folder }: Entry, server: string, env: ConnectOptions['env']): Cluster {
  const serverName = textField(value, 'tls-server-name');
  const proxy = textField(value, 'proxy-url') ?? proxyFromEnvironment(server, env);
  const insecure = value['insecure-skip-tls-verify'] === true;
  return {
    name,
    server,
    // Without TLS there is nothing to verify, which client-node wants to be told.
    skipTLSVerify: insecure || server.startsWith('http:'),
    ...fileOrData(value, 'certificate-authority', folder, 'caFile', 'caData'),
    ...(serverName === null ? {} : { tlsServerName: serverName }),
    ...(proxy === null ? {} : { proxyUrl: proxy }),
  };
}

interface Credential {
  readonly user: User;
  readonly expiresAt: number | null;
}

async function credentialOf(user: Entry, cluster: Entry, options: ConnectOptions): Promise<Credential> {
  const { value, folder, name } = user;
  const tokenFile = textField(value, 'tokenFile');
  const token =
    tokenFile === null ? textField(value, 'token') : (await readText(resolve(folder, tokenFile))).trim();
  const username = textField(value, 'username');
  const plain: User = {
    name,
    ...fileOrData(value, 'client-certificate', folder, 'certFile', 'certData'),
    ...fileOrData(value, 'client-key', folder, 'keyFile', 'keyData'),
    ...(username === null ? {} : { username, password: textField(value, 'password') ?? '' }),
    ...(token === null ? {} : { token }),
  };
  if (token !== null)
    return { user: plain, expiresAt: tokenFile === null ? null : Date.now() + TOKEN_FILE_AGE };
  if (isRecord(value['exec'])) return fromPlugin(plain, value['exec'], user, cluster, options);
  if (isRecord(value['auth-provider'])) {
    return { user: { ...plain, authProvider: authProvider(value['auth-provider'], name) }, expiresAt: null };
  }
  return { user: plain, expiresAt: null };
}

async function fromPlugin(
  plain: User,
  exec: JsonRecord,
  user: Entry,
  cluster: Entry,
  { signal, timeout }: ConnectOptions,
): Promise<Credential> {
  const { token, certificate, expiresAt } = await runCredentialPlugin(exec, {
    user,
    cluster,
    signal,
    timeout,
  });
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    user: {
      ...plain,
      ...(token === null ? {} : { token }),
      ...(certificate === null
        ? {}
        : { certData: base64(certificate.certificate), keyData: base64(certificate.key) }),
    },
    expiresAt,
  };
}

/**
 * `oidc`, which client-node refreshes. It would run the command of an expired `gcp` or `azure` in a shell and wait for it;
 * kubectl knows neither any more.
 */
function authProvider(provider: JsonRecord, user: string): JsonRecord {
  const config = isRecord(provider['config']) ? provider['config'] : {};
  const name = textField(provider, 'name') ?? '';
  if (name === 'oidc') return { name, config: { ...config } };
  const token = textField(config, 'access-token');
  const expiry = Date.parse(textField(config, 'expiry') ?? '');
  if ((name === 'gcp' || name === 'azure') && token !== null && !(expiry < Date.now())) {
    return { name, config: { 'access-token': token } };
  }
  const message = `The user ${user} signs in by the auth provider ${name}, which is no longer supported; use its credential plugin.`;
  throw new ClusterFailure('badConfiguration', message);
}

/** Fills `request`; tells when the credential in it ends. */
async function applied(
  kubeconfig: KubeConfig,
  request: RequestOptions,
  { user, expiresAt }: Credential,
  { timeout, signal }: ConnectOptions,
): Promise<number | null> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const stopped = new Promise<never>((_, reject) => {
    ended.addEventListener('abort', () => reject(ended.reason), { once: true });
  });
  try {
    await Promise.race([kubeconfig.applyToHTTPSOptions(request), stopped]);
  } catch (error) {
    if (signal.aborted) throw new ClusterFailure('cancelled', 'Connecting was cancelled.');
    const reason = error instanceof Error ? error.message : String(error);
    if (user.authProvider === undefined) {
      const message = `The certificates of the kubeconfig cannot be used: ${reason}.`;
      throw new ClusterFailure('badConfiguration', message, { cause: error });
    }
    const message = `The identity provider of ${user.name} gave no token: ${reason}.`;
    throw new ClusterFailure('unauthorized', message, { cause: error });
  }
  return expiresAt ?? (user.authProvider === undefined ? null : tokenEnd(request));
}

/** The `exp` of a JSON Web Token in the header, in milliseconds; null where there is none. */
function tokenEnd({ headers }: RequestOptions): number | null {
  const header: unknown = isRecord(headers) ? headers['Authorization'] : null;
  const [, payload] = typeof header === 'string' ? header.split('.') : [];
  if (payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const end = isRecord(claims) ? claims['exp'] : null;
    return typeof end === 'number' ? end * 1000 : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** kubectl lets data win over a file, client-node the file. */
function fileOrData<File extends string, Data extends string>(
  value: JsonRecord,
  field: string,
  folder: string,
  file: File,
  data: Data,
): Partial<Record<File | Data, string>> {
  const given = textField(value, `${field}-data`);
  if (given !== null) return { [data]: given } as Partial<Record<File | Data, string>>;
  const path = textField(value, field);
  return path === null ? {} : ({ [file]: resolve(folder, path) } as Partial<Record<File | Data, string>>);
}

function impersonation(user: JsonRecord): Record<string, string | string[]> {
  const groups = Array.isArray(user['as-groups']) ? user['as-groups'].map(String) : [];
  const extra = isRecord(user['as-user-extra']) ? user['as-user-extra'] : {};
  const as = textField(user, 'as');
  const uid = textField(user, 'as-uid');
  return {
    ...(as === null ? {} : { 'Impersonate-User': as }),
    ...(uid === null ? {} : { 'Impersonate-Uid': uid }),
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        Array.isArray(values) ? values.map(String) : String(values),
      ]),
    ),
  };
}

/** Those of Node and of the machine, as kubectl trusts them; used where the kubeconfig names no authority. */
function defaultAuthorities(): string[] {
  // Since Node 22.15.
  if (typeof tls.getCACertificates !== 'function') return [...tls.rootCertificates];
  const own = tls.getCACertificates('default');
  try {
    return [...new Set([...own, ...tls.getCACertificates('system')])];
  } catch (error) {
    if (error instanceof Error) return own;
    throw error;
  }
}

function agentKey(request: RequestOptions, cluster: Entry): string {
  const { ca, cert, key, rejectUnauthorized, servername } = request;
  return JSON.stringify([
    cluster.value,
    String(ca),
    String(cert),
    String(key),
    rejectUnauthorized,
    servername,
  ]);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The token's file ${file} cannot be read: ${reason}.`;
    throw new ClusterFailure('badConfiguration', message, { cause: error });
  }
}
