/** What a text of nftables names, and where: tables, chains, sets, maps, objects, flowtables, defines. */
import { lookup } from '../../text/lookup.ts';
import type { Element, Expression, Word } from '../../rules/nftables/expressions.ts';
import type { Command, SetDefinition, Table, TableItem } from '../../rules/nftables/nodes.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';
import { expressionsIn } from '../../rules/nftables/walk.ts';
import type { Span } from '../../text/span.ts';
import type { NftDocument } from './nftDocument.ts';

export type NameKind = 'table' | 'chain' | 'set' | 'object' | 'flowtable' | 'define';

/** A word that names something. */
export interface NamePlace {
  readonly kind: NameKind;
  /** `inet filter`; empty for a define. */
  readonly table: string;
  readonly name: string;
  readonly span: Span;
  readonly declares: boolean;
}

/** Every place, in the order of the text. What `$x` stands for is named where the define stands. */
export function namePlaces(document: NftDocument): readonly NamePlace[] {
  return document.keptOfNft.of(collected);
}

/** The place whose word holds `offset` (its end included); null where none does. */
export function namePlaceAt(document: NftDocument, offset: number): NamePlace | null {
  return namePlaces(document).find(({ span }) => span.start <= offset && offset <= span.end) ?? null;
}

/** All places that name the same as `place`. */
export function sameName(document: NftDocument, place: NamePlace): readonly NamePlace[] {
  return namePlaces(document).filter(
    (each) => each.kind === place.kind && each.table === place.table && each.name === place.name,
  );
}

function collected({ nft, text }: NftDocument): readonly NamePlace[] {
  const collector = new Collector(text);
  for (const define of nft.defines) collector.add('define', '', define.name, true);
  for (const { name, start, end } of nft.uses)
    collector.add('define', '', { text: name, quoted: false, start: start + 1, end }, false);
  for (const table of nft.tables) collector.takeTable(table);
  for (const command of nft.commands) collector.takeCommand(command);
  return collector.places.toSorted((one, other) => one.span.start - other.span.start);
}

const itemKinds: Readonly<Record<string, NameKind>> = lookup({
  chain: 'chain',
  rule: 'chain',
  set: 'set',
  map: 'set',
  element: 'set',
  meter: 'set',
  flowtable: 'flowtable',
});

class Collector {
  readonly places: NamePlace[] = [];
  readonly #text: string;
  readonly #seen = new Set<number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** A word that does not stand there as it is (what a define stands for) is left out. */
  add(kind: NameKind, table: string, { text, quoted, start, end }: Word, declares: boolean): void {
    const [from, to] = quoted ? [start + 1, end - 1] : [start, end];
    if (
      text === '' ||
      this.#seen.has(from) ||
      !this.#text.startsWith(text, from) ||
      to - from !== text.length
    )
      return;
    this.#seen.add(from);
    this.places.push({ kind, table, name: text, span: { start: from, end: to }, declares });
  }

  takeTable({ family, name, items }: Table): void {
    const table = `${family} ${name.text}`;
    this.add('table', table, name, true);
    for (const item of items) this.#takeItem(table, item);
  }

  takeCommand({ name: verb, object, family, table: word, target, rule, elements, item }: Command): void {
    if (word === null) return;
    const table = `${family} ${word.text}`;
    const makes = verb === 'add' || verb === 'create';
    this.add('table', table, word, makes && object === 'table');
    const kind = itemKinds[object ?? ''] ?? 'object';
    const declares = makes && object !== 'rule' && object !== 'element';
    if (target !== null) this.add(kind, table, target, declares);
    if (rule !== null) this.#takeRules(table, [rule]);
    this.#takeElements(table, elements, null);
    if (item !== null) this.#takeItem(table, item);
  }

  #takeItem(table: string, item: TableItem): void {
    if (item.kind === 'unknown') return;
    const kind = item.kind === 'object' ? 'object' : (itemKinds[item.kind] ?? 'object');
    this.add(kind, table, item.name, true);
    if (item.kind === 'chain') this.#takeRules(table, item.rules);
    if (item.kind === 'set' || item.kind === 'map') this.#takeElements(table, item.elements, item);
  }

  #takeRules(table: string, rules: readonly Rule[]): void {
    for (const { statements } of rules) {
      for (const statement of statements) this.#takeStatement(table, statement);
    }
  }

  #takeStatement(table: string, statement: Statement): void {
    switch (statement.kind) {
      case 'verdict':
        if (statement.target !== null) this.add('chain', table, statement.target, false);
        this.#takeRules(table, statement.rules ?? []);
        return;
      case 'dynamic':
        if (statement.operation !== 'meter') this.add('set', table, statement.set, false);
        break;
      case 'object':
        this.#takeObject(table, statement.type, statement.name);
        break;
      default:
    }
    for (const expression of expressionsIn(statement)) {
      if (statement.kind !== 'object' || statement.type !== 'flow') this.#takeExpression(table, expression);
    }
  }

  #takeObject(table: string, type: string, name: Expression): void {
    if (name.kind === 'reference') this.#reference(type === 'flow' ? 'flowtable' : 'set', table, name);
    if (name.kind === 'value') this.add('object', table, name, false);
    if (name.kind === 'map' && name.data.kind === 'set') this.#objectsIn(table, name.data.elements);
  }

  #objectsIn(table: string, elements: readonly Element[]): void {
    for (const { data } of elements) if (data?.kind === 'value') this.add('object', table, data, false);
  }

  #takeElements(table: string, elements: readonly Element[], set: SetDefinition | null): void {
    const isOfObjects = set?.data?.kind === 'value' && objectData.has(set.data.text);
    if (isOfObjects) this.#objectsIn(table, elements);
    for (const element of elements) {
      for (const expression of expressionsIn(element)) this.#takeExpression(table, expression);
    }
  }

  #takeExpression(table: string, expression: Expression): void {
    if (expression.kind === 'reference') this.#reference('set', table, expression);
    if (expression.kind === 'verdict' && expression.target !== null)
      this.add('chain', table, expression.target, false);
  }

  /** `@blocked` */
  #reference(kind: NameKind, table: string, { name, start, end }: { readonly name: string } & Span): void {
    this.add(kind, table, { text: name, quoted: false, start: start + 1, end }, false);
  }
}

const objectData: ReadonlySet<string> = new Set(['counter', 'quota', 'limit', 'synproxy', 'secmark']);
