/** The maps and rules of kube-proxy's table by which packets come to a Service port, or are refused. */
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import { readPortChain } from './names.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import type { Ruleset } from '../../../rules/nftables/nodes.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { MatchStatement, Rule, Statement } from '../../../rules/nftables/statements.ts';
import { elementsOf, targetOf, targetOfElement } from '../../../rules/nftables/ways.ts';
import { NFT } from '../../nftSource.ts';
import { partsOf, type Place, placeOfElement } from './places.ts';

/** An element that sends packets for a place on. */
export interface Dispatch {
  readonly place: Place;
  /** Null where the element itself says to whom the packet is translated. */
  readonly chain: PlacedChain | null;
  /** Of one without a chain: `10.244.1.5 . 8080`. */
  readonly endpoint: Expression | null;
  /** `default/web:http`, where the element's comment says so; else empty. */
  readonly comment: string;
  /** What the rule of the map asks before it looks into it. */
  readonly conditions: readonly MatchStatement[];
  /** The rules before it that a packet for the place meets. */
  readonly before: readonly Rule[];
  readonly at: RuleAt;
}

/** An element that answers in the endpoints' place. */
export interface Refused {
  readonly place: Place;
  readonly fate: 'rejected' | 'dropped';
  readonly comment: string;
  readonly at: RuleAt;
}

/** An element that asks for the source of packets to a load balancer. */
export interface Guarded {
  readonly place: Place;
  readonly chain: PlacedChain;
}

export interface Dispatches {
  readonly dispatches: readonly Dispatch[];
  readonly refused: readonly Refused[];
  readonly guarded: readonly Guarded[];
}

/** Of the chains that are reached from `bases`, which are those of one table. Each chain is looked at once. */
export function dispatchesIn(ruleset: Ruleset, bases: readonly PlacedChain[]): Dispatches {
  const walk = new Walk(ruleset);
  for (const base of bases) walk.enter(base, base.base?.type.text === 'nat', []);
  return walk;
}

class Walk implements Dispatches {
  readonly dispatches: Dispatch[] = [];
  readonly refused: Refused[] = [];
  readonly guarded: Guarded[] = [];
  readonly #ruleset: Ruleset;
  readonly #seen = new Set<PlacedChain>();

  constructor(ruleset: Ruleset) {
    this.#ruleset = ruleset;
  }

  enter(chain: PlacedChain, isNat: boolean, above: readonly Rule[]): void {
    if (this.#seen.has(chain) || readPortChain(chain.name) !== null) return;
    this.#seen.add(chain);
    for (const [index, rule] of chain.rules.entries()) {
      const before = [...above, ...chain.rules.slice(0, index)];
      const target = targetOf(this.#ruleset, chain, rule, index);
      if (target !== null) this.enter(target, isNat, before);
      const conditions = rule.statements.filter((each) => each.kind === 'match');
      const spot = { chain, index, before, conditions };
      const look = lookUpOf(rule);
      const parts = look === null ? null : partsOf(look.key);
      if (parts === null) continue;
      for (const element of this.#elements(chain, rule)) {
        const place = placeOfElement(parts, element);
        if (place !== null) this.#take(place, element, spot, isNat);
      }
    }
  }

  #elements(chain: PlacedChain, rule: Rule): readonly Element[] {
    const ofMap = elementsOf(this.#ruleset, chain, rule);
    if (ofMap !== null) return ofMap;
    const data = lookUpOf(rule)?.data;
    if (data === undefined) return [];
    return data.kind === 'set'
      ? data.elements
      : (setNamed(this.#ruleset, chain.table, data.name)?.elements ?? []);
  }

  #take(place: Place, element: Element, { chain, index, before, conditions }: Spot, isNat: boolean): void {
    const at = atOf(chain, index, element);
    const comment = element.comment?.text ?? '';
    const target = targetOfElement(this.#ruleset, chain, element);
    if (isNat) {
      const isChain = element.data?.kind === 'verdict';
      if (isChain && target === null) return;
      const endpoint = isChain ? null : element.data;
      this.dispatches.push({ place, chain: target, endpoint, comment, conditions, before, at });
    } else if (target !== null && readPortChain(target.name)?.kind === 'firewall') {
      this.guarded.push({ place, chain: target });
    } else {
      const fate = fateOf(element, target);
      if (fate !== null) this.refused.push({ place, fate, comment, at });
    }
  }
}

interface Spot {
  readonly chain: PlacedChain;
  readonly index: number;
  readonly before: readonly Rule[];
  readonly conditions: readonly MatchStatement[];
}

/** The map that a rule looks a place up in, for a verdict or for whom to translate to. */
function lookUpOf({ statements }: Rule): Pick<Extract<Statement, { kind: 'vmap' }>, 'key' | 'data'> | null {
  for (const statement of statements) {
    if (statement.kind === 'vmap') return statement;
    if (statement.kind === 'dnat' && statement.address?.kind === 'map') return statement.address;
  }
  return null;
}

function fateOf({ data }: Element, target: PlacedChain | null): Refused['fate'] | null {
  if (data?.kind === 'verdict' && data.verdict === 'drop') return 'dropped';
  const statements = target?.rules.flatMap((rule) => rule.statements) ?? [];
  if (statements.some(({ kind }) => kind === 'reject')) return 'rejected';
  const drops = statements.some((each) => each.kind === 'verdict' && each.verdict === 'drop');
  return drops ? 'dropped' : null;
}

/** A place in the rules, told by an element or a rule. */
export function atOf(
  { table, name }: PlacedChain,
  index: number,
  { start, end }: { readonly start: number; readonly end: number },
): RuleAt {
  return { source: NFT, table, chain: name, index, span: { start, end } };
}
