/**
 * HOT PATH, written for speed: turns the words of one rule into nodes, the way `do_parse` in iptables/xshared.c does:
 * getopt takes the words after an option, an option belongs to the extension loaded last that knows it, and the first
 * option that nobody knows loads the match of the protocol (`-p tcp --dport 80`).
 */
import { findMatch } from '../catalogue/matches.ts';
import { findGeneralOption, findOption } from '../catalogue/options.ts';
import { findTarget } from '../catalogue/targets.ts';
import type { OptionDefinition } from '../catalogue/definitions.ts';
import type { Counters, Match, Option, Target, Word } from '../nodes.ts';
import type { SyntaxProblem } from '../problems.ts';
import { WordNode, WordScanner } from '../scanner/wordScanner.ts';
import { abbreviated } from './abbreviations.ts';
import { countersOf, readCounted } from './counters.ts';
import {
  addTo,
  lastEnd,
  type Loaded,
  type LoadedMatch,
  MatchNode,
  NONE,
  OptionNode,
  TargetNode,
} from './bodyNodes.ts';
import { protocolMatch } from './protocols.ts';
import { MOST_OPTIONS, WordTaker } from './wordTaker.ts';

const DASH = 45;
const BRACKET = 91;

/** Characters of what is left out that are shown. */
const SHOWN = 40;

/** What the line does with the rule: append, insert, delete, replace. */
type RuleVerb = '-A' | '-I' | '-D' | '-R';

/** All that a rule's line says. */
export interface RuleBody {
  readonly counters: Counters | null;
  readonly verb: RuleVerb | null;
  readonly chain: Word | null;
  /** `-I INPUT 3` → `3` */
  readonly position: Word | null;
  /** `-t nat` → `nat` */
  readonly table: Word | null;
  readonly general: readonly Option[];
  readonly matches: readonly Match[];
  readonly target: Target | null;
  readonly unknown: readonly Option[];
  readonly problems: readonly SyntaxProblem[];
}

/** Reads the rule in `source` between `start` and `end`, which hold one line. Never throws. */
export function readRuleBody(source: string, start: number, end: number): RuleBody {
  return new BodyReader(source, start, end).read();
}

class BodyReader {
  readonly #words: WordScanner;
  #counters: Counters | null;
  #verb: RuleVerb | null = null;
  #chain: Word | null = null;
  #position: Word | null = null;
  #table: Word | null = null;
  #general: Option[] | null = null;
  #unknown: Option[] | null = null;
  readonly #taker: WordTaker;
  #protocol: Word | null = null;
  #protocolLoaded = false;
  #negation: Word | null = null;

  constructor(source: string, start: number, end: number) {
    const counted = source.charCodeAt(start) === BRACKET ? readCounted(source, start, end) : null;
    this.#counters = counted?.counters ?? null;
    this.#words = new WordScanner(source, counted?.start ?? start, counted?.end ?? end);
    this.#taker = new WordTaker(this.#words);
    if (counted !== null && counted.counters === null)
      this.#taker.report('bad-counters', start, counted.start, source.slice(start, counted.start));
  }

  read(): RuleBody {
    const words = this.#words;
    let left = MOST_OPTIONS;
    while (words.next()) {
      if (left-- === 0) {
        this.#skip();
        left = MOST_OPTIONS;
        continue;
      }
      if (words.unterminated)
        this.#taker.report('unterminated-quote', words.start, words.end, words.text.trimEnd());
      if (words.text === '--' && this.#negation === null && this.#isLast()) break;
      if (words.text === '!') this.#negate();
      else if (words.text.charCodeAt(0) === DASH && words.text.length > 1) this.#readOption();
      else this.#stray();
    }
    if (this.#negation !== null) {
      this.#taker.report('missing-value', this.#negation.start, this.#negation.end, '!');
      this.#addUnknown(new OptionNode(this.#negation, null, null, NONE, this.#negation.end));
    }
    return this.#finish();
  }

  /** `--` ends the options of getopt, and behind it iptables takes nothing. */
  #isLast(): boolean {
    const words = this.#words;
    const { start, end, text, quoted, position } = words;
    const isLast = !words.next();
    Object.assign(words, { start, end, text, quoted, position });
    return isLast;
  }

