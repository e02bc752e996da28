/**
 * HOT PATH: the checks of a table's rules, asked once for each shape. A dump of 175,000 rules has 38: of a rule whose shape is
 * known to be right only the values are looked at, and the chain that it jumps to. Every other rule is checked word by word, so
 * that what is found is the same.
 */
import { standardVerdicts } from '../../targets.ts';
import { targetDefinitions } from '../../../rules/iptables/catalogue/targets.ts';
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import type { ChainTable } from '../../../rules/iptables/compact/chainTable.ts';
import type { ChainGraph } from '../chainGraph.ts';
import type { Reach } from '../checkGraph.ts';
import { checkRule, type RuleChecks } from '../checkRule.ts';
import type { HookBound } from '../placement.ts';
import { Reporter } from '../reporter.ts';
import type { TableRules } from '../tableRules.ts';
import { judge, type Judgement } from './judgement.ts';
import { ValueReader } from './valueReader.ts';
import { type PathWord, WordPaths, wordsIn } from './wordPaths.ts';

/** Rules that are looked at for their shape: who writes more shapes than this gets each rule checked word by word. */
const MOST_JUDGED = 4_096;

const NO_READER = -1;
const JUMP = -2;

/** A shape in which nothing is wrong. */
interface Shape {
  /** By slot: the number of the reader of its values, or what else is asked of it. */
  readonly slots: Int32Array;
  readonly bound: readonly HookBound[];
}

export class RuleShapes {
  readonly #checks: RuleChecks;
  readonly #bytes: Uint8Array;
  readonly #graph: ChainGraph;
  readonly #rules: TableRules;
  readonly #names: ChainTable;
  /** By the number that `#names` gives a chain; -1 where a rule that jumps there is looked at word by word. */
  readonly #targets: Int32Array;
  /** Behind it the kernel has all of them. */
  #declaredBy = 0;
  readonly #paths = new WordPaths();
  /** By the number of the chain. */
  readonly #roots: Int32Array;
  /** By leaf; null where a path is of no use after all. */
  readonly #shapes: (Shape | null)[] = [];
  readonly #readers: ValueReader[] = [];
  readonly #readerOf = new Map<OptionDefinition, number>();
  readonly #bound: { readonly rule: number; readonly from: number; readonly shape: Shape }[] = [];
  #judged = 0;

