/** Reads `nft -j list ruleset` into the tree of `parser.ts`; spans are those of the JSON. */
import type { Problem, Ruleset, Table } from './nodes.ts';
import type { Statement } from './statements.ts';
import { type TableDraft, takeChain, takeOther, takeSet } from './json/items.ts';
import { statementOf } from './json/statements.ts';
import {
  field,
  itemsOf,
  type Json,
  numberOf,
  only,
  readJson,
  spanOf,
  textOf,
  textsOf,
  wordOf,
} from './json/tokens.ts';
import { readRuleAlone } from './parser.ts';

/** Never throws. A text that is no such JSON has no tables, and one problem. */
export function parseRulesetJson(text: string): Ruleset {
  const { json, wrong } = readJson(text);
  const listed = field(json, 'nftables');
  const reader = new JsonReader();
  for (const span of wrong) reader.problems.push({ code: 'not-json', ...span });
  if (listed === null) reader.problems.push({ code: 'not-json', start: 0, end: text.length });
  for (const item of itemsOf(listed)) reader.take(item);
  const { tables, problems } = reader;
  return { text, tables, commands: [], unapplied: [], defines: [], uses: [], problems };
}

class JsonReader {
  readonly problems: Problem[] = [];
  readonly #tables = new Map<string, TableDraft>();

  /** What stands in a table, in nft's own order of text: sets and objects before chains. */
  get tables(): readonly Table[] {
    return [...this.#tables.values()].map(({ chains, items, ...table }) => ({
      ...table,
      items: [...items, ...chains.values()],
    }));
  }

  take(json: Json): void {
    const [name, value] = only(json) ?? [];
    if (name === 'metainfo') return;
    if (name === undefined || value === undefined || !this.#takeNamed(name, value)) {
      this.problems.push({ code: 'unknown-item', ...spanOf(json) });
    }
  }

  #takeNamed(kind: string, value: Json): boolean {
    const family = textOf(field(value, 'family'));
    const name = textOf(field(value, kind === 'table' ? 'name' : 'table'));
    if (family === null || name === null) return false;
    const mayBegin = kind === 'table' || kind === 'chain';
    const known = this.#tables.get(`${family} ${name}`);
    const table = known ?? (mayBegin ? this.#begin(family, name, value, kind === 'table') : null);
    if (table === null) return false;
    switch (kind) {
      case 'table':
        return true;
      case 'chain':
        return takeChain(table, value);
      case 'rule':
        return this.#takeRule(table, value);
      case 'set':
      case 'map':
        return takeSet(table, kind, value);
      default:
        return takeOther(table, kind, value);
    }
  }

  /** `isOwn`: the value is the table's; a chain listed alone begins its table as well. */
  #begin(family: string, name: string, value: Json, isOwn: boolean): TableDraft {
    const word = wordOf(field(value, isOwn ? 'name' : 'table')) ?? {
      text: name,
      quoted: false,
      ...spanOf(value),
    };
    const own = isOwn ? value : null;
    const draft: TableDraft = {
      family,
      name: word,
      handle: numberOf(field(own, 'handle')),
      // nft 1.0.6 prints a table's name in place of its flags.
      flags: textsOf(field(own, 'flags')).filter((each) => each !== name),
      comment: wordOf(field(own, 'comment'), true),
      items: [],
      chains: new Map(),
      ...spanOf(value),
    };
    this.#tables.set(`${family} ${name}`, draft);
    return draft;
  }

  #takeRule(table: TableDraft, value: Json): boolean {
    const chain = table.chains.get(textOf(field(value, 'chain')) ?? '');
    if (chain === undefined) return false;
    const statements = itemsOf(field(value, 'expr')).flatMap((each) => this.#statements(each, table.family));
    const [handle, comment] = [numberOf(field(value, 'handle')), wordOf(field(value, 'comment'), true)];
    chain.rules.push({ statements, comment, handle, ...spanOf(value) });
    return true;
  }

  #statements(json: Json, family: string): readonly Statement[] {
    const text = textOf(json);
    const found = text === null ? statementOf(json, family) : null;
    if (found !== null) return [found];
    const alone = text === null ? null : readRuleAlone(text, spanOf(json));
    if (alone !== null) return alone;
    this.problems.push({ code: 'unknown-statement', ...spanOf(json) });
    return [{ kind: 'unknown', ...spanOf(json) }];
  }
}
