/** HOT PATH: looks at the rules of a table over flat lists, of which an edit left most as they were. */
import { LineKind } from '../../../rules/iptables/compact/lineTable.ts';
import { bytesOf } from '../../../text/bytes.ts';
import type { Steps } from '../../../values/steps.ts';
import { ChainGraph } from '../chainGraph.ts';
import { checkGraph, type Reach, reachOf } from '../checkGraph.ts';
import type { RuleChecks } from '../checkRule.ts';
import type { CompactTableRules } from '../compactTableRules.ts';
import { RULES_PER_STEP } from '../tableRules.ts';
import type { TableVerdicts } from './lineVerdicts.ts';
import type { BaseChecks } from './ruleLooks.ts';
import { RuleShapes } from './ruleShapes.ts';

/** As `looksAtAll`. `bytes` gives those of the text, where most of it is to be looked at. */
export function* looksAtLines(
  base: BaseChecks,
  rules: CompactTableRules,
  verdicts: TableVerdicts,
  bytes: () => Uint8Array,
): Steps<Reach> {
  const wasDone = verdicts.begin();
  const looks = new LineLooks(base, rules, verdicts, verdicts.isNew ? bytes() : null);
  const { start, end } = rules.table.section;
  for (let line = start; line <= end; line += RULES_PER_STEP) {
    looks.some(line, Math.min(end + 1, line + RULES_PER_STEP));
    yield;
  }
  const isSame = verdicts.origins !== null;
  const reach = looks.reach();
  yield;
  verdicts.end(looks.bind(reach, wasDone && isSame));
  return reach;
}

class LineLooks {
  readonly #rules: CompactTableRules;
  readonly #verdicts: TableVerdicts;
  readonly #checks: RuleChecks;
  readonly #shapes: RuleShapes;
  /** Of the text; null where few lines of it are looked at. */
  readonly #bytes: Uint8Array | null;
  /** The lines that were looked at, where most were not. */
  readonly #looked: number[] = [];
  /** The chain to which the rule jumps that is looked at word by word. */
  #to = -1;

  constructor(base: BaseChecks, rules: CompactTableRules, verdicts: TableVerdicts, bytes: Uint8Array | null) {
    this.#rules = rules;
    this.#verdicts = verdicts;
    this.#bytes = bytes;
    this.#checks = { ...base, jumped: (_from, to) => void (this.#to = to) };
    this.#shapes = new RuleShapes(this.#checks, verdicts.learned, rules.chainsIn(), rules);
  }

  /** Looks at those of the lines from `from` up to `to` that have to be looked at. */
  some(from: number, to: number): void {
    const verdicts = this.#verdicts;
    const { lines } = this.#rules.table.nodes;
    for (let line = from; line < to; line++) {
      if (lines.kindOf(line) === LineKind.rule && !verdicts.isRight(line)) this.#look(line);
    }
  }

  #look(line: number): void {
    const rules = this.#rules;
    const { lines, text } = rules.table.nodes;
    const [start, end] = [lines.startOf(line), lines.endOf(line)];
    const from = rules.numberOf(lines.chainOf(line));
    const whole = this.#bytes;
    const own = whole ?? bytesOf(text.slice(start, end));
    this.#to = -1;
    const right = this.#shapes.check(line, start, end, from, own, whole === null ? start : 0);
    const to = right?.to ?? this.#to;
    this.#verdicts.put(line, right?.shape ?? -1, to < 0 ? -1 : rules.chainOf(to));
    if (whole === null) this.#looked.push(line);
  }

  /** From where each chain is reached: as before, where nothing that leads to a chain changed. */
  reach(): Reach {
    const rules = this.#rules;
    const { scope } = this.#checks;
    const find = (name: string): number => rules.find(name);
    const { origins } = this.#verdicts;
    if (origins !== null) return reachOf(scope, origins, find);
    const told = scope.reporter.findings.length;
    const reach = checkGraph(scope, this.#graph(), find);
    // What is told of the graph has to be told again.
    this.#verdicts.origins = scope.reporter.findings.length === told ? reach.origins : null;
    return reach;
  }

  #graph(): ChainGraph {
    const rules = this.#rules;
    const { section, nodes } = rules.table;
    const { lines } = nodes;
    const graph = new ChainGraph(rules, rules.size);
    for (let line = section.start; line <= section.end; line++) {
      const to = this.#verdicts.jumpOf(line);
      if (to < 0 || lines.kindOf(line) !== LineKind.rule) continue;
      graph.addJump(rules.numberOf(lines.chainOf(line)), rules.numberOf(to), line);
    }
    return graph;
  }

  /** Gives whether the hooks allow all rules, of which those looked at now are held against them with `isSame`. */
  bind(reach: Reach, isSame: boolean): boolean {
    const { section, nodes } = this.#rules.table;
    let allowed = true;
    if (isSame) {
      for (const line of this.#looked) if (!this.#isAllowed(line, reach)) allowed = false;
      return allowed;
    }
    for (let line = section.start; line <= section.end; line++) {
      const isRule = nodes.lines.kindOf(line) === LineKind.rule;
      if (isRule && !this.#isAllowed(line, reach)) allowed = false;
    }
    return allowed;
  }

  #isAllowed(line: number, reach: Reach): boolean {
    const { learned } = this.#verdicts;
    const shape = this.#verdicts.shapeOf(line);
    if (shape < 0 || !learned.isBound(shape)) return true;
    const from = this.#rules.numberOf(this.#rules.table.nodes.lines.chainOf(line));
    return this.#shapes.isAllowed(line, from, shape, reach);
  }
}
