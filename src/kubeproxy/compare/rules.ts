/** What differs in the rules beside what the catalogs say of Services: chains, policies, anybody's rules. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import { countOf } from '../../rules/iptables/compact/compactTable.ts';
import { isStateful, ruleMeaning } from '../../rules/iptables/meaning.ts';
import type { Chain, Rule, Table } from '../../rules/iptables/nodes.ts';
import { printRule } from '../../rules/iptables/printer.ts';
import { plural } from '../narrative/words.ts';
import { tableNamed } from '../rulesets.ts';
import type { SourceSpan } from '../sources.ts';
import { targetNameOf } from '../words/ruleView.ts';
import { type Change, placesOn, type Side } from './change.ts';
import { compareEntries, type Entry, type RulePair } from './chainRules.ts';
import { chainTexts, textsWithout } from './chainTexts.ts';
import { movesThatMatter } from './order.ts';
import type { ChainPair, RulesDifference } from './rulesDifference.ts';
import { handsOn, isBalancing, isPortsOwn, portOfRule, sharedNames } from './serviceRules.ts';
import type { StateRules } from './familyDifference.ts';

/** One state of one family's rules. */
export interface State extends StateRules {
  readonly side: Side;
}

export interface RulesCompared {
  readonly changes: readonly Change[];
  /** Rules that stand in both. */
  readonly same: number;
}

/** What of the rules is compared. */
export interface Extent {
  /** Those that both states show. */
  readonly tables: readonly string[];
  /** By id: ports of which the catalogs say the same. */
  readonly samePorts: ReadonlySet<string>;
  /** Where the rules of the two states differ. */
  readonly difference: RulesDifference;
  /** Which of the states are parts: what they lack may be there all the same. */
  readonly parts: readonly Side[];
}

export function compareRules(before: State, after: State, extent: Extent): RulesCompared {
  const comparing = new Comparing(before, after, extent);
  for (const table of extent.tables) comparing.table(table);
  return comparing.result();
}

/** A rule, and where it stands. */
interface Placed {
  readonly rule: Rule;
  readonly at: RuleAt;
}

class Comparing {
  readonly #before: State;
  readonly #after: State;
  readonly #extent: Extent;
  readonly #names: Readonly<Record<Side, (chain: string) => string>>;
  readonly #ofPorts: Readonly<Record<Side, Map<string, Placed[]>>> = { before: new Map(), after: new Map() };
  readonly #changes: Change[] = [];
  #same = 0;

  constructor(before: State, after: State, extent: Extent) {
    this.#before = before;
    this.#after = after;
    this.#extent = extent;
    this.#names = { before: namesOf(before), after: namesOf(after) };
  }

