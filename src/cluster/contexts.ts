/** The contexts of the user's kubeconfig files. Reading them contacts nobody and runs no plugin. */

/** A context of the kubeconfig, with what it names. */
export interface ClusterContext {
  /** Unique in the kubeconfig; may hold anything, `/` and `:` too (`arn:aws:eks:…:cluster/dev`). */
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  /** Null where the context names none. */
  readonly namespace: string | null;
  /** `https://198.18.0.1:6443`; without a password; empty where the kubeconfig names no such cluster. */
  readonly server: string;
  readonly current: boolean;
}

/** All contexts, and what is wrong with the files. */
export interface Contexts {
  readonly contexts: readonly ClusterContext[];
  /** The files that were read, in their order; empty = none was found. */
  readonly files: readonly string[];
  /** A file that cannot be read or parsed, a context that names what is not there: one sentence each. */
  readonly problems: readonly string[];
}
