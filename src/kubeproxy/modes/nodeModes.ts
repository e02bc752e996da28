/** The one place where a mode of kube-proxy is registered: what each finds in the rules of a node. */
import type { NodeEvidence } from '../services/evidence.ts';
import { type IptablesEvidence, readIptables } from './iptables/iptablesEvidence.ts';
import type { Sources } from '../sources.ts';

/** What every mode finds in the rules of one node, whatever the cluster's objects are. */
export interface NodeModes {
  readonly iptables: IptablesEvidence;
  /** Of all modes, for the catalog; a Service that stands in the rules of two is listed for each, in this order. */
  readonly all: readonly NodeEvidence[];
}

/** Walks the rules once. */
export function readModes(sources: Sources): NodeModes {
  const iptables = readIptables(sources);
  return { iptables, all: [iptables] };
}