  result(): RulesCompared {
    this.#compareRulesOfPorts();
    return { changes: this.#changes, same: this.#same };
  }

  table(name: string): void {
    const found = this.#extent.difference.get(name);
    this.#same += found?.same ?? 0;
    for (const pair of found?.pairs ?? []) {
      if (this.#extent.parts.length === 0 || (hasRules(pair.before) && hasRules(pair.after)))
        this.#chain(name, pair);
    }
  }

  #chain(table: string, { name, before: old, after: now, alike }: ChainPair): void {
    const isOwn = isPortsOwn(table, name);
    if (!isOwn && !builtInChains.get(table)?.has(name)) {
      if (old === null && now !== null) return this.#wholeChain('after', table, now);
      if (now === null && old !== null) return this.#wholeChain('before', table, old);
    }
    this.#policy(table, old, now);
    if (alike) {
      this.#same += now === null ? 0 : countOf(now);
      return;
    }
    const texts = [
      chainTexts(this.#before.source.ruleset, old),
      chainTexts(this.#after.source.ruleset, now),
    ] as const;
    const difference = compareEntries(
      this.#entries('before', table, old, texts[0], textsWithout(texts[0], texts[1])),
      this.#entries('after', table, now, texts[1], textsWithout(texts[1], texts[0])),
    );
    const { added, removed, moved, stayed } = difference;
    const matter = movesThatMatter(moved, stayed);
    this.#same += stayed.length + moved.length;
    for (const rule of added) this.#rule('after', table, rule);
    for (const rule of removed) this.#rule('before', table, rule);
    for (const pair of matter) this.#moved(table, pair);
  }

  /**
   * The rules of a chain but those that only count, and those of Service ports, which are put aside: of these one entry for
   * each stretch.
   */
  #entries(
    side: Side,
    table: string,
    chain: Chain | null,
    texts: readonly string[],
    changed: readonly number[],
  ): readonly Entry[] {
    const { analysis } = this.#state(side);
    const entries: Entry[] = [];
    const isChanged = new Set(changed);
    for (const [index, rule] of (chain?.rules ?? []).entries()) {
      if (!isChanged.has(index) && handsOn(texts[index] ?? '')) {
        this.#same += side === 'after' ? 1 : 0;
        if (entries.at(-1) !== SERVICE_RULES) entries.push(SERVICE_RULES);
        continue;
      }
      if (rule.target === null && !isStateful(rule)) continue;
      const at = this.#at(side, table, rule);
      const port = portOfRule(analysis, at, rule);
      if (port === null) entries.push({ meaning: ruleMeaning(rule, this.#names[side]), rule });
      else {
        if (!isBalancing(rule.chain.text, rule)) this.#putAside(side, port.id, { rule, at });
        if (entries.at(-1) !== SERVICE_RULES) entries.push(SERVICE_RULES);
      }
    }
    return entries;
  }

  #putAside(side: Side, port: string, placed: Placed): void {
    const known = this.#ofPorts[side].get(port);
    if (known === undefined) this.#ofPorts[side].set(port, [placed]);
    else known.push(placed);
  }

  /** Rules of ports of which the catalogs say the same: whatever differs all the same is no matter of theirs. */
  #compareRulesOfPorts(): void {
    const { before, after } = this.#ofPorts;
    for (const port of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(port) ?? [], after.get(port) ?? []];
      const later = new Map<string, Placed[]>();
      for (const placed of now) listIn(later, this.#meaning('after', placed)).push(placed);
      const gone = old.filter((placed) => later.get(this.#meaning('before', placed))?.pop() === undefined);
      const come = [...later.values()].flat();
      this.#same += old.length - gone.length;
      if (!this.#extent.samePorts.has(port)) continue;
      for (const { rule, at } of gone) this.#rule('before', at.table, rule);
      for (const { rule, at } of come) this.#rule('after', at.table, rule);
    }
  }

  /** Within the rules of one port: the chain counts by its name in both states. */
  #meaning(side: Side, { rule, at }: Placed): string {
    return `${at.table} ${this.#names[side](at.chain)} ${ruleMeaning(rule, this.#names[side])}`;
  }

  /** A rule that `side` alone has. */
  #rule(side: Side, table: string, rule: Rule): void {
    if (this.#extent.parts.includes(side === 'after' ? 'before' : 'after')) return;
    const at = this.#at(side, table, rule);
    const printed = printRule(rule).replace(/^\[\d+:\d+\] /u, '');
    this.#changes.push({
      kind: side === 'after' ? 'rule-added' : 'rule-removed',
      service: this.#serviceOf(side, at),
      what: `${this.#chainWords(table, at.chain)}, rule ${at.index + 1}`,
      before: side === 'before' ? printed : null,
      after: side === 'after' ? printed : null,
      places: placesOn(side, [at]),
    });
  }

  #moved(table: string, { before, after }: RulePair): void {
    const [old, now] = [this.#at('before', table, before), this.#at('after', table, after)];
    this.#changes.push({
      kind: 'rule-moved',
      service: this.#serviceOf('after', now),
      what: `${this.#chainWords(table, now.chain)}: ${printRule(after).replace(/^(?:\[\d+:\d+\] )?-A \S+ ?/u, '')}`,
      before: `rule ${old.index + 1}`,
      after: `rule ${now.index + 1}`,
      places: [...placesOn('before', [old]), ...placesOn('after', [now])],
    });
  }

  /** Of a chain that one state has: empty, and led to by nothing, it changes nothing. */
  #wholeChain(side: Side, table: string, chain: Chain): void {
    const { ruleset, id } = this.#state(side).source;
    if (chain.rules.length === 0 && !isLedTo(tableNamed(ruleset, table), chain.name)) return;
    const words = plural(chain.rules.length, 'rule');
    const at = chain.declaration ?? chain.rules[0];
    this.#changes.push({
      kind: side === 'after' ? 'chain-added' : 'chain-removed',
      service: null,
      what: this.#chainWords(table, chain.name),
      before: side === 'before' ? words : null,
      after: side === 'after' ? words : null,
      places:
        at === undefined ? [] : placesOn(side, [{ source: id, span: { start: at.start, end: at.end } }]),
    });
  }

  #policy(table: string, old: Chain | null, now: Chain | null): void {
    const [before, after] = [policyOf(old), policyOf(now)];
    const name = now?.name ?? old?.name ?? '';
    if (before === after || before === null || after === null) return;
    this.#changes.push({
      kind: 'chain-policy-changed',
      service: null,
      what: this.#chainWords(table, name),
      before,
      after,
      places: [
        ...placesOn('before', [placeOfDeclaration(this.#before, old)]),
        ...placesOn('after', [placeOfDeclaration(this.#after, now)]),
      ],
    });
  }

  /** `filter FORWARD`, `IPv6 filter FORWARD` */
  #chainWords(table: string, chain: string): string {
    const isSixth = this.#after.source.families.includes(6);
    return `${isSixth ? 'IPv6 ' : ''}${table} ${chain}`;
  }

  #serviceOf(side: Side, at: RuleAt): string | null {
    return this.#state(side).analysis.catalog.ofRule(at)?.name ?? null;
  }

  #state(side: Side): State {
    return side === 'before' ? this.#before : this.#after;
  }

  #at(side: Side, table: string, rule: Rule): RuleAt {
    const { source } = this.#state(side);
    return {
      source: source.id,
      table,
      chain: rule.chain.text,
      index: rule.index,
      span: { start: rule.start, end: rule.end },
    };
  }
}

/** What the kernel gives a chain of a table that nobody has touched; null where a chain's rules stand without its declaration. */
function policyOf(chain: Chain | null): string | null {
  return chain === null ? 'ACCEPT' : (chain.declaration?.policy?.text ?? null);
}

function placeOfDeclaration({ source }: State, chain: Chain | null): SourceSpan | null {
  if (!chain?.declaration) return null;
  const { start, end } = chain.declaration;
  return { source: source.id, span: { start, end } };
}

function hasRules(chain: Chain | null): boolean {
  return chain !== null && countOf(chain) > 0;
}

const SERVICE_RULES: Entry = { meaning: 'rules of Services', rule: null };

function namesOf({ analysis, source }: State): (chain: string) => string {
  const [family = 4] = source.families;
  return sharedNames(analysis, family);
}

function listIn<Key, Item>(map: Map<Key, Item[]>, key: Key): Item[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const list: Item[] = [];
  map.set(key, list);
  return list;
}

function isLedTo(table: Table | null, name: string): boolean {
  return [...(table?.chains.values() ?? [])].some(({ rules }) =>
    rules.some((rule) => targetNameOf(rule) === name),
  );
}
