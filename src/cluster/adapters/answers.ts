/** Answers of the API server that are no success, in words: its `Status` object says what and why. */
import { type JsonRecord, parseRecord } from '../../text/json.ts';
import { ClusterFailure, type FailureKind, type MissingRight } from '../failure.ts';

/** A failure that the server answered with, and how. */
export class AnsweredFailure extends ClusterFailure {
  /** Of HTTP: 403, 410, 429 … */
  readonly status: number;

  constructor(
    kind: FailureKind,
    message: string,
    status: number,
    options: { right?: MissingRight; cause?: unknown } = {},
  ) {
    super(kind, message, options);
    this.status = status;
  }
}

/** What was asked, for words and for a right whose name the server does not say. */
export interface Asked {
  readonly verb: string;
  /** `pods/exec` */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name?: string;
}

/** `body`: as it came, a Status in JSON or anything else. */
export function answeredFailure(status: number, body: string, asked: Asked, server: string): AnsweredFailure {
  return statusFailure(status, readStatus(body), asked, server);
}

/** The same of a `Status` that came within a watch or a stream. */
export function statusFailure(
  status: number,
  said: JsonRecord,
  asked: Asked,
  server: string,
): AnsweredFailure {
  const words = typeof said['message'] === 'string' ? said['message'].trim() : '';
  switch (status) {
    case 401:
      return new AnsweredFailure(
        'unauthorized',
        `The API server ${server} does not accept the credentials: they are missing, expired or revoked.`,
        status,
      );
    case 403: {
      const right = missingRight(words, asked);
      return new AnsweredFailure('forbidden', forbiddenWords(right, words), status, { right });
    }
    case 404:
      return new AnsweredFailure('notFound', notFoundWords(asked, words, server), status);
    case 408:
    case 504:
      return new AnsweredFailure(
        'timedOut',
        `The API server ${server} took too long${because(words)}.`,
        status,
      );
    case 429:
      return new AnsweredFailure(
        'other',
        `The API server ${server} has too much to do${because(words)}.`,
        status,
      );
    case 502:
    case 503:
      return new AnsweredFailure(
        'unreachable',
        `The API server ${server} is not available (${status})${because(words)}.`,
        status,
      );
    default:
      return new AnsweredFailure(
        'other',
        `The API server ${server} answered ${status} to ${asked.verb} ${asked.resource}${because(words)}.`,
        status,
      );
  }
}

/** The Status of a body; what is none counts as its message, cut: a proxy's page of HTML does not help. */
function readStatus(body: string): JsonRecord {
  const status = parseRecord(body);
  if (status !== null) return status;
  const line = body.trim().split('\n')[0] ?? '';
  return line.startsWith('<') ? {} : { message: line.slice(0, 300) };
}

function because(words: string): string {
  return words === '' ? '' : `: ${words.slice(0, 1000).replace(/\.$/, '')}`;
}

function notFoundWords({ resource, namespace, name }: Asked, words: string, server: string): string {
  if (name === undefined) return `The API server ${server} has no ${resource}${because(words)}.`;
  return `There is no ${resource.replace(/s(\/.*)?$/, '')} ${name}${namespace === null ? '' : ` in ${namespace}`}${because(words)}.`;
}

/**
 * Of `pods "a" is forbidden: User "dev" cannot create resource "pods/exec" in API group "" in the namespace "kube-system"`;
 * what the server does not say is as it was asked.
 */
function missingRight(words: string, asked: Asked): MissingRight {
  const found =
    /User "(?<user>.*)" cannot (?<verb>\w+) resource "(?<resource>[^"]+)" in API group "[^"]*"(?: in the namespace "(?<namespace>[^"]*)")?/s.exec(
      words,
    )?.groups;
  if (found === undefined) return { ...pick(asked), user: null };
  return {
    verb: found['verb'] ?? asked.verb,
    resource: found['resource'] ?? asked.resource,
    namespace: found['namespace'] ?? null,
    user: found['user'] ?? null,
  };
}

function pick({ verb, resource, namespace }: Asked): Omit<MissingRight, 'user'> {
  return { verb, resource, namespace };
}

const clusterWide = new Set(['nodes', 'namespaces']);

/** `The user dev may not create pods/exec in kube-system.`; the server's words where it says more than RBAC does. */
function forbiddenWords(right: MissingRight, words: string): string {
  const who = right.user === null ? 'The user' : `The user ${right.user}`;
  const where =
    right.namespace === null
      ? clusterWide.has(right.resource)
        ? ''
        : ' in all namespaces'
      : ` in ${right.namespace}`;
  const what = `${who} may not ${right.verb} ${right.resource}${where}`;
  return right.user === null ? `${what}${because(words)}.` : `${what}.`;
}
