/** How a user of a kubeconfig signs in: token, certificate, password, a credential plugin, an identity provider. */
import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { runCredentialPlugin } from './credentialPlugin.ts';
import { identityToken } from './identityProvider.ts';
import { type Entry, textField } from './kubeconfigEntries.ts';
import { dataOf, readToken } from './namedFiles.ts';
import type { Environment } from './proxies.ts';

/** What a User of client-node holds of it; certificates in base64. */
export interface Credential {
  readonly user: User;
  /** In milliseconds since the epoch; null = as long as it is taken. */
  readonly expiresAt: number | null;
}

/** Who signs in to which cluster, and how long that may take. */
export interface SignIn {
  readonly user: Entry;
  readonly cluster: Entry;
  readonly signal: AbortSignal;
  readonly env: Environment;
  /** Milliseconds for a credential plugin or an identity provider. */
  readonly timeout: number;
}

/** client-go reads a token's file again after a minute. */
const TOKEN_FILE_AGE = 60_000;

/** A token of the kubeconfig wins over its plugin, as in client-go. */
export async function credentialOf(signIn: SignIn): Promise<Credential> {
  const { user } = signIn;
  const { value, folder, name } = user;
  const tokenFile = textField(value, 'tokenFile');
  const token = tokenFile === null ? textField(value, 'token') : await readToken(folder, tokenFile);
  const username = textField(value, 'username');
  const plain: User = {
    name,
    ...certificates(await dataOf(user, 'client-certificate'), await dataOf(user, 'client-key')),
    ...(username === null ? {} : { username, password: textField(value, 'password') ?? '' }),
  };
  if (token !== null) {
    return { user: { ...plain, token }, expiresAt: tokenFile === null ? null : Date.now() + TOKEN_FILE_AGE };
  }
  if (isRecord(value['exec'])) return fromPlugin(plain, value['exec'], signIn);
  const provider = value['auth-provider'];
  return isRecord(provider) ? fromProvider(plain, provider, signIn) : { user: plain, expiresAt: null };
}

async function fromPlugin(plain: User, exec: JsonRecord, signIn: SignIn): Promise<Credential> {
  const { token, certificate, expiresAt } = await runCredentialPlugin(exec, signIn);
  const own =
    certificate === null ? {} : certificates(base64(certificate.certificate), base64(certificate.key));
  return { user: { ...plain, ...own, ...(token === null ? {} : { token }) }, expiresAt };
}

function certificates(certData: string | null, keyData: string | null): Pick<User, 'certData' | 'keyData'> {
  return { ...(certData === null ? {} : { certData }), ...(keyData === null ? {} : { keyData }) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Of `gcp` and `azure`, which kubectl knows no more, a token that is still good; nothing runs their commands. */
async function fromProvider(plain: User, provider: JsonRecord, signIn: SignIn): Promise<Credential> {
  const config = isRecord(provider['config']) ? provider['config'] : {};
  const name = textField(provider, 'name') ?? '';
  if (name === 'oidc') {
    const { token, expiresAt } = await identityToken(config, signIn);
    return { user: { ...plain, token }, expiresAt };
  }
  const token = textField(config, 'access-token');
  const expired = Date.parse(textField(config, 'expiry') ?? '') < Date.now();
  if ((name === 'gcp' || name === 'azure') && token !== null && !expired) {
    return { user: { ...plain, token }, expiresAt: null };
  }
  const message = `The user ${plain.name} signs in by the auth provider ${name}, which is no longer supported; use its credential plugin.`;
  throw new ClusterFailure('badConfiguration', message);
}

/** The headers of `kubectl --as`. */
export function impersonation(user: JsonRecord): Record<string, string | string[]> {
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
