/**
 * The first walk over a ruleset: which Service ports there are, and which rules send traffic to them. Everything else
 * about a port is worked out from its draft when it is looked at.
 */
import type { FrontendKind } from '../../services/frontend.ts';
import type { Chain, Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt, SourceId } from '../../../kernel/ruleAt.ts';
import { type IptablesSource, placeOf } from './source.ts';
import { readDispatchRule } from './dispatchRule.ts';
import { serviceSuffix } from './hashes.ts';
import { readFamilyChain } from './roles.ts';
import { tableNamed } from '../../rulesets.ts';
import { commentOf, destinationPortOf, generalOption, targetNameOf, valueOf } from '../../words/ruleView.ts';
import { hostWords } from '../../words/clauses.ts';
import { readServiceComment, type CommentKind } from './comments.ts';

/** A rule of nat KUBE-SERVICES or KUBE-NODEPORTS that jumps to a chain of the port. */
export interface Dispatch {
  readonly kind: FrontendKind;
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  readonly chain: string;
  readonly at: RuleAt;
}

/** A rule of table filter that answers in the endpoints' place. */
export interface Refusal {
  readonly kind: FrontendKind;
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  readonly fate: 'rejected' | 'dropped';
  readonly at: RuleAt;
}

/** What one family's rules have for a port. */
export interface Side {
  readonly family: Family;
  readonly dispatches: Dispatch[];
  readonly refusals: Refusal[];
}

export interface PortDraft {
  /** The hash that its chains share. */
  readonly suffix: string;
  /** As a comment spells it; null where no comment does. */
  spelling: string | null;
  protocol: string | null;
  readonly sides: Map<Family, Side>;
}

/** The tables of one family, and what is found in them once for all ports. */
export interface FamilyRules {
  readonly source: SourceId;
  readonly family: Family;
  readonly ruleset: Ruleset;
  readonly nat: Table | null;
  readonly filter: Table | null;
  /** Rules of KUBE-SERVICES and KUBE-NODEPORTS that only mark, by `placeKey`. */
  readonly marks: ReadonlyMap<string, readonly Rule[]>;
  /** In words, where node ports are taken: `every address`. */
  readonly nodePortScope: string;
}

export interface Drafts {
  readonly bySuffix: ReadonlyMap<string, PortDraft>;
  readonly rules: ReadonlyMap<Family, FamilyRules>;
  /** `default/web:http` → its healthCheckNodePort. */
  readonly healthChecks: ReadonlyMap<string, number>;
}

/**
 * How deep the chains of a port are followed. kube-proxy's stand three deep, and nf_tables takes 16; what is deeper was
 * made to exhaust us.
 */
export const MAX_JUMPS = 64;

/** `10.96.0.1|443|tcp`; a node port has no address. */
export function placeKey(address: string | null, port: number, protocol: string): string {
  return `${address ?? ''}|${port}|${protocol}`;
}

/** Walks the dispatch chains of every family. */
export function collectDrafts(sources: readonly IptablesSource[]): Drafts {
  const collector = new Collector();
  for (const source of sources) collector.addSource(source);
  return collector;
}

class Collector implements Drafts {
  readonly bySuffix = new Map<string, PortDraft>();
  readonly rules = new Map<Family, FamilyRules>();
  readonly healthChecks = new Map<string, number>();

  addSource({ id: source, family, ruleset }: IptablesSource): void {
    const nat = tableNamed(ruleset, 'nat');
    const filter = tableNamed(ruleset, 'filter');
    const marks = new Map<string, Rule[]>();
    const services = nat?.chains.get('KUBE-SERVICES') ?? null;
    const rules = { source, family, ruleset, nat, filter, marks, nodePortScope: nodePortScope(services) };
    this.rules.set(family, rules);
    this.#addDispatches(rules, services, marks);
    this.#addDispatches(rules, nat?.chains.get('KUBE-NODEPORTS') ?? null, marks);
    this.#addRefusals(rules, filter?.chains.get('KUBE-SERVICES') ?? null, 'clusterIP');
    this.#addRefusals(rules, filter?.chains.get('KUBE-EXTERNAL-SERVICES') ?? null, 'external');
    this.#addHealthChecks(filter?.chains.get('KUBE-NODEPORTS') ?? null);
    this.#addChains(family, nat);
  }