  /** `bytes`: those of the text of `checks`. */
  constructor(checks: RuleChecks, bytes: Uint8Array, rules: TableRules) {
    const { graph } = rules;
    this.#checks = checks;
    this.#bytes = bytes;
    this.#graph = graph;
    this.#rules = rules;
    const { names, numbers } = rules.chainsIn(bytes);
    this.#names = names;
    this.#targets = numbers.map((number) =>
      graph.isBuiltIn(number) || graph.declaredAt(number) === Number.POSITIVE_INFINITY ? -1 : number,
    );
    for (const number of this.#targets) {
      if (number >= 0) this.#declaredBy = Math.max(this.#declaredBy, graph.declaredAt(number));
    }
    // What is called like a target may be one.
    for (const name of targetNames) {
      const chain = names.numberOf(name);
      if (chain >= 0) this.#targets[chain] = -1;
    }
    this.#roots = new Int32Array(graph.size).fill(this.#paths.root());
    // Some options are for certain hooks: what holds in one of these chains holds in no other.
    for (const name of HOOKS) {
      const chain = graph.find(name);
      if (chain >= 0) this.#roots[chain] = this.#paths.root();
    }
  }

  /** Checks a rule, which stands between `begin` and `end`. */
  check(rule: number, begin: number, end: number, from: number): void {
    const start = behindChain(this.#bytes, begin, end);
    if (start < 0) return this.#checkWords(rule, from);
    const root = this.#roots[from] ?? 0;
    const found = this.#paths.walk(root, this.#bytes, start, end);
    const shape = this.#shapes[found] ?? this.#learn(root, rule, start, end, from);
    if (shape === null || !this.#takes(shape, rule, begin, from)) return this.#checkWords(rule, from);
    if (shape.bound.length > 0) this.#bound.push({ rule, from, shape });
  }

  /** Adds to `checks.bound` what was kept of rules whose shape is right, where the hooks do not allow it. */
  bind(reach: Reach): void {
    const scope = { ...this.#checks.scope, reporter: new Reporter('iptables') };
    const checks = { ...this.#checks, scope, jumped: () => undefined };
    const allowed = new Map<Shape, number>();
    for (const { rule, from, shape } of this.#bound) {
      let bits = allowed.get(shape);
      if (bits === undefined) {
        bits = shape.bound.reduce((all, { hooks }) => all & reach.bitsOfHooks(hooks), -1);
        allowed.set(shape, bits);
      }
      if ((reach.bitsOf(from) & ~bits) === 0) continue;
      checkRule(checks, this.#rules.ruleOf(rule), this.#rules.nameOf(from), from);
    }
  }

  #checkWords(rule: number, from: number): void {
    checkRule(this.#checks, this.#rules.ruleOf(rule), this.#rules.nameOf(from), from);
  }

  /** Looks at the values; notes the jump where all are right. */
  #takes({ slots }: Shape, rule: number, begin: number, from: number): boolean {
    const { starts, ends } = this.#paths;
    let to = -1;
    for (let slot = 0; slot < slots.length; slot++) {
      const reader = slots[slot] ?? NO_READER;
      if (reader === NO_READER) continue;
      const start = starts[slot] ?? 0;
      const end = ends[slot] ?? 0;
      if (reader === JUMP) {
        to = this.#targets[this.#names.find(start, end)] ?? -1;
        if (to < 0 || (begin < this.#declaredBy && this.#graph.declaredAt(to) > begin)) return false;
      } else if (this.#readers[reader]?.takes(this.#checks.text, this.#bytes, start, end) !== true)
        return false;
    }
    if (to >= 0) this.#graph.addJump(from, to, rule);
    return true;
  }

  #learn(root: number, rule: number, start: number, end: number, from: number): Shape | null {
    const words = this.#judged < MOST_JUDGED ? wordsIn(this.#bytes, start, end) : null;
    if (words === null) return null;
    this.#judged++;
    const judgement = judge(this.#checks, this.#rules.ruleOf(rule), this.#rules.nameOf(from), from);
    if (judgement === null) return null;
    const path = words.map((word) => withJudgement(word, judgement));
    const slots = this.#paths.add(root, this.#bytes, path, this.#shapes.length);
    const places = slots.map((place) => path[place]?.start ?? -1);
    const isLost = judgement.jump !== null && !places.includes(judgement.jump);
    const shape = isLost
      ? null
      : {
          slots: Int32Array.from(places, (place) => this.#asked(judgement, place)),
          bound: judgement.bound,
        };
    this.#shapes.push(shape);
    // Once more, so that its slots are those of this very rule.
    this.#paths.walk(root, this.#bytes, start, end);
    return shape;
  }

  #asked({ jump, values }: Judgement, place: number): number {
    if (place === jump) return JUMP;
    const definition = values.get(place);
    return definition === undefined ? NO_READER : this.#readerFor(definition);
  }

  #readerFor(definition: OptionDefinition): number {
    let reader = this.#readerOf.get(definition);
    if (reader === undefined) {
      reader = this.#readers.length;
      this.#readers.push(new ValueReader(definition, this.#checks.scope.family));
      this.#readerOf.set(definition, reader);
    }
    return reader;
  }
}

const HOOKS: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/** Words behind `-j` that decide how the line is read. */
const targetNames: readonly string[] = [
  ...targetDefinitions.flatMap(({ name, aliases }) => [name, ...aliases]),
  ...standardVerdicts,
];

function withJudgement(word: PathWord, { same }: Judgement): PathWord {
  return { ...word, same: word.same || same.has(word.start) };
}

const TAB = 9;
const BLANK = 32;
const BANG = 33;
const QUOTE = 34;
const DASH = 45;
const COLON = 58;
const LETTER_A = 65;
const BRACKET = 91;
const CLOSING = 93;

/** Behind `[12:34] -A CHAIN `, where the counters may be missing; -1 where the line does not begin so. */
function behindChain(bytes: Uint8Array, start: number, end: number): number {
  const command = bytes[start] === BRACKET ? behindCounters(bytes, start, end) : start;
  if (
    command < 0 ||
    bytes[command] !== DASH ||
    bytes[command + 1] !== LETTER_A ||
    bytes[command + 2] !== BLANK
  )
    return -1;
  let at = command + 3;
  // iptables would take an option's name for the chain; we do not.
  if (bytes[at] === DASH || bytes[at] === BANG) return -1;
  for (; at < end && bytes[at] !== BLANK; at++) if (bytes[at] === QUOTE || bytes[at] === TAB) return -1;
  return at + 1 < end && at > command + 3 ? at + 1 : -1;
}

function behindCounters(bytes: Uint8Array, start: number, end: number): number {
  const colon = behindDigits(bytes, start + 1, end);
  const close = bytes[colon] === COLON ? behindDigits(bytes, colon + 1, end) : -1;
  const isWhole = colon > start + 1 && close > colon + 1 && bytes[close] === CLOSING;
  return isWhole && bytes[close + 1] === BLANK ? close + 2 : -1;
}

function behindDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at++;
  return at;
}
