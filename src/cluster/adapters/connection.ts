/** How one context's API server is reached: certificates, credentials, proxies, as client-node makes them. */
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
import { Agent, validateHeaderValue } from 'node:http';
import type { RequestOptions } from 'node:https';
import * as tls from 'node:tls';
import { isRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { type Entry, type Kubeconfig, textField } from './kubeconfigEntries.ts';
import { dataOf } from './namedFiles.ts';
import { type Environment, proxyFromEnvironment } from './proxies.ts';
import { credentialOf, impersonation } from './userCredential.ts';

/** What a request needs to reach one API server as one user. Holds secrets: it is never logged. */
export interface Connection {
  /** `https://198.18.0.1:6443`, perhaps with a path, without a slash at the end. */
  readonly server: string;
  /** `http://proxy:3128`; null where the server is asked itself. */
  readonly proxy: string | null;
  /** Agent and certificates: given to node:https and to ws as they are. */
  readonly options: Omit<RequestOptions, 'headers' | 'agent'> & { readonly agent: Agent };
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Two connections with the same key can share an agent. */
  readonly agentKey: string;
  /** When the credential has to be read again, in milliseconds since the epoch; null = when it is refused. */
  readonly expiresAt: number | null;
}

/** What reading the credentials may take. */
export interface ConnectOptions {
  readonly signal: AbortSignal;
  readonly env: Environment;
  /** Milliseconds for a credential plugin or an identity provider. */
  readonly timeout: number;
}

/** Milliseconds until a proxy has to answer: nothing else ends a request to one that hangs. */
const PROXY_TIMEOUT = 20_000;

/** Reads the files that the context names and runs its credential plugin. */
export async function connect(
  config: Kubeconfig,
  context: string,
  options: ConnectOptions,
): Promise<Connection> {
  const { cluster, user } = partsOf(config, context);
  const { signal, timeout, env } = options;
  const credential = await credentialOf({ user, cluster, signal, timeout, env });
  const client = await clientCluster(cluster, env);
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromOptions({
    clusters: [client],
    users: [credential.user],
    contexts: [{ name: context, cluster: cluster.name, user: user.name }],
    currentContext: context,
  });
  const request: RequestOptions = {
    headers: impersonation(user.value),
    ...(client.caData === undefined ? { ca: defaultAuthorities() } : {}),
    ...(client.proxyUrl === undefined ? {} : { timeout: PROXY_TIMEOUT }),
  };
  await apply(kubeconfig, request);
  const { agent, headers, timeout: _, ...rest } = request;
  if (!(agent instanceof Agent)) throw new TypeError('client-node made no agent');
  // Kept open between requests: a list of 10,000 objects is twenty of them.
  Object.assign(agent, { keepAlive: true });
  const { certData, keyData } = credential.user;
  return {
    server: client.server,
    proxy: client.proxyUrl ?? null,
    options: { ...rest, agent },
    headers: plainHeaders(headers, user.name),
    agentKey: JSON.stringify([client, certData, keyData]),
    expiresAt: credential.expiresAt,
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
    const message = `The server of the cluster ${clusterName} is no URL: ${server}`;
    throw new ClusterFailure('badConfiguration', message);
  }
  const userName = textField(entry.value, 'user') ?? '';
  const user = config.users.get(userName);
  if (user === undefined && userName !== '') {
    const message = `The context ${context} names the user ${userName}, who is not in the kubeconfig.`;
    throw new ClusterFailure('badConfiguration', message);
  }
  return { cluster, user: user ?? { name: 'anonymous', value: {}, folder: entry.folder } };
}

async function clientCluster(cluster: Entry, env: ConnectOptions['env']): Promise<Cluster> {
  const { name, value } = cluster;
  const named = (textField(value, 'server') ?? '').replace(/\/+$/, '');
  // client-node and ours tell `HTTPS://` by its small letters.
  const server = named.replace(/^https?:/i, (scheme) => scheme.toLowerCase());
  const tlsServerName = textField(value, 'tls-server-name');
  const proxyUrl = textField(value, 'proxy-url') ?? proxyFromEnvironment(server, env);
  const caData = await dataOf(cluster, 'certificate-authority');
  const insecure = value['insecure-skip-tls-verify'] === true;
  return {
    name,
    server,
    // Without TLS there is nothing to verify, which client-node wants to be told.
    skipTLSVerify: insecure || server.startsWith('http:'),
    ...(caData === null ? {} : { caData }),
    ...(tlsServerName === null ? {} : { tlsServerName }),
    ...(proxyUrl === null ? {} : { proxyUrl }),
  };
}

/** Lets client-node fill `request`; all that would have to be asked for is known. */
async function apply(kubeconfig: KubeConfig, request: RequestOptions): Promise<void> {
  try {
    await kubeconfig.applyToHTTPSOptions(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The certificates or the proxy of the kubeconfig cannot be used: ${reason}.`;
    throw new ClusterFailure('badConfiguration', message, { cause: error });
  }
}

/** What client-node and `impersonation` put there. */
function plainHeaders(headers: RequestOptions['headers'], user: string): Connection['headers'] {
  const plain: Record<string, string | string[]> = {};
  for (const [name, value] of isRecord(headers) ? Object.entries(headers) : []) {
    if (typeof value === 'string') plain[name] = value;
    else if (Array.isArray(value)) plain[name] = value.map(String);
    mustBeSendable(name, plain[name] ?? '', user);
  }
  return plain;
}

/** A token with a line break would end its header; the words do not show it. */
function mustBeSendable(name: string, value: string | readonly string[], user: string): void {
  try {
    for (const each of [value].flat()) validateHeaderValue(name, each);
  } catch (error) {
    const what = name === 'Authorization' ? 'token' : name;
    const message = `The ${what} of the user ${user} holds a character that cannot be sent, such as a line break.`;
    throw new ClusterFailure('badConfiguration', message, { cause: error });
  }
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
