/**
 * The auth provider `oidc` of a kubeconfig: its token, refreshed where it has ended. Instead of client-node 2.0.1, whose
 * refresh gives its library a text for a URL and a plain object for a Response, and leaves the client's secret out.
 *
 * The new tokens are kept for the session and not written to the kubeconfig, which is the user's.
 */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { rootCertificates } from 'node:tls';
import { HttpsProxyAgent } from 'hpagent';
import { type JsonRecord, parseRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { type Entry, textField } from './kubeconfigEntries.ts';
import { dataOf } from './namedFiles.ts';
import { type Environment, proxyFromEnvironment } from './proxies.ts';

/** An ID token of OpenID Connect. */
export interface IdentityToken {
  readonly token: string;
  /** Until when it is used, in milliseconds since the epoch: some seconds before its end. Null where it does not say. */
  readonly expiresAt: number | null;
}

/** How a provider is asked. */
export interface Refresh {
  readonly user: Entry;
  /** Names the proxy, as for kubectl; the cluster's own is not for the provider. */
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Milliseconds for each answer of the provider. */
  readonly timeout: number;
}

const MAX_ANSWER = 1 << 20;
/** A token is not used in its last seconds, in milliseconds. */
const MARGIN = 10_000;

/** Rejects with `unauthorized` and why there is no token. */
export async function identityToken(config: JsonRecord, refresh: Refresh): Promise<IdentityToken> {
  const held = textField(config, 'id-token');
  const good = held === null ? null : goodToken(held);
  if (good !== null && (good.expiresAt === null || good.expiresAt > Date.now())) return good;
  try {
    return goodToken(await refreshed(config, refresh));
  } catch (error) {
    if (refresh.signal.aborted) {
      throw new ClusterFailure('cancelled', 'Signing in was cancelled.', { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The identity provider of ${refresh.user.name} gave no token: ${reason}.`;
    throw new ClusterFailure('unauthorized', message, { cause: error });
  }
}

async function refreshed(config: JsonRecord, refresh: Refresh): Promise<string> {
  const issuer = textField(config, 'idp-issuer-url');
  const client = textField(config, 'client-id');
  const token = textField(config, 'refresh-token');
  if (issuer === null || client === null || token === null) {
    throw new Error('the token has expired and the kubeconfig has nothing to refresh it with');
  }
  const ca = await authorityOf(config, refresh.user);
  const well = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const endpoint = textField(await ask(well, { ca, refresh }), 'token_endpoint');
  if (endpoint === null) throw new Error(`${issuer} names no token endpoint`);
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: client };
  const secret = textField(config, 'client-secret');
  const answer = await ask(endpoint, { ca, refresh, form, ...(secret === null ? {} : { secret }) });
  const fresh = textField(answer, 'id_token');
  if (fresh === null) throw new Error('its answer holds no id_token');
  return fresh;
}

/** The provider's own authority besides the usual ones, as kubectl takes it. */
async function authorityOf(config: JsonRecord, user: Entry): Promise<string[] | null> {
  const data = await dataOf({ ...user, value: config }, 'idp-certificate-authority');
  return data === null ? null : [...rootCertificates, Buffer.from(data, 'base64').toString('utf8')];
}

interface Asking {
  readonly ca: string[] | null;
  readonly refresh: Refresh;
  /** Sent by POST. */
  readonly form?: Readonly<Record<string, string>>;
  readonly secret?: string;
}

/** With a secret in the header, and where the provider does not want it there in the form, as Go's oauth2 does. */
async function ask(url: string, asking: Asking): Promise<JsonRecord> {
  const { form, secret } = asking;
  if (form === undefined || secret === undefined) return answerOf(url, asking, {}, form);
  const basic = `${encodeURIComponent(form['client_id'] ?? '')}:${encodeURIComponent(secret)}`;
  try {
    const headers = { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` };
    return await answerOf(url, asking, headers, form);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return answerOf(url, asking, {}, { ...form, client_secret: secret });
  }
}

class Refused extends Error {
  override readonly name = 'Refused';
}

async function answerOf(
  url: string,
  { ca, refresh }: Asking,
  headers: Readonly<Record<string, string>>,
  form: Asking['form'],
): Promise<JsonRecord> {
  const response = await send(url, {
    ca,
    refresh,
    headers,
    body: form && new URLSearchParams(form).toString(),
  });
  let text = '';
  // Whole characters, also where one lies over the end of a piece.
  response.setEncoding('utf8');
  for await (const piece of response) {
    text += String(piece);
    if (text.length > MAX_ANSWER) throw new Error('its answer is too large');
  }
  const status = response.statusCode ?? 0;
  const answer = parseRecord(text) ?? {};
  if (status >= 200 && status < 300) return answer;
  const reason = textField(answer, 'error_description') ?? textField(answer, 'error');
  throw new Refused(
    `it answered ${status}${reason === null ? '' : `: ${reason.slice(0, 300).replace(/\.$/, '')}`}`,
  );
}

interface Sending {
  readonly ca: string[] | null;
  readonly refresh: Refresh;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function send(url: string, { ca, refresh, headers, body }: Sending): Promise<IncomingMessage> {
  const { signal, timeout, env } = refresh;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      ...(ca === null ? {} : { ca }),
      agent: agentFor(url, env),
      timeout,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    outgoing.once('response', resolve).once('error', reject).end(body);
  });
}

/** False for none; throws for a proxy of another kind, as going past it may be forbidden. */
function agentFor(url: string, env: Environment): HttpsProxyAgent | false {
  const proxy = proxyFromEnvironment(url, env);
  if (proxy === null) return false;
  if (/^https?:/i.test(proxy)) return new HttpsProxyAgent({ proxy });
  throw new Error('it cannot be asked through the proxy of HTTPS_PROXY, which is no HTTP proxy');
}

function goodToken(token: string): IdentityToken {
  const end = tokenEnd(token);
  return { token, expiresAt: end === null ? null : end - MARGIN };
}

/** The `exp` of a JSON Web Token, in milliseconds; null where there is none. */
function tokenEnd(token: string): number | null {
  const claims = parseRecord(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return typeof claims?.['exp'] === 'number' ? claims['exp'] * 1000 : null;
}
