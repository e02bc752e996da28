/**
 * What the shape of kube-proxy's rules (iptables mode) tells of its release. Sources: the releases' own
 * pkg/proxy/iptables/proxier.go; dumps of 1.23.4 and 1.36.3.
 */
import { countOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { jumpsTo } from '../../references.ts';
import { readFamilyChain, type ChainFamilyKind } from './roles.ts';
import { tableNamed } from '../../rulesets.ts';
import { commentOf, generalOption, matchNamed, targetNameOf } from '../../words/ruleView.ts';

/** Minor releases of Kubernetes 1 that write such rules; null = no bound. */
export interface ReleaseEvidence {
  readonly since: number | null;
  readonly until: number | null;
  readonly because: string;
}

/** How many rules of a long chain are looked at: the shapes repeat from the first Service on. */
const SAMPLE = 200;

/** What one family's rules show; nothing where they are not there. */
export function evidenceOf(ruleset: Ruleset | null): readonly ReleaseEvidence[] {
  const nat = tableNamed(ruleset, 'nat');
  const filter = tableNamed(ruleset, 'filter');
  if (ruleset === null || nat === null) return [];
  return [
    ...chainEvidence(ruleset, nat),
    ...(filter === null ? [] : filterEvidence(filter)),
    ...postroutingEvidence(nat),
    ...servicesEvidence(nat),
  ];
}

function since(minor: number, because: string): ReleaseEvidence {
  return { since: minor, until: null, because };
}

function until(minor: number, because: string): ReleaseEvidence {
  return { since: null, until: minor, because };
}

function chainEvidence(ruleset: Ruleset, nat: Table): readonly ReleaseEvidence[] {
  const found: ReleaseEvidence[] = [];
  const first = firstOfKinds(nat);
  const newer = first.get('ext') ?? first.get('svl');
  if (newer !== undefined) found.push(since(24, 'chains KUBE-EXT- or KUBE-SVL- in table nat'));
  const used = [...nat.chains.keys()].some(
    (name) => name.startsWith('KUBE-XLB-') && jumpsTo(ruleset, nat, name).length > 0,
  );
  if (first.has('xlb') && used) found.push(until(23, 'chains KUBE-XLB- in table nat, in use'));
  const balancing = first.get('svc')?.rules ?? [];
  const marks = balancing.find((rule) => targetNameOf(rule) === 'KUBE-MARK-MASQ');
  if (marks !== undefined && generalOption(marks, '-d') !== null) {
    found.push(since(22, 'KUBE-SVC- chains mark for masquerade'));
  }
  return found;
}

/** The first chain of each family that has rules. */
function firstOfKinds(nat: Table): ReadonlyMap<ChainFamilyKind, Chain> {
  const found = new Map<ChainFamilyKind, Chain>();
  for (const [name, chain] of nat.chains) {
    // Chains are counted, not read: the rules of every chain would be made, and kept with the text.
    const kind = countOf(chain) === 0 ? undefined : readFamilyChain(name)?.kind;
    if (kind !== undefined && !found.has(kind)) found.set(kind, chain);
  }
  return found;
}

function filterEvidence(filter: Table): readonly ReleaseEvidence[] {
  const found: ReleaseEvidence[] = [];
  const has = (chain: string): boolean => filter.chains.has(chain);
  if (has('KUBE-PROXY-FIREWALL')) found.push(since(25, 'chain KUBE-PROXY-FIREWALL in table filter'));
  if (has('KUBE-NODEPORTS')) found.push(since(21, 'chain KUBE-NODEPORTS in table filter'));
  if (has('KUBE-FORWARD') && !has('KUBE-NODEPORTS')) {
    found.push(until(20, 'no chain KUBE-NODEPORTS in table filter'));
  }
  if (has('KUBE-FORWARD') && !has('KUBE-PROXY-FIREWALL')) {
    found.push(until(24, 'no chain KUBE-PROXY-FIREWALL in table filter'));
  }
  const forward = filter.chains.get('KUBE-FORWARD')?.rules ?? [];
  if (forward.some((rule) => matchNamed(rule, 'nfacct') !== null)) {
    found.push(since(31, 'KUBE-FORWARD counts with nfacct'));
  }
  return found;
}

function postroutingEvidence(nat: Table): readonly ReleaseEvidence[] {
  const rules = nat.chains.get('KUBE-POSTROUTING')?.rules ?? [];
  const masquerade = rules.find((rule) => targetNameOf(rule) === 'MASQUERADE');
  if (masquerade === undefined) return [];
  if (rules.some((rule) => targetNameOf(rule) === 'RETURN')) {
    return [since(19, 'KUBE-POSTROUTING returns unmarked packets')];
  }
  return matchNamed(masquerade, 'mark') === null
    ? []
    : [until(18, 'KUBE-POSTROUTING masquerades by the mark in one rule')];
}

function servicesEvidence(nat: Table): readonly ReleaseEvidence[] {
  const found: ReleaseEvidence[] = [];
  const rules = (nat.chains.get('KUBE-SERVICES')?.rules ?? []).slice(0, SAMPLE);
  const marks = rules.some(
    (rule) => targetNameOf(rule) === 'KUBE-MARK-MASQ' && commentOf(rule).endsWith(' cluster IP'),
  );
  if (marks) found.push(until(21, 'KUBE-SERVICES marks cluster IP traffic for masquerade'));
  if (rules.some((rule) => matchNamed(rule, 'physdev') !== null)) {
    found.push(until(20, 'KUBE-SERVICES asks physdev for external IPs'));
  }
  if (rules.some((rule) => commentOf(rule).endsWith(': cluster IP'))) {
    found.push(until(18, 'unnamed ports are written with a colon'));
  }
  return found;
}
