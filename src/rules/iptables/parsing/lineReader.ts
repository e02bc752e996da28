/**
 * HOT PATH, written for speed: goes over the lines of a dump with `indexOf` and character codes, no regular expression
 * on a rule's line. What a rule says is read later (`ruleNode.ts`).
 */
import type { ChainDeclaration, Option, Ruleset, RulesetFormat } from '../nodes.ts';
import type { PartPlan } from '../parts/plan.ts';
import type { Paste } from '../paste/readPaste.ts';
import { WordScanner } from '../scanner/wordScanner.ts';
import { readCommandStart, readShown } from './commandLine.ts';
import { type CommandWords, findCommand, readCommandWords, skipProgramOption } from './commands.ts';
import { readCounted } from './counters.ts';
import { readDeclaration } from './declaration.ts';
import { readGenerator } from './generator.ts';
import { isQuotedOption, isTable } from './lineBeginnings.ts';
import { ParsedRuleset } from './parsedRuleset.ts';
import { RuleNode, RuleSource } from './ruleNode.ts';
import { RulesetBuilder } from './rulesetBuilder.ts';

const RETURN = 13;
const BLANK = 32;
const TAB = 9;
const DASH = 45;
const BRACKET = 91;
const NOT = 33;
const HASH = 35;
const COLON = 58;
const ASTERISK = 42;
const BYTE_ORDER_MARK = 0xfeff;

/** More bad lines than this for each good one, and the text is something else. */
const MOST_BAD = 4;

/** Reads a text line by line, once. */
export class LineReader {
  readonly #text: string;
  readonly #paste: Paste | null;
  readonly #plan: PartPlan | null;
  readonly #builder = new RulesetBuilder();
  readonly #source: RuleSource;
  #rules = 0;
  #known = 0;
  #bad = 0;

  constructor(text: string, paste: Paste | null = null, plan: PartPlan | null = null) {
    this.#text = text;
    this.#paste = paste;
    this.#plan = plan;
    this.#source = new RuleSource(text);
  }

  read(): Ruleset {
    const text = this.#text;
    const hasReturns = text.includes('\r');
    const hasZeros = text.includes('\0');
    // Where nothing else ends a line; elsewhere it is a character like any other.
    const isOldMac = hasReturns && !text.includes('\n');
    let start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    while (start < text.length) {
      const feed = text.indexOf('\n', start);
      let end = feed < 0 ? text.length : feed;
      let next = end + 1;
      if (hasReturns) {
        const lone = isOldMac ? text.indexOf('\r', start) : end - 1;
        if (lone >= start && text.charCodeAt(lone) === RETURN) {
          end = lone;
          next = isOldMac ? end + 1 : end + 2;
        }
      }
      this.#readLine(start, hasZeros ? this.#endOfRead(start, end) : end);
      start = next;
    }
    this.#builder.finish();
    return new ParsedRuleset(text, this.#format(), this.#builder, this.#paste);
  }

  /** iptables-restore reads a line up to a NUL character, but compares COMMIT with its line ending. */
  #endOfRead(start: number, end: number): number {
    const zero = this.#text.slice(start, end).indexOf('\0');
    return zero > 0 && !this.#text.startsWith('COMMIT', start) ? start + zero : end;
  }

  #format(): RulesetFormat {
    if (this.#bad > this.#known * MOST_BAD) return 'foreign';
    return this.#known === 0 ? 'empty' : (this.#builder.format ?? 'save');
  }

  #readLine(lineStart: number, end: number): void {
    const text = this.#text;
    let start = lineStart;
    let code = 0;
    while (start < end && ((code = text.charCodeAt(start)) === BLANK || code === TAB)) start++;
    if (this.#plan !== null && this.#follow(this.#plan, start, end)) return;
    if (start === end) {
      this.#builder.statements.push({ kind: 'blank', start: lineStart, end });
    } else if (code === DASH || code === BRACKET || code === NOT || isQuotedOption(text, start))
      this.#readRule(start, end);
    else if (code === HASH) this.#readComment(start, end);
    else if (code === COLON) this.#readDeclaration(start, end);
    else if (code === ASTERISK) this.#readTable(start, end);
    else this.#readCommit(start, end);
  }

