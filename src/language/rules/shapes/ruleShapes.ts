/**
 * HOT PATH: the checks of a table's rules, asked once for each shape. A dump of 175,000 rules has 38: of a rule whose shape is
 * known to be right only the values are looked at, and the chain that it jumps to. Every other rule is checked word by word, so
 * that what is found is the same.
 */
import type { Reach } from '../checkGraph.ts';
import { checkRule, type RuleChecks } from '../checkRule.ts';
import { Reporter } from '../reporter.ts';
import type { ChainsInBytes, TableRules } from '../tableRules.ts';
import { judge } from './judgement.ts';
import { JUMP, type LearnedShapes, NO_READER, type Shape } from './learnedShapes.ts';
import { wordsIn } from './wordPaths.ts';

/** A rule that is right. */
export interface RightRule {
  /** The number of the chain to which it jumps; -1 where it jumps to none. */
  readonly to: number;
  /** The number of its shape. */
  readonly shape: number;
}

export class RuleShapes {
  readonly #checks: RuleChecks;
  readonly #learned: LearnedShapes;
  readonly #rules: TableRules;
  readonly #chains: ChainsInBytes;
  /** By the number of the chain, of built-in ones. */
  readonly #roots: readonly number[];
  readonly #right = { to: -1, shape: -1 };
  /** By shape: the bits of the hooks that allow it. */
  readonly #allowed = new Map<number, number>();

  /** `learned`: of rules of the same table, which may have been another version of it. */
  constructor(checks: RuleChecks, learned: LearnedShapes, chains: ChainsInBytes, rules: TableRules) {
    this.#checks = checks;
    this.#learned = learned;
    this.#rules = rules;
    this.#chains = chains;
    this.#roots = [...checks.scope.builtIn].map((name) => learned.rootsOfHooks.get(name) ?? learned.root);
  }

  /**
   * Checks a rule, which stands between `begin` and `end`. `bytes`: those of the text from `base` on. Null where it was looked at
   * word by word, since it may not be right.
   */
  check(
    rule: number,
    begin: number,
    end: number,
    from: number,
    bytes: Uint8Array,
    base: number,
  ): RightRule | null {
    const { paths, shapes } = this.#learned;
    const start = behindChain(bytes, begin - base, end - base);
    if (start < 0) return this.#checkWords(rule, from);
    const root = this.#roots[from] ?? this.#learned.root;
    const known = paths.walk(root, bytes, start, end - base);
    const found = known < 0 ? this.#learn(root, rule, start, end - base, from, bytes, base) : known;
    const shape = shapes[found] ?? null;
    if (shape === null || !this.#takes(shape, begin, bytes, base)) return this.#checkWords(rule, from);
    this.#right.shape = found;
    return this.#right;
  }

  /**
   * Whether the hooks that lead to a rule allow its shape. Where they do not, what is told of it word by word is added to
   * `checks.bound`.
   */
  isAllowed(rule: number, from: number, shape: number, reach: Reach): boolean {
    let bits = this.#allowed.get(shape);
    if (bits === undefined) {
      const hooks = this.#learned.shapes[shape]?.bound ?? [];
      bits = hooks.reduce((all, each) => all & reach.bitsOfHooks(each), -1);
      this.#allowed.set(shape, bits);
    }
    if (((reach.origins[from] ?? 0) & ~bits) === 0) return true;
    const scope = { ...this.#checks.scope, reporter: new Reporter('iptables') };
    const checks = { ...this.#checks, scope, jumped: () => undefined };
    checkRule(checks, this.#rules.ruleOf(rule), this.#rules.nameOf(from), from);
    return false;
  }

  #checkWords(rule: number, from: number): null {
    checkRule(this.#checks, this.#rules.ruleOf(rule), this.#rules.nameOf(from), from);
    return null;
  }

  /** Looks at the values, and to which chain it jumps. */
  #takes({ slots }: Shape, begin: number, bytes: Uint8Array, base: number): boolean {
    const { paths, readers } = this.#learned;
    const { names, targets, declaredBy } = this.#chains;
    const { starts, ends } = paths;
    let to = -1;
    for (let slot = 0; slot < slots.length; slot++) {
      const reader = slots[slot] ?? NO_READER;
      if (reader === NO_READER) continue;
      const start = starts[slot] ?? 0;
      const end = ends[slot] ?? 0;
      if (reader === JUMP) {
        to = targets[names.find(bytes, start, end)] ?? -1;
        if (to < 0 || (begin < declaredBy && this.#rules.declaredAt(to) > begin)) return false;
      } else if (readers[reader]?.takes(this.#checks.text, bytes, start, end, base) !== true) return false;
    }
    this.#right.to = to;
    return true;
  }

  /** The number of its shape, whose slots are those of this very rule then; -1 where none is learned. */
  #learn(
    root: number,
    rule: number,
    start: number,
    end: number,
    from: number,
    bytes: Uint8Array,
    base: number,
  ): number {
    const learned = this.#learned;
    const words = learned.mayJudge() ? wordsIn(bytes, start, end) : null;
    if (words === null) return -1;
    const judgement = judge(this.#checks, this.#rules.ruleOf(rule), this.#rules.nameOf(from), from);
    if (judgement === null) return -1;
    learned.add(root, bytes, base, words, judgement);
    return learned.paths.walk(root, bytes, start, end);
  }
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
