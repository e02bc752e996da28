/** What a script leaves on a node that had none of its tables: what its commands add, move and take out, in their order (nft(8)). */
import { tableName } from './chains.ts';
import type { Element, Word } from './expressions.ts';
import type { Chain, Command, Ruleset, SetDefinition, Table, TableItem } from './nodes.ts';
import { printExpression } from './printing/expressions.ts';
import type { Rule } from './statements.ts';

const known = new WeakMap<Ruleset, Ruleset>();

/** The ruleset itself where no command changes its tables, as in a listing. Made once of a ruleset. */
export function appliedRuleset(ruleset: Ruleset): Ruleset {
  if (!ruleset.commands.some(({ name }) => changing.has(name))) return ruleset;
  let applied = known.get(ruleset);
  if (applied === undefined) known.set(ruleset, (applied = apply(ruleset)));
  return applied;
}

const changing: ReadonlySet<string> = new Set(
  'add create insert replace delete destroy flush rename'.split(' '),
);

function apply(ruleset: Ruleset): Ruleset {
  const state = new State(ruleset.text);
  const parts = [...ruleset.tables, ...ruleset.commands].toSorted((one, other) => one.start - other.start);
  for (const part of parts) {
    if ('items' in part) state.open(part);
    else state.run(part);
  }
  return { ...ruleset, tables: state.tables, unapplied: state.unapplied };
}

interface Draft {
  readonly table: Table;
  /** By what an item is and its name; sets and maps share their names. */
  readonly items: Map<string, TableItem>;
}

class State {
  readonly unapplied: Command[] = [];
  readonly #text: string;
  readonly #drafts = new Map<string, Draft>();

  constructor(text: string) {
    this.#text = text;
  }

  get tables(): readonly Table[] {
    return [...this.#drafts.values()].map(({ table, items }) => ({ ...table, items: [...items.values()] }));
  }

  /** A block adds to what is there of the table. */
  open(table: Table): void {
    const draft = this.#draft(table);
    for (const item of table.items) put(draft, item);
  }

  #draft(table: Table): Draft {
    const name = tableName(table);
    const found = this.#drafts.get(name);
    if (found !== undefined) return found;
    const made: Draft = { table, items: new Map() };
    this.#drafts.set(name, made);
    return made;
  }

