/**
 * The one place that says in what mode a node's kube-proxy works, and where it keeps its Services, with the evidence. Tree,
 * check, status, findings, hints and answers all ask it. How signs weigh against each other is in kubernetes/proxyMode.ts,
 * which a node's collection asks too.
 */
import {
  decideMode,
  isProxyTable,
  type ModeSign,
  type ModeVerdict,
  type ProxyMode,
  proxyModes,
  signsOfNat,
} from '../../kubernetes/proxyMode.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Node } from '../../kernel/node/node.ts';
import type { SnapshotFileName, SnapshotFiles } from '../../kernel/snapshot.ts';
import type { Table } from '../../rules/iptables/nodes.ts';
import { tablesOf } from '../../rules/nftables/tables.ts';
import { parseRecord } from '../../text/json.ts';
import { isProxyChain } from '../modes/iptables/roles.ts';
import { madeByIptables } from '../nftSource.ts';
import { tableNamed } from '../rulesets.ts';
import type { Sources } from '../sources.ts';
import { matchNamed } from '../words/ruleView.ts';
import type { IpvsSource } from '../ipvsSource.ts';
import type { OtherRules } from './otherRules.ts';

interface ModeEvidence extends ModeSign {
  readonly file: SnapshotFileName;
  /** As words within a sentence: `chain KUBE-NODEPORTS in table nat`, `the interface kube-ipvs0`. */
  readonly what: string;
}

/** Rules that hold Services and are not those that a trace follows. */
export type KeptElsewhere =
  | { readonly kind: 'backend'; readonly backend: 'legacy' | 'nft'; readonly file: SnapshotFileName }
  /** Its virtual servers are in no file. */
  | { readonly kind: 'ipvs' }
  /** A part of its table of nftables, without the chains that packets come to. */
  | { readonly kind: 'part' }
  /** Rules of the legacy backend, which `iptables-save` warns of, and which are not here. */
  | { readonly kind: 'unseen' };

export interface FamilyMode extends ModeVerdict {
  readonly evidence: readonly ModeEvidence[];
  /** Whether the rules that a trace follows are kube-proxy's own, of any mode. */
  readonly inRules: boolean;
  /** Null where nothing shows that Services are anywhere else. */
  readonly elsewhere: KeptElsewhere | null;
  /** Whether the rules are those of its iptables mode as nft lists them: they are followed, and say nothing of Services. */
  readonly listed: boolean;
}

/** By family: a node may keep them differently. */
export type NodeMode = Readonly<Record<Family, FamilyMode>>;

export interface ModeSources {
  readonly sources: Sources;
  readonly files: SnapshotFiles;
  readonly node: Pick<Node, 'ipsets' | 'interfaces' | 'glimpsed'>;
  readonly otherRules: OtherRules;
  /** What a trace follows of IPVS; null where nothing lists it. */
  readonly ipvs: IpvsSource | null;
}

export function modeOfNode(sources: ModeSources): NodeMode {
  return { 4: modeOfFamily(sources, 4), 6: modeOfFamily(sources, 6) };
}

function modeOfFamily(sources: ModeSources, family: Family): FamilyMode {
  const inRules = [...ofRules(sources, family), ...ofNftables(sources, family)];
  const inBackends = ofBackends(sources, family);
  const evidence = [...inRules, ...inBackends.map(({ sign }) => sign), ...ofIpvs(sources, family)];
  const verdict = decideMode(evidence, configuredMode(sources.files));
  const held = inBackends.find(({ sign }) => sign.kind === 'holds');
  const listed = inRules.length === 0 && isListed(sources, family);
  return {
    ...verdict,
    evidence,
    inRules: inRules.length > 0 || listed || isInIpvs(sources, verdict, family),
    listed,
    elsewhere:
      held?.where ??
      (sources.ipvs === null ? inIpvs(verdict, evidence) : null) ??
      partly(sources, verdict, family) ??
      unseen(sources, family, inRules),
  };
}

/** Whether nft lists tables of iptables-nft that are in no other file, with a chain of kube-proxy's in table nat. */
function isListed({ sources: { nft } }: ModeSources, family: Family): boolean {
  const nat = family === 4 ? 'ip nat' : 'ip6 nat';
  if (nft === null || !madeByIptables(nft).includes(nat)) return false;
  return tablesOf(nft.ruleset).some(
    (table) =>
      `${table.family} ${table.name}` === nat && table.chains.some((chain) => isProxyChain('nat', chain)),
  );
}

/** Services are virtual servers, and these are followed. */
function isInIpvs({ ipvs }: ModeSources, { mode }: ModeVerdict, family: Family): boolean {
  return mode === 'ipvs' && ipvs?.families.includes(family) === true;
}

/** In iptables and nftables mode what is left of IPVS mode never sees a packet for a Service. */
function inIpvs({ mode }: ModeVerdict, evidence: readonly ModeEvidence[]): KeptElsewhere | null {
  const signs = evidence.filter((each) => each.mode === 'ipvs');
  if (signs.length === 0 || (mode !== null && mode !== 'ipvs')) return null;
  return { kind: 'ipvs' };
}

