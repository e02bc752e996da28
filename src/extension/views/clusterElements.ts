/** The rows of the Clusters view as data: what each stands for, and its id, by which VS Code keeps what is open. */
import type { ClusterContext } from '../../cluster/contexts.ts';
import type { ClusterFailure } from '../../cluster/failure.ts';
import type { CollectedNode, LiveNode } from '../../cluster/liveNode.ts';
import type { ServiceSummary } from '../clusters/serviceIndex.ts';

/** A row. Its id begins with its context's (clusterRows.ts) and says what it is of, never where it stands. */
export type ClusterElement =
  | { readonly kind: 'context'; readonly id: string; readonly context: ClusterContext }
  | { readonly kind: 'nodes'; readonly id: string; readonly context: string }
  | { readonly kind: 'services'; readonly id: string; readonly context: string }
  | { readonly kind: 'node'; readonly id: string; readonly context: string; readonly node: string }
  | {
      readonly kind: 'namespace';
      readonly id: string;
      readonly context: string;
      readonly namespace: string;
    }
  | {
      readonly kind: 'service';
      readonly id: string;
      readonly context: string;
      readonly namespace: string;
      readonly name: string;
    }
  /** Something is being read. */
  | { readonly kind: 'loading'; readonly id: string; readonly context: string; readonly words: string }
  | {
      readonly kind: 'failure';
      readonly id: string;
      readonly context: string;
      readonly failure: ClusterFailure;
      /** What is as it was before the failure: `Services`; null where nothing is known at all. */
      readonly stale: string | null;
    }
  /** A sentence about the kubeconfig files. */
  | { readonly kind: 'problem'; readonly id: string; readonly words: string }
  | {
      readonly kind: 'more';
      readonly id: string;
      readonly parent: ClusterElement;
      readonly left: number;
    };

/** The rows of one kind. */
export type ElementOf<Kind extends ClusterElement['kind']> = ClusterElement & { readonly kind: Kind };

/** What a row needs beside its element; looked up when the row is drawn, so that it is never old. */
export interface RowFacts {
  readonly node: LiveNode | null;
  /** What was read of the node; null before. */
  readonly collected: CollectedNode | null;
  readonly service: ServiceSummary | null;
  /** Of `Nodes`, `Services` and a namespace; null while not all are read. */
  readonly count: number | null;
  /** Of `Nodes` and `Services`: why they cannot be read, or be read no more. */
  readonly failure: ClusterFailure | null;
  readonly loading: boolean;
  /** Of a context: closed, connecting, ready or failed. */
  readonly state: 'closed' | 'connecting' | 'ready' | 'failed';
  /** Of the cluster: `v1.36.3`. */
  readonly version: string;
}
