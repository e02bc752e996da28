/**
 * HOT PATH, written for speed: goes over the lines of a dump with `indexOf` and character codes, no regular expression
 * on a rule's line. What a rule says is read later (`parsing/ruleNode.ts`).
 */
import type { ChainDeclaration, OtherLine, Ruleset, RulesetFormat, Statement, Table, Word } from './nodes.ts';
import { readCounters } from './parsing/counters.ts';
import { readGenerator } from './parsing/generator.ts';
import { RulesetBuilder } from './parsing/rulesetBuilder.ts';
import { RuleNode, RuleSource } from './parsing/ruleNode.ts';
import type { SyntaxProblem } from './problems.ts';
import { WordScanner } from './scanner/wordScanner.ts';

/** Reads the rules in `text`. Never throws: what is not understood stands in the tree as a `bad` line and in `problems`. */
export function parseRuleset(text: string): Ruleset {
  return new LineReader(text).read();
}

class ParsedRuleset implements Ruleset {
  readonly text: string;
  readonly format: RulesetFormat;
  readonly statements: readonly Statement[];
  readonly tables: readonly Table[];
  readonly lineProblems: readonly SyntaxProblem[];
  #problems: readonly SyntaxProblem[] | null = null;

  constructor(
    text: string,
    format: RulesetFormat,
    builder: RulesetBuilder,
    lineProblems: readonly SyntaxProblem[],
  ) {
    this.text = text;
    this.format = format;
    this.statements = builder.statements;
    this.tables = builder.tables;
    this.lineProblems = lineProblems;
  }

  /** Those of the lines, and those inside the rules, which are read for it. */
  get problems(): readonly SyntaxProblem[] {
    if (this.#problems === null) {
      const problems = [...this.lineProblems];
      if (this.format !== 'foreign') {
        for (const statement of this.statements) {
          if (statement instanceof RuleNode && statement.problems.length > 0)
            problems.push(...statement.problems);
        }
      }
      this.#problems = problems.sort((a, b) => a.start - b.start);
    }
    return this.#problems;
  }
}

const LINE_FEED = 10;
const BLANK = 32;
const TAB = 9;
const BYTE_ORDER_MARK = 0xfeff;

class LineReader {
  readonly #text: string;
  readonly #builder = new RulesetBuilder();
  readonly #source: RuleSource;
  #rules = 0;
  #commands = false;
  #known = 0;
  #bad = 0;

  constructor(text: string) {
    this.#text = text;
    this.#source = new RuleSource(text);
    this.#commands =
      !/^[ \t]*(\*[\w-]+|:\S+ \S+( \[|\s*$))/m.test(text.slice(0, 100_000)) && /^\s*-[PNAI] /m.test(text);
  }

  read(): Ruleset {
    const text = this.#text;
    const hasReturns = text.includes('\r');
    let start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    while (start < text.length) {
      let end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      let next = end + 1;
      if (hasReturns) {
        const lone = text.slice(start, end).indexOf('\r');
        if (lone >= 0) {
          end = start + lone;
          next = text.charCodeAt(end + 1) === LINE_FEED ? end + 2 : end + 1;
        }
      }
      this.#readLine(start, end);
      start = next;
    }
    this.#builder.endTable();
    return new ParsedRuleset(text, this.#format(), this.#builder, this.#builder.problems);
  }

  #format(): RulesetFormat {
    if (this.#known === 0) return this.#bad === 0 ? 'empty' : 'foreign';
    return this.#commands ? 'commands' : 'save';
  }

  #readLine(lineStart: number, end: number): void {
    const text = this.#text;
    let start = lineStart;
    let code = 0;
    while (start < end && ((code = text.charCodeAt(start)) === BLANK || code === TAB)) start++;
    if (start === end) return this.#add({ kind: 'blank', start: lineStart, end });
    switch (code) {
      case 45: // -
      case 91: // [
        return this.#readRule(start, end);
      case 35: // #
        return this.#readComment(start, end);
      case 58: // :
        return this.#readDeclaration(start, end);
      case 42: // *
        return this.#readTable(start, end);
      default:
        if (text.slice(start, end).trimEnd() === 'COMMIT') {
          const commit = { kind: 'commit', start, end } as const;
          this.#builder.commit(commit);
          this.#known++;
          this.#builder.statements.push(commit);
          return;
        }
        this.#addBad(start, end);
    }
  }

  #add(line: OtherLine): void {
    this.#builder.statements.push(line);
  }

