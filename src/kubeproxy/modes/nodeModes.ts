/** The one place where a mode of kube-proxy is registered: what each finds in the rules of a node. */
import type { NodeEvidence } from '../services/evidence.ts';
import type { Node } from '../../kernel/node/node.ts';
import type { IpvsSource } from '../ipvsSource.ts';
import { type IptablesEvidence, readIptables } from './iptables/iptablesEvidence.ts';
import { type IpvsEvidence, readIpvs } from './ipvs/ipvsEvidence.ts';
import { type NftablesEvidence, readNftables } from './nftables/nftablesEvidence.ts';
import type { Sources } from '../sources.ts';

/** What every mode finds in the rules of one node, whatever the cluster's objects are. */
export interface NodeModes {
  readonly iptables: IptablesEvidence;
  readonly nftables: NftablesEvidence;
  /** Null where no virtual server is known. */
  readonly ipvs: IpvsEvidence | null;
  /** Of all modes, for the catalog; a Service that stands in the rules of two is listed for each, in this order. */
  readonly all: readonly NodeEvidence[];
}

/** What modes read. */
export interface ModeFacts {
  readonly sources: Sources;
  readonly node: Node;
  readonly ipvs: IpvsSource | null;
}

/** Walks the rules once. */
export function readModes({ sources, node, ipvs: source }: ModeFacts): NodeModes {
  const iptables = readIptables(sources);
  const nftables = readNftables(sources);
  const ipvs = source === null ? null : readIpvs({ source, node, rulesets: sources.rulesets });
  const beside = [...(sources.nft === null ? [] : [nftables]), ...(ipvs === null ? [] : [ipvs])];
  return { iptables, nftables, ipvs, all: [iptables, ...beside] };
}
