/** Why no answer came, in words: what Node's sockets, TLS and client-node's proxies say of it. */
import { isRecord } from '../../text/json.ts';
import { ClusterFailure, type FailureKind, isClusterFailure } from '../failure.ts';

/** Thrown by our own clocks. */
export class TimeLimit extends Error {
  override readonly name = 'TimeLimit';
}

interface Words {
  readonly kind: FailureKind;
  /** Follows "The API server https://…:6443 ", or the proxy before it. */
  readonly words: string;
}

const unreachable = (words: string): Words => ({ kind: 'unreachable', words });
const badCertificate = (words: string): Words => ({ kind: 'badCertificate', words });

/** By the `code` of an error of Node. */
const byCode: Readonly<Record<string, Words>> = {
  ECONNREFUSED: unreachable('refuses the connection: nothing listens there'),
  ENOTFOUND: unreachable('is not known to the name service'),
  EAI_AGAIN: unreachable('could not be looked up: the name service does not answer'),
  EHOSTUNREACH: unreachable('cannot be reached: there is no route to the host'),
  ENETUNREACH: unreachable('cannot be reached: there is no route to its network'),
  EHOSTDOWN: unreachable('cannot be reached: the host is down'),
  ENETDOWN: unreachable('cannot be reached: the network is down'),
  EADDRNOTAVAIL: unreachable('cannot be reached: this machine has no address to ask from'),
  ECONNRESET: unreachable('closed the connection before it answered'),
  EPIPE: unreachable('closed the connection before it answered'),
  ETIMEDOUT: { kind: 'timedOut', words: 'does not answer' },
  DEPTH_ZERO_SELF_SIGNED_CERT: badCertificate('shows a self-signed certificate, which is not trusted'),
  SELF_SIGNED_CERT_IN_CHAIN: badCertificate(
    'shows a certificate of an authority that the kubeconfig does not name',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: badCertificate(
    'shows a certificate of an authority that the kubeconfig does not name',
  ),
  UNABLE_TO_GET_ISSUER_CERT: badCertificate('shows a certificate whose authority is not known'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: badCertificate('shows a certificate whose authority is not known'),
  CERT_SIGNATURE_FAILURE: badCertificate(
    'shows a certificate that the authority of the kubeconfig did not sign',
  ),
  CERT_HAS_EXPIRED: badCertificate('shows a certificate that has expired'),
  CERT_NOT_YET_VALID: badCertificate('shows a certificate that is not valid yet'),
  CERT_REVOKED: badCertificate('shows a certificate that was revoked'),
  CERT_UNTRUSTED: badCertificate('shows a certificate that is not trusted'),
};

/** Who was asked, and through which proxy (`http://proxy:3128`; null = none). */
export interface Asking {
  readonly server: string;
  readonly proxy: string | null;
}

/** Any error of asking a server, as a failure; `signal`: of who asked. */
export function connectionFailure(error: unknown, asking: Asking, signal: AbortSignal): ClusterFailure {
  if (isClusterFailure(error)) return error;
  if (signal.aborted) return new ClusterFailure('cancelled', 'It was cancelled.', { cause: error });
  const root = rootOf(error);
  const { kind, words } = wordsOf(root);
  return new ClusterFailure(kind, `${subjectOf(asking, codeOf(root))} ${words}.`, { cause: error });
}

/** With a proxy, this machine connects to nobody else: what is said of connecting is said of the proxy. */
const ofConnecting = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
]);

function subjectOf({ server, proxy }: Asking, code: string): string {
  if (proxy === null) return `The API server ${server}`;
  return ofConnecting.has(code)
    ? `The proxy ${proxy}, through which the API server ${server} is asked,`
    : `The API server ${server}, asked through the proxy ${proxy},`;
}

/** The error that says why: the first of several addresses' errors, the innermost cause. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error instanceof Error && error.cause instanceof Error) return rootOf(error.cause);
  return error;
}

function wordsOf(error: unknown): Words {
  if (error instanceof TimeLimit) return { kind: 'timedOut', words: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (known !== undefined) return { ...known, words: `${known.words} (${code})` };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return badCertificate(`shows a certificate for another name (${message})`);
  }
  return tlsWords(code, message) ?? proxyWords(message) ?? unreachable(`cannot be asked: ${message}`);
}

/** `ECONNREFUSED`; empty where an error has none. */
function codeOf(error: unknown): string {
  const given: unknown = error instanceof Error || isRecord(error) ? Reflect.get(error, 'code') : null;
  return typeof given === 'string' ? given : '';
}

function tlsWords(code: string, message: string): Words | null {
  // `tlsv13 alert certificate required`, `sslv3 alert bad certificate`, `tlsv1 alert unknown ca`
  if (
    /alert (certificate|bad certificate|unknown ca)|ALERT_(BAD_)?CERTIFICATE|ALERT_UNKNOWN_CA/i.test(
      `${code} ${message}`,
    )
  ) {
    return badCertificate('refuses the certificate of the kubeconfig');
  }
  if (/WRONG_VERSION_NUMBER|wrong version number|packet length too long/i.test(`${code} ${message}`)) {
    return unreachable('does not speak TLS at this port');
  }
  if (/^ERR_(SSL|OSSL)|^EPROTO/.test(code))
    return badCertificate(`and this machine do not agree on TLS: ${message}`);
  return null;
}

/** hpagent: `Bad response: 407`; socks: `Socks5 proxy rejected connection - HostUnreachable`. */
function proxyWords(message: string): Words | null {
  const status = /^Bad response: (\d+)$/.exec(message)?.[1];
  if (status === '407') return unreachable('cannot be reached: the proxy wants a user and a password (407)');
  if (status !== undefined) return unreachable(`cannot be reached: the proxy answered ${status}`);
  return /socks/i.test(message) ? unreachable(`cannot be reached through the proxy: ${message}`) : null;
}
