/** Makes the nodes of lines when they are asked for; a rule and a declaration stay the same object. */
import type { ChainDeclaration, Commit, Rule, Statement, TableStart } from '../nodes.ts';
import { readDeclaration } from '../parsing/declaration.ts';
import { RuleNode, RuleSource } from '../parsing/ruleNode.ts';
import { WordNode } from '../scanner/wordScanner.ts';
import type { CompactLines, Section } from './compactReader.ts';
import { LineKind, type LineTable } from './lineTable.ts';

const PAGE_BITS = 8;
const PAGE_MASK = (1 << PAGE_BITS) - 1;

export class CompactNodes {
  readonly text: string;
  readonly lines: LineTable;
  readonly #sections: readonly Section[];
  readonly #source: RuleSource;
  /** By line, in pages: of most lines nothing is asked, and a list with large gaps is slow. */
  readonly #pages: (RuleNode | undefined)[][] = [];
  /** The rule whose place was counted last: whoever asks for one after the other counts each once. */
  #counted = { first: -1, at: 0, index: 0 };
  readonly #declarations = new Map<number, ChainDeclaration>();

  constructor({ text, lines, sections }: CompactLines) {
    this.text = text;
    this.lines = lines;
    this.#sections = sections;
    this.#source = new RuleSource(text);
  }

  /** Of a line that is a rule's. */
  rule(line: number): Rule {
    const known = this.#knownRule(line);
    if (known !== undefined) return known;
    const section = this.#sections.findLast(({ start }) => start <= line);
    const first = section?.chains.first[this.lines.chainOf(line)] ?? line;
    return this.#makeRule(line, this.#indexFrom(first, line));
  }

  /** The place of a rule in its chain, which begins at `first`: counted from there, or from the rule that was asked for last. */
  #indexFrom(first: number, line: number): number {
    const last = this.#counted;
    let { at, index } = last.first === first && last.at <= line ? last : { at: first, index: 0 };
    for (; at >= 0 && at < line; index++) at = this.lines.nextOf(at);
    this.#counted = { first, at: line, index };
    return index;
  }

  /** The rules of a chain, of which `line` is the first. */
  rulesFrom(line: number): readonly Rule[] {
    const rules: Rule[] = [];
    for (let at = line; at >= 0; at = this.lines.nextOf(at)) rules.push(this.#makeRule(at, rules.length));
    return rules;
  }

  /** One of the rules of a chain of which `line` is the first. */
  ruleFrom(line: number, index: number): Rule | undefined {
    let at = line;
    for (let passed = 0; passed < index && at >= 0; passed++) at = this.lines.nextOf(at);
    return at < 0 ? undefined : this.#makeRule(at, index);
  }

  /** The rule of the line that ends at `end`, which has this place in its chain. */
  ruleEndingAt(end: number, index: number): Rule {
    return this.#makeRule(this.lines.lineAt(end), index);
  }

  /** As `rulesFrom`, but none is kept that nobody has asked for yet. */
  *passing(line: number): Generator<Rule, void> {
    let index = 0;
    for (let at = line; at >= 0; at = this.lines.nextOf(at)) {
      yield this.#knownRule(at) ?? this.#newRule(at, index);
      index++;
    }
  }

  /** Of a line that is a declaration's. */
  declaration(line: number): ChainDeclaration {
    let known = this.#declarations.get(line);
    if (known === undefined) {
      const start = this.lines.startOf(line);
      const end = this.lines.endOf(line);
      known = readDeclaration(this.text, start, end)?.declaration ?? noDeclaration(start, end);
      this.#declarations.set(line, known);
    }
    return known;
  }

  tableStart(line: number): TableStart {
    const start = this.lines.startOf(line);
    const end = this.lines.endOf(line);
    return { kind: 'table', start, end, name: new WordNode(start + 1, end, this.text.slice(start + 1, end)) };
  }

  commit(line: number): Commit {
    return { kind: 'commit', start: this.lines.startOf(line), end: this.lines.endOf(line) };
  }

  statement(line: number): Statement {
    const start = this.lines.startOf(line);
    const end = this.lines.endOf(line);
    switch (this.lines.kindOf(line)) {
      case LineKind.rule:
        return this.rule(line);
      case LineKind.chain:
        return this.declaration(line);
      case LineKind.table:
        return this.tableStart(line);
      case LineKind.commit:
        return { kind: 'commit', start, end };
      case LineKind.comment:
        return { kind: 'comment', start, end };
      case LineKind.bad:
        return { kind: 'bad', start, end };
      default:
        return { kind: 'blank', start, end };
    }
  }

  #knownRule(line: number): RuleNode | undefined {
    return this.#pages[line >> PAGE_BITS]?.[line & PAGE_MASK];
  }

  #makeRule(line: number, index: number): RuleNode {
    let rule = this.#knownRule(line);
    if (rule === undefined) {
      rule = this.#newRule(line, index);
      (this.#pages[line >> PAGE_BITS] ??= [])[line & PAGE_MASK] = rule;
    }
    return rule;
  }

  #newRule(line: number, index: number): RuleNode {
    const rule = new RuleNode(this.#source, this.lines.startOf(line), this.lines.endOf(line), line);
    rule.index = index;
    return rule;
  }
}

/** Of a line that is none after all. */
function noDeclaration(start: number, end: number): ChainDeclaration {
  return { kind: 'chain', start, end, name: { start, end: start, text: '' }, policy: null, counters: null };
}
