/**
 * HOT PATH, written for speed: to which chain each rule of a dump jumps, as numbers that an edit takes along. The target is taken
 * from the end of a rule's line wherever that is safe; only the others are read word by word.
 */
import type { LineEdit } from '../rules/iptables/compact/compactEdit.ts';
import type { CompactRuleset, KeptByLine } from '../rules/iptables/compact/compactRuleset.ts';
import type { CompactTable } from '../rules/iptables/compact/compactTable.ts';
import { LineKind } from '../rules/iptables/compact/lineTable.ts';
import { splicedNumbers } from '../rules/iptables/compact/splicedNumbers.ts';
import { bytesOf } from '../text/bytes.ts';
import { targetNameOf } from './words/ruleView.ts';

/** Of a line of which nothing is known. */
const UNKNOWN = -1;
/** Of a line that jumps to no chain of its table. */
const OTHER = -2;

/** So many lines are read one by one; more of them by the bytes of the whole text. */
const FEW = 1_000;

export class LineTargets implements KeptByLine {
  readonly #ruleset: CompactRuleset;
  readonly #targets: Int32Array;

  constructor(ruleset: CompactRuleset, targets?: Int32Array) {
    this.#ruleset = ruleset;
    this.#targets = targets ?? new Int32Array(ruleset.source.lines.length).fill(UNKNOWN);
  }

  /** By line, for the rules of `table`: the number that its flat lists have for the chain to which the rule jumps; below 0 where it jumps to none. */
  of(table: CompactTable): Int32Array {
    const unknown = this.#unknown(table);
    const bytes = unknown.length > FEW ? this.#ruleset.takeBytes() : null;
    for (const line of unknown) this.#targets[line] = this.#read(table, line, bytes);
    return this.#targets;
  }

  edited(ruleset: CompactRuleset, edit: LineEdit): LineTargets {
    const targets = splicedNumbers(this.#targets, ruleset.source.lines.length, edit, false);
    for (const [index, { section }] of ruleset.tables.entries()) {
      const before = this.#ruleset.tables[index]?.section.chains.names;
      // What led to no chain may lead to one now.
      if (section.chains.names !== before || edit.numbers[index] !== null)
        targets.fill(UNKNOWN, section.start, section.end + 1);
    }
    return new LineTargets(ruleset, targets);
  }

  #unknown({ section: { start, end } }: CompactTable): readonly number[] {
    const { lines } = this.#ruleset.source;
    const found: number[] = [];
    for (let line = start; line <= end; line++) {
      if (this.#targets[line] === UNKNOWN && lines.kindOf(line) === LineKind.rule) found.push(line);
    }
    return found;
  }

  /** `bytes`: of the whole text, where somebody has them. */
  #read(table: CompactTable, line: number, bytes: Uint8Array | null): number {
    const { lines } = this.#ruleset.source;
    const [start, end] = [lines.startOf(line), lines.endOf(line)];
    const { names } = table.section.chains;
    const found =
      bytes === null
        ? targetIn(bytesOf(this.#ruleset.text.slice(start, end)), 0, end - start, names)
        : targetIn(bytes, start, end, names);
    if (found !== UNKNOWN) return found;
    const name = targetNameOf(this.#ruleset.nodes.rule(line));
    const chain = name === null ? -1 : names.numberOf(name);
    return chain < 0 ? OTHER : chain;
  }
}

interface Names {
  find(bytes: Uint8Array, start: number, end: number): number;
}

const BLANK = 32;
const DASH = 45;
const LETTER_J = 106;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const NO_ASCII = 128;

/**
 * `… -j KUBE-SEP-X`, `… -j DNAT --to-destination …` → the target, where no quote stands behind the last `-j` of the line, which
 * could otherwise be part of a comment; `UNKNOWN` to have the rule read.
 */
function targetIn(bytes: Uint8Array, start: number, end: number, names: Names): number {
  for (let at = end - 1; at > start + 2; at--) {
    const code = bytes[at] ?? 0;
    if (code === QUOTE || code === APOSTROPHE || code === BACKSLASH || code >= NO_ASCII) return UNKNOWN;
    const isJump =
      code === BLANK && bytes[at - 1] === LETTER_J && bytes[at - 2] === DASH && bytes[at - 3] === BLANK;
    if (isJump) return targetAt(bytes, start, at, end, names);
  }
  return UNKNOWN;
}

/** `behind`: the blank behind `-j`. */
function targetAt(bytes: Uint8Array, start: number, behind: number, end: number, names: Names): number {
  let word = behind - 4;
  while (word >= start && bytes[word] !== BLANK) word--;
  // `--comment -j` has a comment, `--rsource -j` a jump.
  if (bytes[word + 1] === DASH || bytes[behind - 4] === BLANK) return UNKNOWN;
  let stop = behind + 1;
  while (stop < end && bytes[stop] !== BLANK) {
    // Other white space ends a word, too.
    if ((bytes[stop] ?? 0) < BLANK) return UNKNOWN;
    stop++;
  }
  if (stop === behind + 1) return UNKNOWN;
  const chain = names.find(bytes, behind + 1, stop);
  return chain < 0 ? OTHER : chain;
}