  #addDispatches(
    { source, family, ruleset }: FamilyRules,
    chain: Chain | null,
    marks: Map<string, Rule[]>,
  ): void {
    const nodePorts = chain?.name === 'KUBE-NODEPORTS';
    for (const rule of chain?.rules ?? []) {
      const read = readDispatchRule(rule, ruleset.text);
      if (chain === null || read === null) continue;
      const { target, port, protocol } = read;
      const address = nodePorts ? null : read.address;
      const family16 = readFamilyChain(target);
      if (family16 === null || family16.kind === 'sep') {
        if (target === 'KUBE-MARK-MASQ') push(marks, placeKey(address, port, protocol), rule);
        continue;
      }
      const comment = readServiceComment(read.comment);
      const draft = this.#draft(family16.suffix, comment?.name ?? null, protocol);
      sideOf(draft, family).dispatches.push({
        kind: nodePorts ? 'nodePort' : kindOf(comment?.kind, family16.kind),
        address,
        port,
        protocol,
        chain: target,
        at: placeOf(source, 'nat', chain.name, rule),
      });
    }
  }

  #addRefusals({ source, family, ruleset }: FamilyRules, chain: Chain | null, otherwise: FrontendKind): void {
    for (const rule of chain?.rules ?? []) {
      const read = readDispatchRule(rule, ruleset.text);
      if (chain === null || read === null) continue;
      const { target, address, port, protocol } = read;
      if (target !== 'REJECT' && target !== 'DROP') continue;
      const comment = readServiceComment(read.comment);
      if (comment === null) continue;
      const draft = this.#draft(serviceSuffix(comment.name, protocol), comment.name, protocol);
      sideOf(draft, family).refusals.push({
        kind: address === null ? 'nodePort' : otherwise,
        address,
        port,
        protocol,
        fate: target === 'REJECT' ? 'rejected' : 'dropped',
        at: placeOf(source, 'filter', chain.name, rule),
      });
    }
  }

  #addHealthChecks(chain: Chain | null): void {
    for (const rule of chain?.rules ?? []) {
      const comment = readServiceComment(commentOf(rule));
      const port = destinationPortOf(rule);
      if (comment?.kind === 'healthCheck' && port !== null) this.healthChecks.set(comment.name, port);
    }
  }

  /** Chains that are declared, whether or not a rule leads to them. */
  #addChains(family: Family, nat: Table | null): void {
    if (nat === null) return;
    for (const name of nat.chains.keys()) {
      if (name.startsWith('KUBE-SEP-')) continue;
      const found = readFamilyChain(name);
      if (found !== null) sideOf(this.#draft(found.suffix, null, null), family);
    }
  }

  #draft(suffix: string, spelling: string | null, protocol: string | null): PortDraft {
    const known = this.bySuffix.get(suffix);
    if (known !== undefined) {
      known.spelling ??= spelling;
      known.protocol ??= protocol;
      return known;
    }
    const draft: PortDraft = { suffix, spelling, protocol, sides: new Map() };
    this.bySuffix.set(suffix, draft);
    return draft;
  }
}

function sideOf(draft: PortDraft, family: Family): Side {
  let side = draft.sides.get(family);
  if (side === undefined) {
    side = { family, dispatches: [], refusals: [] };
    draft.sides.set(family, side);
  }
  return side;
}

/** Without a comment, the chain tells a cluster IP from an address outside, and no more. */
function kindOf(comment: CommentKind | undefined, chain: string): FrontendKind {
  if (comment === 'clusterIP' || comment === 'externalIP' || comment === 'loadBalancerIP') return comment;
  if (chain === 'fw') return 'loadBalancerIP';
  return chain === 'svc' || chain === 'svl' ? 'clusterIP' : 'external';
}

function push(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [rule]);
  else known.push(rule);
}

/** The rules that lead to KUBE-NODEPORTS say at which addresses node ports are taken. */
function nodePortScope(services: Chain | null): string {
  const scopes: string[] = [];
  for (const rule of services?.rules.slice(-MAX_NODE_PORT_JUMPS) ?? []) {
    if (targetNameOf(rule) === 'KUBE-NODEPORTS') scopes.push(scopeOf(rule));
  }
  return [...new Set(scopes)].join(', ');
}

/** kube-proxy puts one such rule per address of `--nodeport-addresses` at the end of KUBE-SERVICES. */
const MAX_NODE_PORT_JUMPS = 64;

function scopeOf(rule: Rule): string {
  const option = generalOption(rule, '-d');
  const address = valueOf(option);
  if (option === null || address === null) return 'every address';
  const host = hostWords(address);
  return option.negation === null ? host : `every address but ${host}`;
}