  #addBad(start: number, end: number): void {
    this.#bad++;
    this.#builder.report('bad-line', start, end, this.#text.slice(start, Math.min(end, start + 60)));
    this.#add({ kind: 'bad', start, end });
  }

  #readComment(start: number, end: number): void {
    this.#add({ kind: 'comment', start, end });
    const generator = readGenerator(this.#text.slice(start, Math.min(end, start + 200)));
    if (generator !== null) this.#builder.generatedBy(generator);
    else if (this.#commands) {
      const table = /-t (\w+)/.exec(this.#text.slice(start, end))?.[1];
      if (table !== undefined) this.#builder.startTable(table, null, { start, end });
    }
  }

  #readTable(start: number, end: number): void {
    const words = new WordScanner(this.#text, start + 1, end);
    if (!words.next() || words.start !== start + 1) return this.#addBad(start, end);
    const table = { kind: 'table', start, end, name: words.word() } as const;
    this.#known++;
    this.#builder.startTable(table.name.text, table, table);
    this.#builder.statements.push(table);
  }

  #readDeclaration(start: number, end: number): void {
    const words = new WordScanner(this.#text, start + 1, end);
    if (!words.next()) return this.#addBad(start, end);
    const name = words.word();
    if (!words.next()) return this.#addBad(start, end);
    const policy = words.text === '-' ? null : words.word();
    const counters = words.next() ? readCounters(this.#text, words.start, end) : null;
    this.#declare({ kind: 'chain', start, end, name, policy, counters });
  }

  #declare(declaration: ChainDeclaration): void {
    this.#known++;
    this.#builder.declare(declaration);
    this.#builder.statements.push(declaration);
  }

  #readRule(start: number, end: number): void {
    const text = this.#text;
    const name = this.#builder.lastChain;
    // The common case: `-A CHAIN …` for the chain of the line before.
    if (name !== null && text.startsWith('-A ', start) && text.startsWith(name, start + 3)) {
      const after = start + 3 + name.length;
      if (after >= end || text.charCodeAt(after) === BLANK) return this.#append(start, end, name);
    }
    const words = new WordScanner(text, readCounters(text, start, end)?.end ?? start, end);
    if (!words.next()) return this.#addBad(start, end);
    const verb = words.text;
    if (verb === '-P' || verb === '-N') return this.#readCommandDeclaration(start, end, words, verb);
    if (verb === '-A' && words.next()) return this.#append(start, end, words.text);
    this.#readUncommonRule(start, end);
  }

  #append(start: number, end: number, name: string): void {
    const rule = this.#newRule(start, end);
    this.#builder.append(rule, name);
  }

  #newRule(start: number, end: number): RuleNode {
    this.#known++;
    if (this.#commands && this.#builder.table === null)
      this.#builder.startTable('filter', null, { start, end });
    const rule = new RuleNode(this.#source, start, end, this.#rules++, 0);
    this.#builder.statements.push(rule);
    return rule;
  }

  /** `-I`, `--append`, `-4 -A` … */
  #readUncommonRule(start: number, end: number): void {
    const probe = new RuleNode(this.#source, start, end, this.#rules, 0);
    const body = this.#source.body(probe);
    if (body.chain === null || body.verb === null) return this.#addBad(start, end);
    const rule = this.#newRule(start, end);
    if (body.verb.text === '-I' || body.verb.text.startsWith('--i')) {
      this.#builder.insert(rule, body.chain.text, Number(body.position?.text ?? 1));
    } else this.#builder.append(rule, body.chain.text);
  }

  #readCommandDeclaration(start: number, end: number, words: WordScanner, verb: string): void {
    if (!words.next()) return this.#addBad(start, end);
    const name = words.word();
    if (this.#commands && this.#builder.table === null)
      this.#builder.startTable('filter', null, { start, end });
    let policy: Word | null = null;
    if (verb === '-P') {
      if (!words.next()) return this.#addBad(start, end);
      policy = words.word();
    }
    this.#declare({ kind: 'chain', start, end, name, policy, counters: null });
  }
}
