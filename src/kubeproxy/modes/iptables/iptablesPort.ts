/** What the chains of one Service port say of it. */
import type { Family } from '../../../kernel/flow.ts';
import type { Rule } from '../../../rules/iptables/nodes.ts';
import type {
  Affinity,
  PortEvidence,
  Reached,
  Refusal,
  RuledEndpoint,
  RuledFrontend,
  RuledPolicies,
} from '../../services/evidence.ts';
import { type PortName, splitPortName } from '../../services/portName.ts';
import { commentOf, protocolOf } from '../../words/ruleView.ts';
import { chainsInUse } from './chainsInUse.ts';
import { readServiceComment } from './comments.ts';
import type { Drafts } from './drafts.ts';
import { endpointsOf, portShares, type PortShares } from './endpoints.ts';
import type { FamilyRules } from './familyRules.ts';
import { frontendsOf, markedToDrop, policiesOf } from './frontends.ts';
import { serviceSuffix, servicePortSpellings } from './hashes.ts';
import { overtakingOf } from './overtaking.ts';
import type { PortDraft, Side } from './portDraft.ts';
import { placeOf } from './source.ts';
import { familyChainName, type ServiceChainKind, serviceChainKinds, type ServiceChains } from './roles.ts';

export const NO_CHAINS: ServiceChains = { svc: null, svl: null, ext: null, fw: null, xlb: null };

export class IptablesPort implements PortEvidence {
  readonly #draft: PortDraft;
  readonly #drafts: Drafts;
  readonly #shares = new Map<Family, PortShares>();
  #families: readonly Family[] | null = null;

  constructor(draft: PortDraft, drafts: Drafts) {
    this.#draft = draft;
    this.#drafts = drafts;
  }

  /** The hash that its chains share. */
  get key(): string {
    return this.#draft.suffix;
  }

  get title(): string {
    return familyChainName('svc', this.key);
  }

  get name(): PortName | null {
    const { spelling } = this.#draft;
    return spelling === null ? null : splitPortName(spelling);
  }

  /** For chains that no rule leads to, their own rules may still name the port. */
  lookForName(): { readonly name: PortName | null; readonly protocol: string } {
    const spelling = this.#draft.spelling ?? this.#spellingInChains();
    const name = spelling === null ? null : splitPortName(spelling);
    return { name, protocol: this.#draft.protocol ?? this.#protocolInChains(spelling) };
  }

  get families(): readonly Family[] {
    return (this.#families ??= [...this.#drafts.rules.keys()].filter((family) =>
      this.#draft.sides.has(family),
    ));
  }

  frontends(): readonly RuledFrontend[] {
    return this.#perFamily(frontendsOf);
  }

  endpoints(): readonly RuledEndpoint[] {
    return this.#perFamily((rules) => endpointsOf(rules, this.shares(rules)));
  }

  policies(): RuledPolicies {
    const each = this.#perFamily((rules, side) => [policiesOf(rules, side)]);
    return {
      internal: each.some((policy) => policy.internal === 'Local') ? 'Local' : 'Cluster',
      external: each.some((policy) => policy.external === 'Local') ? 'Local' : 'Cluster',
      shown: this.#sides.some((side) => side.dispatches.length > 0),
    };
  }

  affinity(): Affinity | null {
    const [seconds] = this.#perFamily((rules) => {
      const { cluster, local } = this.shares(rules);
      return cluster.affinitySeconds ?? local.affinitySeconds ?? [];
    });
    return seconds === undefined ? null : { kind: 'ClientIP', seconds };
  }

  refusals(): readonly Refusal[] {
    return this.#perFamily((rules, { family, refusals }) => [
      ...refusals.map((each) => ({
        family,
        fate: each.fate,
        overtaking: overtakingOf(rules, each),
        at: each.at,
      })),
      ...this.#droppedByChain(rules),
    ]);
  }

  #droppedByChain(rules: FamilyRules): readonly Refusal[] {
    const { family, source } = rules;
    const chains = this.chains(family);
    const rule = chains.xlb === null ? null : markedToDrop(rules, chains.xlb);
    if (rule === null || chains.xlb === null || !chainsInUse(rules, chains).xlb) return [];
    return [{ family, fate: 'dropped', overtaking: null, at: placeOf(source, 'nat', chains.xlb, rule) }];
  }

  reached(family: Family): Reached {
    const rules = this.#drafts.rules.get(family);
    if (rules === undefined) return { cluster: false, local: false };
    const { svc, svl, xlb } = chainsInUse(rules, this.chains(family));
    return { cluster: svc, local: svl || xlb };
  }

  get leftOver(): boolean {
    return this.#sides.every(
      ({ family, dispatches, refusals }) =>
        dispatches.length === 0 && refusals.length === 0 && this.#drafts.rules.get(family)?.isPart !== true,
    );
  }

  chains(family: Family): ServiceChains {
    const nat = this.#drafts.rules.get(family)?.nat ?? null;
    if (nat === null) return NO_CHAINS;
    const named = (kind: ServiceChainKind): string | null => {
      const name = familyChainName(kind, this.key);
      return nat.chains.has(name) ? name : null;
    };
    return { svc: named('svc'), svl: named('svl'), ext: named('ext'), fw: named('fw'), xlb: named('xlb') };
  }

  /** How its chains of one family balance. */
  shares(rules: FamilyRules): PortShares {
    let shares = this.#shares.get(rules.family);
    if (shares === undefined) {
      shares = portShares(rules, this.key);
      this.#shares.set(rules.family, shares);
    }
    return shares;
  }

  get #sides(): readonly Side[] {
    return [...this.#draft.sides.values()];
  }

  #perFamily<Item>(find: (rules: FamilyRules, side: Side) => readonly Item[] | Item): readonly Item[] {
    return [...this.#drafts.rules.values()].flatMap((rules) => {
      const side = this.#draft.sides.get(rules.family);
      return side === undefined ? [] : find(rules, side);
    });
  }

  #spellingInChains(): string | null {
    for (const rule of this.#rulesInChains()) {
      const comment = readServiceComment(commentOf(rule));
      if (comment !== null) return comment.name;
    }
    return null;
  }

  #protocolInChains(spelling: string | null): string {
    const spellings = spelling === null ? [] : servicePortSpellings(spelling);
    for (const protocol of ['tcp', 'udp', 'sctp']) {
      if (spellings.some((each) => serviceSuffix(each, protocol) === this.key)) return protocol;
    }
    for (const rule of this.#rulesInChains()) {
      const protocol = protocolOf(rule);
      if (protocol !== null) return protocol;
    }
    return '';
  }

  *#rulesInChains(): Generator<Rule> {
    for (const rules of this.#drafts.rules.values()) {
      for (const kind of serviceChainKinds) {
        yield* rules.nat?.chains.get(familyChainName(kind, this.key))?.rules ?? [];
      }
    }
  }
}