/** `nft list chain` and `nft list map` show one thing of a table; a whole one has chains at hooks, also where it is dormant. */
function partly(
  { sources: { nft } }: ModeSources,
  { mode }: ModeVerdict,
  family: Family,
): KeptElsewhere | null {
  if (nft === null || mode !== 'nftables') return null;
  const own = nft.ruleset.tables.filter((table) =>
    isProxyTable({ family: table.family, name: table.name.text }, family),
  );
  const items = own.flatMap((table) => table.items);
  const isWhole = items.some((item) => item.kind === 'chain' && item.base !== null);
  return items.length === 0 || isWhole ? null : { kind: 'part' };
}

/** Chains of Kubernetes without kube-proxy's, beside rules that were not looked at. */
function unseen(
  { sources, otherRules }: ModeSources,
  family: Family,
  inRules: readonly ModeEvidence[],
): KeptElsewhere | null {
  const warned = otherRules[family].some(({ kind }) => kind === 'warning');
  if (inRules.length > 0 || !warned) return null;
  const tables = sources.followed(family)?.ruleset.tables ?? [];
  const kube = tables.some(({ chains }) => [...chains.keys()].some((name) => name.startsWith('KUBE-')));
  return kube ? { kind: 'unseen' } : null;
}

function ofRules({ sources }: ModeSources, family: Family): readonly ModeEvidence[] {
  const source = sources.followed(family);
  const nat = tableNamed(source?.ruleset ?? null, 'nat');
  if (source === null || nat === null) return [];
  const { file } = source.text;
  const signs = signsOfNat({ has: (chain) => nat.chains.has(chain), services: servicesOf(nat) });
  return signs.map(({ chain, ...sign }) => ({ ...sign, file, what: `chain ${chain} in table nat` }));
}

/** So many rules at the head of KUBE-SERVICES are looked at: in every mode the first two or three tell. */
const HEAD = 8;

function servicesOf(nat: Table): 'sets' | 'chains' | null {
  const rules = nat.chains.get('KUBE-SERVICES')?.rules ?? [];
  if (rules.length === 0) return null;
  return rules.slice(0, HEAD).some((rule) => matchNamed(rule, 'set') !== null) ? 'sets' : 'chains';
}

interface SignElsewhere {
  readonly sign: ModeEvidence;
  readonly where: KeptElsewhere;
}

function ofNftables({ sources }: ModeSources, family: Family): readonly ModeEvidence[] {
  const { nft } = sources;
  if (nft === null) return [];
  return tablesOf(nft.ruleset)
    .filter((table) => isProxyTable(table, family))
    .map((table) => ({
      mode: 'nftables',
      kind: table.hooked ? 'holds' : 'stays',
      file: nft.text.file,
      what: `table ${table.family} ${table.name}`,
    }));
}

function ofBackends({ otherRules }: ModeSources, family: Family): readonly SignElsewhere[] {
  return otherRules[family].flatMap((other): readonly SignElsewhere[] => {
    if (other.kind !== 'backend' || !other.chains.has('KUBE-SERVICES')) return [];
    const { backend, chains, file } = other;
    const mode: ProxyMode =
      chains.has('KUBE-NODE-PORT') || chains.has('KUBE-LOAD-BALANCER') ? 'ipvs' : 'iptables';
    const what = `rules of chain KUBE-SERVICES in the ${backend} backend`;
    return [{ sign: { mode, kind: 'holds', file, what }, where: { kind: 'backend', backend, file } }];
  });
}

/** Set and interface stay on a node that went over to iptables mode; virtual servers may be anybody's. */
function ofIpvs({ node, ipvs }: ModeSources, family: Family): readonly ModeEvidence[] {
  const set = family === 4 ? 'KUBE-CLUSTER-IP' : 'KUBE-6-CLUSTER-IP';
  const interfaces = node.interfaces ?? node.glimpsed;
  const addresses = interfaces?.get('kube-ipvs0')?.addresses ?? [];
  const found: ModeEvidence[] = [];
  if (node.ipsets?.has(set) === true) {
    found.push({ mode: 'ipvs', kind: 'stays', file: 'ipset-save.txt', what: `the ipset ${set}` });
  }
  if (addresses.some(({ address }) => address.family === family)) {
    found.push({ mode: 'ipvs', kind: 'stays', file: 'ip-addr.json', what: 'the interface kube-ipvs0' });
  }
  if (ipvs?.families.includes(family) === true) {
    found.push({ mode: 'ipvs', kind: 'may', file: 'ipvsadm-save.txt', what: 'virtual servers' });
  }
  return found;
}

/** `"mode"` of `snapshot.json`: what the ConfigMap of kube-proxy asked for; null where that is not known. */
function configuredMode(files: SnapshotFiles): ProxyMode | null {
  const text = files.get('snapshot.json');
  if (text === undefined) return null;
  const configured = parseRecord(text)?.['mode'];
  return proxyModes.find((mode) => mode === configured) ?? null;
}