  run(command: Command): void {
    const { name: verb, object, family, table } = command;
    if (!changing.has(verb)) return;
    if (object === 'ruleset') this.#flushAll(command);
    if (table === null) return;
    const name = tableName({ family, name: table });
    if (object !== 'table') {
      const draft = this.#drafts.get(name);
      if (draft !== undefined && !change(draft, command)) this.unapplied.push(command);
    } else if (verb === 'delete' || verb === 'destroy') this.#drafts.delete(name);
    else if (verb === 'flush') flushChains(this.#drafts.get(name));
    else this.#draft(tableOf(command, table));
  }

  /** `flush ruleset`, or `flush ruleset ip6` */
  #flushAll({ start, end }: Command): void {
    const [, family] = /\bruleset\s+(\w+)/.exec(this.#text.slice(start, end)) ?? [];
    for (const [name, { table }] of this.#drafts)
      if (family === undefined || family === table.family) this.#drafts.delete(name);
  }
}

function tableOf({ family, start, end }: Command, name: Word): Table {
  return { family, name, handle: null, flags: [], comment: null, items: [], start, end };
}

function flushChains(draft: Draft | undefined): void {
  for (const [key, item] of draft?.items ?? [])
    if (item.kind === 'chain') draft?.items.set(key, { ...item, rules: [] });
}

function keyOf(item: TableItem): string {
  switch (item.kind) {
    case 'unknown':
      return `unknown ${item.start}`;
    case 'object':
      return `${item.type} ${item.name.text}`;
    default:
      return keyOfNamed(item.kind, item.name.text);
  }
}

function keyOfNamed(kind: string, name: string): string {
  return `${kind === 'map' ? 'set' : kind} ${name}`;
}

/** What is there already gets more rules, or elements. */
function put({ items }: Draft, item: TableItem): void {
  const key = keyOf(item);
  const before = items.get(key);
  if (item.kind === 'chain' && before?.kind === 'chain') items.set(key, joinedChain(before, item));
  else if ((item.kind === 'set' || item.kind === 'map') && (before?.kind === 'set' || before?.kind === 'map'))
    items.set(key, { ...before, elements: [...before.elements, ...item.elements] });
  else items.set(key, item);
}

function joinedChain(before: Chain, { base, policy, rules }: Chain): Chain {
  return {
    ...before,
    base: base ?? before.base,
    policy: policy ?? before.policy,
    rules: [...before.rules, ...rules],
  };
}

/** False where the command names a rule that is not to be found in this text. */
function change(draft: Draft, command: Command): boolean {
  const { name: verb, object, target, item } = command;
  if (target === null || object === null) return true;
  const key = keyOfNamed(object, target.text);
  if (object === 'rule') return changeRules(draft, target, command);
  if (object === 'element') changeElements(draft, target, command);
  else if (verb === 'delete' || verb === 'destroy') draft.items.delete(key);
  else if (verb === 'flush') flush(draft, key);
  else if (verb === 'rename') rename(draft, key, command);
  else if (item !== null) put(draft, item);
  else if (object === 'chain') put(draft, chainOf(command, target));
  return true;
}

function chainOf({ start, end }: Command, name: Word): Chain {
  const none = { handle: null, base: null, policy: null, flags: [], comment: null, rules: [] };
  return { kind: 'chain', name, ...none, start, end };
}

function flush({ items }: Draft, key: string): void {
  const item = items.get(key);
  if (item?.kind === 'chain') items.set(key, { ...item, rules: [] });
  if (item?.kind === 'set' || item?.kind === 'map') items.set(key, { ...item, elements: [] });
}

function rename({ items }: Draft, key: string, { word }: Command): void {
  const item = items.get(key);
  if (item?.kind !== 'chain' || word === null) return;
  const renamed = [...items.values()].map((each) => (each === item ? { ...item, name: word } : each));
  items.clear();
  for (const each of renamed) items.set(keyOf(each), each);
}

function changeRules({ items }: Draft, name: Word, command: Command): boolean {
  const key = keyOfNamed('chain', name.text);
  const chain = items.get(key);
  if (chain?.kind !== 'chain') return true;
  const rules = changedRules(chain.rules, command);
  if (rules !== null) items.set(key, { ...chain, rules });
  return rules !== null;
}

function changedRules(rules: readonly Rule[], command: Command): readonly Rule[] | null {
  const { name: verb, rule, position } = command;
  const at = position === null ? null : placeOf(rules, position);
  if (at === -1) return null;
  const own = rule === null ? [] : [rule];
  switch (verb) {
    case 'insert':
      return rules.toSpliced(at ?? 0, 0, ...own);
    case 'replace':
    case 'delete':
    case 'destroy':
      return at === null ? null : rules.toSpliced(at, 1, ...own);
    default:
      return rules.toSpliced(at === null ? rules.length : at + 1, 0, ...own);
  }
}

/** -1 where no rule is there. */
function placeOf(rules: readonly Rule[], { by, number }: NonNullable<Command['position']>): number {
  if (by === 'index') return number < rules.length ? number : -1;
  return rules.findIndex(({ handle }) => handle === number);
}

function changeElements({ items }: Draft, name: Word, { name: verb, elements }: Command): void {
  const key = keyOfNamed('set', name.text);
  const set = items.get(key);
  if (set?.kind !== 'set' && set?.kind !== 'map') return;
  items.set(key, { ...set, elements: changedElements(set, verb, elements) });
}

function changedElements(
  { elements }: SetDefinition,
  verb: string,
  own: readonly Element[],
): readonly Element[] {
  if (verb !== 'delete' && verb !== 'destroy') return [...elements, ...own];
  const gone = new Set(own.map(({ key }) => printExpression(key)));
  return elements.filter(({ key }) => !gone.has(printExpression(key)));
}