  /** Turns to the table to which the line belongs; true where that is all, since the line stood there before. */
  #follow(plan: PartPlan, start: number, end: number): boolean {
    const line = plan.get(start);
    if (line === undefined) return false;
    this.#builder.selectTable(line.table, line.family, { start, end });
    if (line.repeated) this.#builder.statements.push({ kind: 'command', start, end });
    return line.repeated;
  }

  #addBad(start: number, end: number): void {
    this.#bad++;
    const detail = this.#text.slice(start, Math.min(end, start + 60));
    this.#builder.report('bad-line', { start, end }, detail);
    this.#builder.statements.push({ kind: 'bad', start, end });
  }

  #readCommit(start: number, end: number): void {
    const text = this.#text;
    if (!text.startsWith('COMMIT', start) || text.slice(start, end).trimEnd() !== 'COMMIT') {
      return this.#readProgram(start, end);
    }
    const commit = { kind: 'commit', start, end } as const;
    this.#known++;
    this.#builder.commit(commit);
    this.#builder.statements.push(commit);
  }

  #readComment(start: number, end: number): void {
    this.#builder.statements.push({ kind: 'comment', start, end });
    const comment = this.#text.slice(start, Math.min(end, start + 200));
    const generator = readGenerator(comment);
    if (generator !== null) return this.#builder.generatedBy(generator);
    const shown = readShown(comment);
    if (shown !== null && this.#plan === null)
      this.#builder.startCommands(shown.table, { start, end }, shown.family);
  }

  /** `iptables -t nat -A …`, as people write scripts. */
  #readProgram(start: number, end: number): void {
    const command = readCommandStart(this.#text, start, end);
    if (command === null || this.#builder.format === 'save') return this.#addBad(start, end);
    this.#builder.selectTable(command.table, command.family, { start, end });
    const words = new WordScanner(this.#text, command.start, end);
    words.next();
    while (skipProgramOption(words) && words.next());
    const verb = findCommand(words.text);
    if (verb === null) this.#readUncommonRule(command.start, end);
    else this.#readCommand(command.start, end, verb, readCommandWords(verb, words, true));
  }

  #readTable(start: number, end: number): void {
    const words = new WordScanner(this.#text, start + 1, end);
    // iptables-restore takes the first word, and looks at no other (`strtok`).
    if (!words.next() || !isTable(words, start + 1)) return this.#addBad(start, end);
    const table = { kind: 'table', start, end, name: words.word() } as const;
    this.#known++;
    this.#builder.startTable(table);
    this.#builder.statements.push(table);
  }

  #readDeclaration(start: number, end: number): void {
    const read = readDeclaration(this.#text, start, end);
    if (read === null) return this.#addBad(start, end);
    const { declaration, odd } = read;
    if (odd !== null) this.#builder.report('bad-line', odd, odd.text);
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
    const counted = text.charCodeAt(start) === BRACKET ? readCounted(text, start, end) : null;
    const words = new WordScanner(text, counted?.start ?? start, counted?.end ?? end);
    if (counted?.refused === true || !words.next()) return this.#addBad(start, end);
    if (words.text === '-A' && words.next()) return this.#append(start, end, words.text);
    const command = findCommand(words.text);
    if (command === null) this.#readUncommonRule(start, end);
    else this.#readCommand(start, end, command, readCommandWords(command, words, false));
  }

  #append(start: number, end: number, name: string): void {
    this.#known++;
    const rule = new RuleNode(this.#source, start, end, this.#rules++);
    this.#builder.append(rule, name);
    this.#builder.statements.push(rule);
  }

  /** `-I`, `--append`, `-4 -A`, `-D` … */
  #readUncommonRule(start: number, end: number): void {
    const rule = new RuleNode(this.#source, start, end, this.#rules);
    const { chain, verb, position, table, general } = this.#source.body(rule);
    if (chain === null || verb === null) {
      if (!this.#isOfOtherFamily(general[0], start)) return this.#addBad(start, end);
      this.#builder.statements.push({ kind: 'command', start, end });
      return;
    }
    this.#known++;
    this.#rules++;
    const builder = this.#builder;
    if (table !== null) builder.selectTable(table.text, null, rule);
    const place = position === null ? null : Number(position.text);
    if (verb === '-D') builder.remove(rule, chain.text, place);
    else if (verb === '-I') builder.insert(rule, chain.text, place ?? 1);
    else if (verb === '-R') builder.replace(rule, chain.text, place ?? 1);
    else builder.append(rule, chain.text);
    builder.statements.push(verb === '-D' ? { kind: 'command', start, end } : rule);
  }

  /** `-4` before anything else in a dump of IPv6: iptables-restore leaves the line out, whatever follows. */
  #isOfOtherFamily(first: Option | undefined, start: number): boolean {
    const name = first?.start === start ? first.definition?.name : undefined;
    const { family } = this.#builder;
    return family !== null && name === (family === 4 ? '-6' : '-4');
  }

  #readCommand(start: number, end: number, verb: string, { names, fault }: CommandWords): void {
    const [name, policy = null] = names;
    const declares = verb === '-P' || verb === '-N';
    if (declares && (name === undefined || (verb === '-P') !== (policy !== null)))
      return this.#addBad(start, end);
    this.#known++;
    if (fault !== null) this.#builder.report('cannot-edit', { start, end }, fault);
    if (!declares || name === undefined) {
      const texts = names.map((word) => word.text);
      if (fault === null) this.#builder.edit(verb, texts, { start, end });
      this.#builder.statements.push({ kind: 'command', start, end });
      return;
    }
    // `-P INPUT ACCEPT -c 10 20`
    const numbers = /-c (\d+) (\d+)/g.exec(this.#text.slice(name.end, end));
    const counters =
      numbers === null
        ? null
        : { start: policy?.end ?? name.end, end, packets: Number(numbers[1]), bytes: Number(numbers[2]) };
    const declaration: ChainDeclaration = { kind: 'chain', start, end, name, policy, counters };
    if (verb === '-P') this.#builder.setPolicy(declaration);
    else this.#builder.declare(declaration);
    this.#builder.statements.push(declaration);
  }
}
