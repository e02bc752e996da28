/** How a chain of a Service port shares its connections among endpoints. */
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import type { Ruleset } from '../../../rules/nftables/nodes.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { NatStatement, Rule } from '../../../rules/nftables/statements.ts';
import { targetOf, targetOfElement } from '../../../rules/nftables/ways.ts';
import { marks } from './conditions.ts';
import { atOf } from './dispatches.ts';
import { readPortChain } from './names.ts';

export interface Balanced {
  readonly address: string;
  readonly port: number | null;
  /** Its chain, else where it is translated to: `10.244.1.5:8080`. */
  readonly label: string;
  /** Of new connections without a remembered client; null where a condition leaves it open. */
  share: number | null;
  /** Whether its own chain marks what comes from it. */
  readonly marksItself: boolean;
  /** The rule that translates to it, or the element of a map that says so. */
  readonly at: RuleAt;
}

export interface Balance {
  readonly endpoints: ReadonlyMap<string, Balanced>;
  /** Seconds; null where no client is remembered. */
  readonly affinity: number | null;
}

/** What the kernel does with packets that come into the chain, rule by rule. */
export function balanceOf(ruleset: Ruleset, chain: PlacedChain): Balance {
  const reader = new BalanceReader(ruleset, chain);
  reader.read();
  return reader;
}

/** A rule's matches that say who sends, or anything but the protocol. */
function isConditional({ statements }: Rule): boolean {
  return statements.some(
    (each) => each.kind === 'match' && !(each.left.kind === 'meta' && each.left.key === 'l4proto'),
  );
}

class BalanceReader implements Balance {
  readonly endpoints = new Map<string, Balanced>();
  affinity: number | null = null;
  readonly #ruleset: Ruleset;
  readonly #chain: PlacedChain;
  /** Of new connections what no rule took yet; null behind a rule whose share is open. */
  #left: number | null = 1;

  constructor(ruleset: Ruleset, chain: PlacedChain) {
    this.#ruleset = ruleset;
    this.#chain = chain;
  }

  read(): void {
    for (const [index, rule] of this.#chain.rules.entries()) {
      const remembered = this.#rememberedBy(rule);
      const found = this.#endpointsOf(rule, index);
      if (remembered !== null) this.affinity = remembered;
      if (found.length === 0) continue;
      const isOpen = remembered === null && isConditional(rule);
      for (const { endpoint, part } of found) {
        const share =
          remembered !== null ? 0 : isOpen || part === null || this.#left === null ? null : this.#left * part;
        this.#add(endpoint, share);
      }
      if (isOpen) this.#left = null;
      else if (remembered === null) this.#left = 0;
    }
  }

  #add(endpoint: Omit<Balanced, 'share'>, share: number | null): void {
    const known = this.endpoints.get(endpoint.label);
    if (known === undefined) this.endpoints.set(endpoint.label, { ...endpoint, share });
    else known.share = known.share === null || share === null ? null : known.share + share;
  }

  /** For how many seconds the clients of a set keep the endpoint of a rule; null for a rule that asks no such set. */
  #rememberedBy({ statements }: Rule): number | null {
    for (const each of statements) {
      if (each.kind !== 'match' || each.right.kind !== 'reference' || each.operator !== '==') continue;
      if (each.left.kind !== 'payload' || each.left.field !== 'saddr') continue;
      const set = setNamed(this.#ruleset, this.#chain.table, each.right.name);
      if (set?.timeout != null) return set.timeout;
    }
    return null;
  }

  /** To whom a rule hands packets, each with its part of them; null for a part that is not known. */
  #endpointsOf(rule: Rule, index: number): readonly Handed[] {
    const own = (statement: NatStatement, element: Element | null): Omit<Balanced, 'share'> | null =>
      translated(statement, element, this.#chain, rule, index);
    for (const statement of rule.statements) {
      if (statement.kind === 'vmap') return this.#ofMap(statement.key, statement.data);
      if (statement.kind === 'dnat')
        return natTargets(statement).flatMap(({ element, part }) => {
          const endpoint = own(statement, element);
          return endpoint === null ? [] : [{ endpoint, part }];
        });
    }
    const target = targetOf(this.#ruleset, this.#chain, rule, index);
    const endpoint = target === null ? null : endpointOfChain(target);
    return endpoint === null ? [] : [{ endpoint, part: 1 }];
  }

  #ofMap(key: Expression, data: Extract<Expression, { kind: 'set' | 'reference' }>): readonly Handed[] {
    const elements =
      data.kind === 'set'
        ? data.elements
        : (setNamed(this.#ruleset, this.#chain.table, data.name)?.elements ?? []);
    return elements.flatMap((element) => {
      const target = targetOfElement(this.#ruleset, this.#chain, element);
      const endpoint = target === null ? null : endpointOfChain(target);
      return endpoint === null ? [] : [{ endpoint, part: partOf(key, element) }];
    });
  }
}

interface Handed {
  readonly endpoint: Omit<Balanced, 'share'>;
  readonly part: number | null;
}

/** The elements among which a translation picks; one without an element where it names its target. */
function natTargets({
  address,
}: NatStatement): readonly { readonly element: Element | null; readonly part: number | null }[] {
  if (address?.kind !== 'map') return [{ element: null, part: 1 }];
  if (address.data.kind !== 'set') return [];
  return address.data.elements.map((element) => ({ element, part: partOf(address.key, element) }));
}

/** How much of what `numgen random mod N` gives is an element's; null for another key. */
function partOf(key: Expression, { key: own }: Element): number | null {
  if (key.kind !== 'numgen') return null;
  if (own.kind === 'value') return 1 / key.mod;
  if (own.kind !== 'range' || own.from.kind !== 'value' || own.to.kind !== 'value') return null;
  return (Number(own.to.value) - Number(own.from.value) + 1) / key.mod;
}

/** `dnat to 10.244.1.5:8080`; with an element what that names: `10.244.1.5 . 8080`. Null where no address shows. */
function translated(
  { address, port }: NatStatement,
  element: Element | null,
  chain: PlacedChain,
  rule: Rule,
  index: number,
): Omit<Balanced, 'share'> | null {
  const end = element === null ? endOf(address, port) : endOf(element.data, port);
  if (end === null) return null;
  return { ...end, label: labelOf(end), marksItself: false, at: atOf(chain, index, element ?? rule) };
}

/** Where packets are translated to. */
export interface End {
  readonly address: string;
  readonly port: number | null;
}

/** Of `10.244.1.5 . 8080`, or of an address with a port beside it; null where no address shows. */
export function endOf(address: Expression | null, port: Expression | null): End | null {
  const [host, own] = address?.kind === 'concat' ? address.parts : [address, port];
  if (host?.kind !== 'value') return null;
  return { address: host.text, port: own?.kind === 'value' ? Number(own.value) : null };
}

export function labelOf({ address, port }: End): string {
  return `${address.includes(':') ? `[${address}]` : address}${port === null ? '' : `:${port}`}`;
}

/** The endpoint that a chain of its own translates to; null for any other chain. */
function endpointOfChain(chain: PlacedChain): Omit<Balanced, 'share'> | null {
  if (readPortChain(chain.name)?.kind !== 'endpoint') return null;
  const marksItself = chain.rules.some((rule) => marks(rule));
  for (const [index, rule] of chain.rules.entries()) {
    for (const statement of rule.statements) {
      if (statement.kind !== 'dnat') continue;
      const own = translated(statement, null, chain, rule, index);
      if (own !== null) return { ...own, label: chain.name, marksItself };
    }
  }
  return null;
}
