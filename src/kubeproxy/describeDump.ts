/** Which kube-proxy wrote a dump, worked out from the chains and rule shapes in it, with the evidence. */
import type { Generator } from '../rules/iptables/nodes.ts';
import type { Family } from '../kernel/flow.ts';
import type { SnapshotFiles } from '../kernel/snapshot.ts';
import { masqueradeMarkOf } from './modes/iptables/marks.ts';
import { evidenceOf, type ReleaseEvidence } from './modes/iptables/releaseEvidence.ts';
import type { ProxyMode } from './modes/iptables/roles.ts';
import { families, tableNamed, type Rulesets } from './rulesets.ts';

interface DumpEvidence {
  /** What it shows: `1.25 or later`. */
  readonly claim: string;
  /** By what: `chain KUBE-PROXY-FIREWALL in table filter`. */
  readonly because: string;
}

export interface DumpDescription {
  /** Null where nothing is kube-proxy's. */
  readonly mode: ProxyMode | null;
  /** Minor releases of Kubernetes 1: `25` = 1.25; null = not bounded by anything seen. */
  readonly sinceMinor: number | null;
  readonly untilMinor: number | null;
  /** `mixed` where iptables-save itself warns of tables of the other backend. */
  readonly backend: 'nf_tables' | 'legacy' | 'mixed' | null;
  readonly families: readonly Family[];
  /** The bit that KUBE-MARK-MASQ sets, from 0; null without such a rule, or where it sets more than one bit. */
  readonly masqueradeBit: number | null;
  readonly evidence: readonly DumpEvidence[];
  /** `kube-proxy 1.25 or later, iptables (nf_tables), IPv4, masquerade bit 14` */
  readonly summary: string;
}

/** Describes the rules of one node; also says so where they hold nothing of kube-proxy's. */
export function describeDump(rulesets: Rulesets, files?: SnapshotFiles): DumpDescription {
  const found = families.filter((family) => rulesets[family] !== null);
  const mode = modeOf(rulesets, files);
  const releases = mode === 'iptables' ? found.flatMap((family) => evidenceOf(rulesets[family])) : [];
  const { since, until } = rangeOf(releases);
  const facts = {
    mode,
    sinceMinor: since,
    untilMinor: until,
    backend: backendOf(rulesets),
    families: found,
    masqueradeBit: bitOf(rulesets),
  };
  return { ...facts, evidence: unique(releases), summary: summaryOf(facts) };
}

/** IPVS and userspace modes keep the same KUBE-SERVICES; only a chain that one mode alone has tells. */
function modeOf(rulesets: Rulesets, files: SnapshotFiles | undefined): ProxyMode | null {
  const modes = families.flatMap((family) => modeOfFamily(rulesets, family) ?? []);
  const [first] = modes;
  if (first !== undefined) return first;
  const nft = files?.get('nft.json') ?? '';
  return /"name":\s*"kube-proxy"/u.test(nft) ? 'nftables' : null;
}

/** The mode of one family's rules, by the names of chains alone. */
export function modeOfFamily(rulesets: Rulesets, family: Family): ProxyMode | null {
  const nat = tableNamed(rulesets[family], 'nat');
  if (nat === null) return null;
  if (nat.chains.has('KUBE-LOAD-BALANCER') || nat.chains.has('KUBE-NODE-PORT')) return 'ipvs';
  if (nat.chains.has('KUBE-SERVICES') && nat.chains.has('KUBE-NODEPORTS')) return 'iptables';
  const portals = nat.chains.get('KUBE-PORTALS-CONTAINER') ?? nat.chains.get('KUBE-PORTALS-HOST');
  return portals === undefined ? null : 'userspace';
}

/** Evidence may contradict itself where an older release's rules were left: the newer release then wrote last. */
function rangeOf(evidence: readonly ReleaseEvidence[]): {
  readonly since: number | null;
  readonly until: number | null;
} {
  const sinces = evidence.flatMap((each) => each.since ?? []);
  const untils = evidence.flatMap((each) => each.until ?? []);
  const since = sinces.length === 0 ? null : Math.max(...sinces);
  const fitting = untils.filter((until) => since === null || until >= since);
  return { since, until: fitting.length === 0 ? null : Math.min(...fitting) };
}

const LEGACY_WARNING = 'iptables-legacy tables present';

function backendOf(rulesets: Rulesets): DumpDescription['backend'] {
  const rules = families.flatMap((family) => rulesets[family] ?? []);
  if (rules.some((ruleset) => ruleset.text.includes(LEGACY_WARNING))) return 'mixed';
  const backends = rules.flatMap((ruleset) =>
    ruleset.tables.flatMap((table) => backendOfGenerator(table.generator) ?? []),
  );
  const [first] = backends;
  if (first === undefined) return null;
  return backends.every((backend) => backend === first) ? first : 'mixed';
}

/**
 * Since 1.8.8 only the nft variant adds `(nf_tables)`, before 1.8 there was only legacy, and 1.8.0 to 1.8.2 called the
 * nft variant `xtables-save`. What is between does not tell.
 */
function backendOfGenerator(generator: Generator | null): 'nf_tables' | 'legacy' | null {
  if (generator === null || generator.backend !== null) return generator?.backend ?? null;
  if (generator.program.startsWith('xtables')) return 'nf_tables';
  const [major = 0, minor = 0, patch = 0] = generator.version.replace(/^v/u, '').split('.').map(Number);
  if (major !== 1) return null;
  return minor !== 8 || patch >= 8 ? 'legacy' : null;
}

function bitOf(rulesets: Rulesets): number | null {
  for (const family of families) {
    const mark = masqueradeMarkOf(rulesets[family]);
    if (mark === null) continue;
    const bit = Math.log2(mark);
    return Number.isInteger(bit) ? bit : null;
  }
  return null;
}

function unique(evidence: readonly ReleaseEvidence[]): readonly DumpEvidence[] {
  const found = new Map<string, DumpEvidence>();
  for (const each of evidence) {
    found.set(each.because, { claim: rangeWords(each.since, each.until), because: each.because });
  }
  return [...found.values()];
}

/** `1.25 or later`, `1.18 or earlier`, `1.24`, `1.19 to 1.20`; empty where nothing bounds it. */
function rangeWords(since: number | null, until: number | null): string {
  if (since === null) return until === null ? '' : `1.${until} or earlier`;
  if (until === null) return `1.${since} or later`;
  return since === until ? `1.${since}` : `1.${since} to 1.${until}`;
}

function summaryOf(facts: Omit<DumpDescription, 'evidence' | 'summary'>): string {
  const family = facts.families.map((each) => `IPv${each}`).join(' and ');
  const backend = facts.backend === 'mixed' ? 'both backends' : facts.backend;
  if (facts.mode === null) {
    return ['no rules of kube-proxy', backend ?? '', family].filter((each) => each !== '').join(', ');
  }
  const release = rangeWords(facts.sinceMinor, facts.untilMinor);
  const mode = facts.mode === 'nftables' || backend === null ? facts.mode : `${facts.mode} (${backend})`;
  const bit = facts.masqueradeBit === null ? '' : `masquerade bit ${facts.masqueradeBit}`;
  const name = release === '' ? 'kube-proxy' : `kube-proxy ${release}`;
  return [name, mode, family, bit].filter((each) => each !== '').join(', ');
}
