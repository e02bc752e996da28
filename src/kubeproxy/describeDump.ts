/** Which kube-proxy wrote a dump, worked out from the chains and rule shapes in it, with the evidence. */
import type { Rulesets } from './rulesets.ts';

export type ProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'userspace' | 'none';

export interface DumpEvidence {
  /** What it shows: `1.25 or later`. */
  readonly claim: string;
  /** By what: `chain KUBE-PROXY-FIREWALL in table filter`. */
  readonly because: string;
}

export interface DumpDescription {
  readonly mode: ProxyMode;
  /** Minor releases of Kubernetes 1: `25` = 1.25; null = not bounded by anything seen. */
  readonly sinceMinor: number | null;
  readonly untilMinor: number | null;
  readonly backend: 'nf_tables' | 'legacy' | null;
  readonly families: readonly (4 | 6)[];
  /** The bit that KUBE-MARK-MASQ sets, from 0; null without such a rule, or where it sets more than one bit. */
  readonly masqueradeBit: number | null;
  readonly evidence: readonly DumpEvidence[];
  /** `kube-proxy 1.25 or later, iptables (nf_tables), IPv4, masquerade bit 14` */
  readonly summary: string;
}

/** Describes the rules of one node; also says so where they hold nothing of kube-proxy's. */
export function describeDump(_rulesets: Rulesets): DumpDescription {
  return {
    mode: 'none',
    sinceMinor: null,
    untilMinor: null,
    backend: null,
    families: [],
    masqueradeBit: null,
    evidence: [],
    summary: 'no kube-proxy rules',
  };
}
