/** What went wrong in talking to a cluster, as data: views show the words, decide by the kind, and offer what helps. */
import { withoutPasswords } from '../text/passwords.ts';

/** What happened, as far as it decides what may help. */
export type FailureKind =
  /** No answer: refused, no route, no such host, a proxy that does not let it through. */
  | 'unreachable'
  /** TLS: the server's certificate is not trusted, expired, or for another name; ours is refused. */
  | 'badCertificate'
  /** 401: no or an expired credential, a credential plugin that fails. */
  | 'unauthorized'
  /** 403: `right` names what is missing. */
  | 'forbidden'
  /** 404: the Pod, node or context is gone. */
  | 'notFound'
  /** The exec was not taken: the kubelet does not answer, no such container, the protocol is refused. */
  | 'execRefused'
  /** The container has no such program. */
  | 'noSuchBinary'
  /** The program ran and ended with an error. */
  | 'commandFailed'
  /** The stream ended before the program did. */
  | 'cutOff'
  | 'timedOut'
  | 'tooLarge'
  | 'cancelled'
  /** Nothing on the node can be asked: no kube-proxy, and no other Pod that could answer. */
  | 'noSource'
  /** The kubeconfig, or a setting, cannot be used. */
  | 'badConfiguration'
  | 'other';

/** `create pods/exec in kube-system`: a right that RBAC did not give. */
export interface MissingRight {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string | null;
  /** As the server names the user; null where it does not. */
  readonly user: string | null;
}

/** Thrown by everything in cluster/; anything else that is thrown there is a defect. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
  readonly kind: FailureKind;
  /** Of `forbidden`. */
  readonly right: MissingRight | null;

  /** `message`: one sentence, what happened and why; plain text that may hold anything the server said. Passwords of URLs in it are left out. */
  constructor(kind: FailureKind, message: string, options: { right?: MissingRight; cause?: unknown } = {}) {
    super(withoutPasswords(message), { cause: options.cause });
    this.kind = kind;
    this.right = options.right ?? null;
  }
}

/**
 * Whether `error` is a `ClusterFailure`. By name, since dist/cluster.js has a class of its own that the bundles which load
 * it do not share: `instanceof` is false there.
 */
export function isClusterFailure(error: unknown): error is ClusterFailure {
  return error instanceof Error && error.name === 'ClusterFailure';
}