  /** Goes on at the last target, or at the end: what lies between is one option that nobody knows. */
  #skip(): void {
    const { source, start, limit } = this.#words;
    const rest = source.slice(start, limit);
    const last = Math.max(rest.lastIndexOf(' -j '), rest.lastIndexOf(' -g '));
    const end = last === -1 ? limit : start + last;
    const name = new WordNode(start, end, source.slice(start, Math.min(end, start + SHOWN)));
    this.#addUnknown(new OptionNode(name, null, this.#takeNegation(), NONE, end), true);
    this.#words.position = end;
  }

  #negate(): void {
    if (this.#negation !== null)
      this.#addUnknown(new OptionNode(this.#negation, null, null, NONE, this.#negation.end), true);
    this.#negation = this.#words.word();
  }

  /** A word where an option should be. */
  #stray(): void {
    const word = this.#words.word();
    this.#addUnknown(new OptionNode(word, null, this.#takeNegation(), NONE, word.end), true);
  }

  #readOption(): void {
    const text = this.#words.text;
    const general = findGeneralOption(text);
    if (general !== null) return this.#readGeneral(this.#words.word(), general, null);
    const owner = this.#taker.ownerOf(text);
    if (owner !== null) {
      const definition = owner.definition === null ? null : findOption(owner.definition, text);
      if (definition !== null) return this.#readOwned(owner, this.#words.word(), definition, null);
    }
    return this.#readUncommon();
  }

  /** `--dport=80`, `-s10.0.0.1`, `--destination-po 80`, or an option that nothing knows. */
  #readUncommon(): void {
    const { text, start, end } = this.#words;
    const cut = text.startsWith('--') ? text.indexOf('=') : text.length > 2 ? 2 : -1;
    const spelled = cut < 0 ? text : text.slice(0, cut);
    const rest = text.startsWith('--') ? cut + 1 : cut;
    const attached = cut < 0 ? null : new WordNode(start + rest, end, text.slice(rest));
    const name = attached === null ? this.#words.word() : new WordNode(start, start + cut, spelled);
    const candidates = this.#taker.loaded.map((loaded) => loaded.definition);
    // A match that nobody knows may own the name in full; a target that nobody knows is a chain, which has no options.
    const mayOwn = this.#taker.loaded.some(({ kind, definition }) => kind === 'match' && definition === null);
    const found = attached === null && mayOwn ? null : abbreviated(spelled, candidates);
    if (found !== null) {
      if (found.owner === null && found.option.values === 0 && attached !== null && cut === 2)
        return this.#readTogether(name, found.option, attached);
      if (found.owner === null) return this.#readGeneral(name, found.option, attached);
      const owner = this.#taker.loaded.findLast((loaded) => loaded.definition === found.owner);
      if (owner !== undefined) return this.#readOwned(owner, name, found.option, attached);
    }
    if (this.#loadProtocol(spelled)) return this.#readOption();
    return this.#readForeign(attached === null ? name : this.#words.word());
  }

  /** `-vf`, `-4s 10.0.0.1`: what stands behind an option without a value is a further one. */
  #readTogether(name: Word, definition: OptionDefinition, rest: Word): void {
    this.#readGeneral(name, definition, null);
    const letter = `-${rest.text.charAt(0)}`;
    const next = findGeneralOption(letter);
    const more = rest.text.slice(1);
    const word = new WordNode(rest.start, rest.start + 1, letter);
    const attached = more === '' ? null : new WordNode(rest.start + 1, rest.end, more);
    if (next === null) this.#readForeign(new WordNode(rest.start, rest.end, `-${rest.text}`));
    else if (next.values === 0 && attached !== null) this.#readTogether(word, next, attached);
    else this.#readGeneral(word, next, attached);
  }

  /** An option that nothing in the catalogue knows: it goes with the extension loaded last that is unknown itself. */
  #readForeign(name: Word): void {
    const values = this.#taker.takeWords();
    const option = new OptionNode(name, null, this.#takeNegation(), values, lastEnd(values, name.end));
    const owner = this.#taker.loaded.findLast((loaded) => loaded.definition === null);
    if (owner === undefined) this.#addUnknown(option, true);
    else addTo(owner, option);
  }

  #readGeneral(name: Word, definition: OptionDefinition, attached: Word | null): void {
    const letter = definition.name;
    if (letter === '-m' || letter === '-j' || letter === '-g')
      return this.#readExtension(name, letter, attached);
    const negation = this.#takeNegation();
    const inner = this.#taker.innerNegation(negation, definition);
    const values = this.#taker.takeValues(definition, attached, name);
    if (letter === '-t') {
      this.#table = values[0] ?? null;
      this.#taker.report('table-option', name.start, lastEnd(values, name.end), name.text);
    }
    if (letter === '-A' || letter === '-I' || letter === '-D' || letter === '-R')
      this.#readVerb(letter, values, name, negation);
    if (letter.length === 2 && '-t-A-I-D-R'.includes(letter)) return;
    if (letter === '-c') this.#counters = countersOf(name, values) ?? this.#counters;
    if (letter === '-p') this.#protocol = values[0] ?? null;
    const option = new OptionNode(name, definition, negation ?? inner, values, lastEnd(values, name.end));
    if (this.#general === null) this.#general = [option];
    else this.#general.push(option);
  }

  #readVerb(verb: RuleVerb, values: readonly Word[], name: Word, negation: Word | null): void {
    if (negation !== null) this.#taker.report('unknown-option', negation.start, negation.end, negation.text);
    if (this.#verb !== null) {
      this.#taker.report('second-command', name.start, name.end, `${verb} ${this.#verb}`);
      return;
    }
    this.#verb = verb;
    this.#chain = values[0] ?? null;
    if (verb === '-A') return;
    const words = this.#words;
    const back = words.position;
    if (words.next() && !words.quoted && /^\d+$/.test(words.text)) this.#position = words.word();
    else words.position = back;
  }

  #readExtension(option: Word, letter: string, attached: Word | null): void {
    const negation = this.#takeNegation();
    const name = attached ?? this.#taker.takeValue();
    if (negation !== null || name === null) {
      const values = name === null ? NONE : [name];
      if (name === null) this.#taker.report('missing-value', option.start, option.end, option.text);
      return this.#addUnknown(
        new OptionNode(option, null, negation, values, lastEnd(values, option.end)),
        name !== null,
      );
    }
    const kind = letter === '-m' ? 'match' : letter === '-j' ? 'jump' : 'goto';
    if (kind !== 'match' && this.#taker.loaded.some((loaded) => loaded.kind !== 'match')) {
      return this.#addUnknown(new OptionNode(option, null, null, [name], name.end), true);
    }
    const common = { name, start: option.start, implicit: false, options: null, end: name.end };
    if (kind === 'match') this.#readMatch({ ...common, kind, definition: findMatch(name.text) });
    else {
      const definition = kind === 'jump' ? findTarget(name.text) : null;
      this.#taker.loaded.push({ ...common, kind, definition });
    }
  }

  #readMatch(match: LoadedMatch): void {
    const protocol = this.#protocol;
    if (protocol !== null && match.definition === findMatch(protocolMatch(protocol.text))) {
      this.#protocolLoaded = true;
    }
    this.#taker.loaded.push(match);
  }

  /** `-p tcp --dport 80`: loads `tcp` as iptables does when it meets an option that nobody knows. */
  #loadProtocol(option: string): boolean {
    const protocol = this.#protocol;
    if (protocol === null || this.#protocolLoaded) return false;
    const definition = findMatch(protocolMatch(protocol.text));
    if (definition === null || abbreviated(option, [definition])?.owner !== definition) return false;
    this.#protocolLoaded = true;
    const { start } = this.#words;
    const name = new WordNode(protocol.start, protocol.end, definition.name);
    this.#taker.loaded.push({
      name,
      start,
      implicit: true,
      kind: 'match',
      definition,
      options: null,
      end: start,
    });
    return true;
  }

  #readOwned(owner: Loaded, name: Word, definition: OptionDefinition, attached: Word | null): void {
    const negation = this.#takeNegation();
    const inner = this.#taker.innerNegation(negation, definition);
    const values = this.#taker.takeValues(definition, attached, name);
    addTo(owner, new OptionNode(name, definition, negation ?? inner, values, lastEnd(values, name.end)));
  }

  #takeNegation(): Word | null {
    const negation = this.#negation;
    this.#negation = null;
    return negation;
  }

  #addUnknown(option: Option, report = false): void {
    if (this.#unknown === null) this.#unknown = [option];
    else this.#unknown.push(option);
    if (report) this.#taker.report('unknown-option', option.start, option.end, option.name.text);
  }

  #finish(): RuleBody {
    let matches: Match[] | null = null;
    let target: Target | null = null;
    for (const loaded of this.#taker.loaded) {
      if (loaded.kind !== 'match') target = new TargetNode(loaded);
      else if (matches === null) matches = [new MatchNode(loaded)];
      else matches.push(new MatchNode(loaded));
    }
    return {
      counters: this.#counters,
      verb: this.#verb,
      chain: this.#chain,
      position: this.#position,
      table: this.#table,
      general: this.#general ?? NONE,
      matches: matches ?? NONE,
      target,
      unknown: this.#unknown ?? NONE,
      problems: this.#taker.problems,
    };
  }
}
