/** Gathers what rules say of Service ports, rule by rule in their order. */
import type { Family } from '../../../kernel/flow.ts';
import type { FrontendKind } from '../../services/frontend.ts';
import { type CommentKind, readServiceComment } from './comments.ts';
import type { ReadRule } from './dispatchIndex.ts';
import { readDispatchRule } from './dispatchRule.ts';
import type { FamilyRules } from './familyRules.ts';
import { serviceSuffix } from './hashes.ts';
import type { PortDraft, Side } from './portDraft.ts';
import { familyChainName, readFamilyChain, serviceChainKinds } from './roles.ts';
import type { FoundRule } from './ruleIndex.ts';
import { placeOf } from './source.ts';

export class DraftCollector {
  readonly bySuffix = new Map<string, PortDraft>();

  addDispatch(rules: FamilyRules, found: FoundRule): void {
    const read = readDispatchRule(found.rule, rules.ruleset.text);
    if (read !== null) this.addRead(rules, { ...found, read });
  }

  /** As `addDispatch`. */
  addRead({ source, family }: FamilyRules, { chain, rule, read }: ReadRule): void {
    const nodePorts = chain.name === 'KUBE-NODEPORTS';
    const family16 = readFamilyChain(read.target);
    if (family16 === null || family16.kind === 'sep') return;
    const { target, port, protocol } = read;
    const comment = readServiceComment(read.comment);
    const draft = this.#draft(family16.suffix, comment?.name ?? null, protocol);
    sideOf(draft, family).dispatches.push({
      kind: nodePorts ? 'nodePort' : kindOf(comment?.kind, family16.kind),
      address: nodePorts ? null : read.address,
      port,
      protocol,
      chain: target,
      at: placeOf(source, 'nat', chain.name, rule),
    });
  }

  /** `suffix`: the hash of the port that it refuses, where that is known. */
  addRefusal({ source, family, ruleset }: FamilyRules, { chain, rule }: FoundRule, suffix?: string): void {
    const read = readDispatchRule(rule, ruleset.text);
    const comment = readServiceComment(read?.comment ?? '');
    if (read === null || comment === null) return;
    const { target, address, port, protocol } = read;
    if (target !== 'REJECT' && target !== 'DROP') return;
    const own = suffix ?? serviceSuffix(comment.name, protocol);
    const draft = this.#draft(own, comment.name, protocol);
    sideOf(draft, family).refusals.push({
      kind: address === null ? 'nodePort' : chain.name === 'KUBE-SERVICES' ? 'clusterIP' : 'external',
      address,
      port,
      protocol,
      fate: target === 'REJECT' ? 'rejected' : 'dropped',
      at: placeOf(source, 'filter', chain.name, rule),
    });
  }

  /** Chains that are declared, whether or not a rule leads to them; of one port, or of all. */
  addChains({ family, nat }: FamilyRules, only?: string): void {
    if (nat === null) return;
    if (only !== undefined) {
      if (serviceChainKinds.some((kind) => nat.chains.has(familyChainName(kind, only)))) {
        sideOf(this.#draft(only, null, null), family);
      }
      return;
    }
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
