/** A node of an open context, and what was collected from it. */
import type { CiliumSetting } from '../kubernetes/ciliumConfig.ts';
import type { ProxyMode } from '../kubernetes/proxyMode.ts';
import type { ClusterFailure } from './failure.ts';

/** Where a node's rules can be got. */
export type RulesSource =
  | {
      readonly kind: 'proxyPod';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string | null;
    }
  /** Another Pod on the node's network that has iptables: calico-node, kube-flannel … */
  | {
      readonly kind: 'hostPod';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string | null;
    }
  | {
      readonly kind: 'debugPod';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string | null;
    }
  /** The user's own command, run on this machine: its program's name alone, since the rest may hold a password. */
  | { readonly kind: 'command'; readonly program: string };

/** A node as a view shows it; the same value until something of it changes. */
export interface LiveNode {
  readonly name: string;
  /** Null where the node's object may not be read. */
  readonly ready: boolean | null;
  /** `InternalIP` and `ExternalIP`. */
  readonly addresses: readonly string[];
  /** Null while not known. */
  readonly mode: ProxyMode | null;
  /** Of kube-proxy's image, else of the node: `v1.36.3`; empty where not known. */
  readonly version: string;
  /**
   * Whether a kube-proxy Pod runs here; `replacement` names what does its work instead (`Cilium`, `k3s`), if that can be
   * told. `unknown` while the Pods are read, and where they may not be.
   */
  readonly proxy:
    | { readonly kind: 'running' }
    | { readonly kind: 'none'; readonly replacement: string | null }
    | { readonly kind: 'unknown' };
  /** What we hold of its rules; null before the first collection. */
  readonly held: HeldRules | null;
  /** Of the last collection, or what is known to be in its way; null where nothing went wrong. */
  readonly failure: ClusterFailure | null;
  /** Collecting now: `reading iptables-save, 2.1 MB`; null otherwise. */
  readonly progress: string | null;
}

/** What is said of the rules that were collected last. */
export interface HeldRules {
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  /** Lines that begin with `-A`, of both families. */
  readonly rules: number;
  readonly source: RulesSource;
}

/**
 * A file of a node's snapshot as the README names them (`iptables-save.txt`, `ip-addr.json` …), and two more: `nft.txt`
 * (`nft list ruleset`, for reading) and `snapshot.json` (of what node, when, and why what is missing is missing).
 */
type SnapshotTextName = string;

/** What could not be had, and why, in words for an assumption: `conntrack.txt`, "the Pod has no conntrack". */
export interface MissingFile {
  readonly file: SnapshotTextName;
  readonly reason: string;
  /** Other files show what it would: nothing is lacking. */
  readonly shownElsewhere?: true;
}

/** What a node said. Texts as the programs printed them; hostile as any dump. */
export interface NodeReading {
  readonly context: string;
  readonly node: string;
  readonly takenAt: number;
  readonly source: RulesSource;
  /** Without `objects.json`, which the session's informers make. */
  readonly files: ReadonlyMap<SnapshotTextName, string>;
  readonly missing: readonly MissingFile[];
  /** What is so of the node that no file shows, one sentence each: "rules of both backends apply here; …". */
  readonly warnings: readonly string[];
}

/** A node's snapshot: what it said, and what the cluster says of it. */
export interface CollectedNode extends NodeReading {
  /** The mode that kube-proxy's ConfigMap asks for on this node; null where that is not known, or no kube-proxy runs there. */
  readonly configured: ProxyMode | null;
  /** What the ConfigMap of Cilium says; null where it cannot be read, or there is none. */
  readonly cilium: CiliumSetting | null;
}
