/** Which kube-proxy wrote a dump, worked out from the chains and rule shapes in it, with the evidence. */
import type { Family } from '../kernel/flow.ts';
import type { ProxyMode } from '../kubernetes/proxyMode.ts';
import { backendOfGenerator } from './backend.ts';
import { masqueradeMarkOf } from './modes/iptables/marks.ts';
import { evidenceOf, type ReleaseEvidence } from './modes/iptables/releaseEvidence.ts';
import { isProxyChain } from './modes/iptables/roles.ts';
import type { NodeMode } from './mode/mode.ts';
import { either } from './narrative/words.ts';
import { families, type Rulesets } from './rulesets.ts';
import type { Sources } from './sources.ts';
import { largest } from '../text/lists.ts';

interface DumpEvidence {
  /** What it shows: `1.25 or later`. */
  readonly claim: string;
  /** By what: `chain KUBE-PROXY-FIREWALL in table filter`. */
  readonly because: string;
}

export interface DumpDescription {
  /** Null where nothing is kube-proxy's, and where it is not known which of several modes is at work. */
  readonly mode: ProxyMode | null;
  /** Other modes that left something behind; where no mode is known, those that may be at work. */
  readonly leftovers: readonly ProxyMode[];
  /** Minor releases of Kubernetes 1: `25` = 1.25; null = not bounded by anything seen. */
  readonly sinceMinor: number | null;
  readonly untilMinor: number | null;
  /** `mixed` where iptables-save itself warns of tables of the other backend. */
  readonly backend: 'nf_tables' | 'legacy' | 'mixed' | null;
  readonly families: readonly Family[];
  /** Whether rules are there, and none for packets of IP: tables of bridges or ARP. */
  readonly framesAlone: boolean;
  /** The bit that KUBE-MARK-MASQ sets, from 0; null without such a rule, or where it sets more than one bit. */
  readonly masqueradeBit: number | null;
  readonly evidence: readonly DumpEvidence[];
  /** `kube-proxy 1.25 or later, iptables (nf_tables), IPv4, masquerade bit 14` */
  readonly summary: string;
}

/** Describes the rules of one node; also says so where they hold nothing of kube-proxy's. */
export function describeDump(sources: Sources, modes: NodeMode): DumpDescription {
  const { rulesets, families: found, nft } = sources;
  const mode = modes[4].mode ?? modes[6].mode;
  const releases = mode === 'iptables' ? found.flatMap((family) => evidenceOf(rulesets[family])) : [];
  const { since, until } = rangeOf(releases);
  const facts = {
    mode,
    leftovers: leftoversOf(modes),
    sinceMinor: since,
    untilMinor: until,
    backend: backendOf(rulesets),
    families: found,
    framesAlone: found.length === 0 && nft !== null,
    masqueradeBit: bitOf(rulesets),
  };
  return {
    ...facts,
    evidence: unique(releases),
    summary: summaryOf(facts, () => withoutMode(rulesets, modes)),
  };
}

/** What there is of kube-proxy's where nothing shows its mode: that shows in the whole of its nat alone. */
function withoutMode(rulesets: Rulesets, modes: NodeMode): string {
  if (families.some((family) => modes[family].listed)) return 'rules of kube-proxy as nft lists them';
  const isIn = (isMeant: (table: string) => boolean): boolean =>
    families.some((family) =>
      rulesets[family]?.tables.some(
        ({ name, chains }) => isMeant(name) && [...chains.keys()].some((chain) => isProxyChain(name, chain)),
      ),
    );
  if (isIn((table) => table === 'nat')) return 'a part of the rules of kube-proxy';
  return isIn(() => true) ? 'rules of kube-proxy without those of nat' : 'no rules of kube-proxy';
}

/** Where it is not known which of several modes is at work, each of them may be what is left. */
function leftoversOf(modes: NodeMode): readonly ProxyMode[] {
  const found = families.flatMap((family) => {
    const { mode, leftovers, evidence } = modes[family];
    if (mode !== null) return leftovers;
    return evidence.filter(({ kind }) => kind !== 'may').map((each) => each.mode);
  });
  return [...new Set(found)];
}

/** Evidence may contradict itself where an older release's rules were left: the newer release then wrote last. */
function rangeOf(evidence: readonly ReleaseEvidence[]): {
  readonly since: number | null;
  readonly until: number | null;
} {
  const sinces = evidence.flatMap((each) => each.since ?? []);
  const untils = evidence.flatMap((each) => each.until ?? []);
  const since = sinces.length === 0 ? null : largest(sinces, 0);
  const fitting = untils.filter((until) => since === null || until >= since);
  return {
    since,
    until:
      fitting.length === 0
        ? null
        : -largest(
            fitting.map((until) => -until),
            Number.NEGATIVE_INFINITY,
          ),
  };
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

/** `alone`: what there is where no mode shows. */
function summaryOf(facts: Omit<DumpDescription, 'evidence' | 'summary'>, alone: () => string): string {
  const family = facts.framesAlone
    ? 'rules for frames alone'
    : facts.families.map((each) => `IPv${each}`).join(' and ');
  const backend = facts.backend === 'mixed' ? 'both backends' : facts.backend;
  if (facts.mode === null) {
    const unclear = facts.leftovers.length > 0;
    const what = unclear ? `rules of kube-proxy for ${either(facts.leftovers, 'and')}` : alone();
    return [what, backend ?? '', family].filter((each) => each !== '').join(', ');
  }
  const release = rangeWords(facts.sinceMinor, facts.untilMinor);
  const mode = facts.mode === 'nftables' || backend === null ? facts.mode : `${facts.mode} (${backend})`;
  const bit = facts.masqueradeBit === null ? '' : `masquerade bit ${facts.masqueradeBit}`;
  const left = facts.leftovers.length === 0 ? '' : `leftovers of ${either(facts.leftovers, 'and')}`;
  const name = release === '' ? 'kube-proxy' : `kube-proxy ${release}`;
  return [name, mode, family, bit, left].filter((each) => each !== '').join(', ');
}
