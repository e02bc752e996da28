/**
 * Walks one hook of one table. No recursion: chains stand on a stack of our own, so that no depth of jumps can overflow
 * the program's.
 */
import { type End, endNotKnown, kernelDrop } from '../../kernel/end.ts';
import type { Packet } from '../../kernel/packet.ts';
import type { CompiledMatch } from './matches/match.ts';
import type { Beginning } from './program/beginnings.ts';
import type { CompiledRule } from './program/compileRule.ts';
import type { Ladder } from './program/ladder.ts';
import { assumeOfRule, assumeOfTable } from './program/notShown.ts';
import type { CompiledChain, Program } from './program/program.ts';
import { efforts } from '../../kernel/budget.ts';
import { tooManyRules } from '../../kernel/overspent.ts';
import type { RuleSlice, Run } from '../../kernel/run.ts';
import type { FirstFailure } from '../../kernel/trace.ts';
import type { Control, Spot } from './targets/target.ts';

/** NFT_JUMP_STACK_SIZE: nf_tables refuses rules that nest deeper. */
const NFT_DEPTH = 16;

interface Frame {
  readonly chain: CompiledChain;
  readonly positions: readonly number[] | null;
  next: number;
  /** Chains left by `-g` on the way here, the last one first: none of them may come again either. */
  readonly left: Left | null;
  readonly slice: RuleSlice | null;
  /** Rules before this one have been reported. */
  reported: number;
}

interface Left {
  readonly chain: CompiledChain;
  readonly before: Left | null;
}

function isIn(slice: RuleSlice, position: number): boolean {
  return position >= slice.from && position < slice.to;
}

/** Runs the packet through a base chain, and what stands behind its rules (`beginningsOf`). Null when it passes. */
export function walkChain(
  program: Program,
  base: CompiledChain,
  packet: Packet,
  run: Run,
  spot: Spot,
  beginnings: readonly Beginning[] = [],
): End | null {
  if (program.listing !== null) assumeOfTable(program.listing, base.table, run);
  const end = new Walk(program, run, packet, spot).from(base, beginnings);
  if (end !== 'policy') return end;
  const { table, name: chain, policy } = base;
  run.steps.push({ kind: 'policy', source: program.source, table, chain, policy });
  if (policy === 'ACCEPT') return null;
  return { kind: 'end', verdict: 'drop', by: `${table}/${chain}/policy`, reason: null, rejectWith: null };
}

class Walk {
  readonly #program: Program;
  readonly #run: Run;
  readonly #packet: Packet;
  readonly #spot: Spot;
  readonly #stack: Frame[] = [];
  /** Marks the chains that it is in, and those that it left by `-g`: none of them may come again. */
  readonly #number: number;

  constructor(program: Program, run: Run, packet: Packet, spot: Spot) {
    this.#program = program;
    this.#run = run;
    this.#packet = packet;
    this.#spot = spot;
    this.#number = program.nextWalk();
  }

  /** Null = accepted; `policy` = the base chain's end was reached. */
  from(base: CompiledChain, beginnings: readonly Beginning[]): End | 'policy' | null {
    this.#enter(base, null);
    let begun = 0;
    for (;;) {
      const frame = this.#stack.at(-1);
      if (frame === undefined) {
        const next = beginnings[begun++];
        if (next === undefined) return 'policy';
        if (next.admits(this.#packet, this.#run)) this.#enter(next.chain, null);
        continue;
      }
      const rule = this.#nextMatch(frame);
      if (rule === null) {
        this.#leave();
        continue;
      }
      if ('verdict' in rule) return rule;
      const control = this.#act(rule);
      if (control.kind === 'accept') return null;
      if (control.kind === 'end') return control;
      if (control.kind === 'return') this.#leave();
      if (control.kind !== 'jump' && control.kind !== 'goto') continue;
      const end = this.#go(control.kind, frame.chain.leadsTo(rule.at.index, control.chain), frame);
      if (end !== null) return end;
    }
  }

  /** The next rule that matches, null at the chain's end; or the packet's end, where none may be asked any more. */
  #nextMatch(frame: Frame): CompiledRule | End | null {
    const { chain, positions } = frame;
    const reports = this.#run.shared.considered || frame.slice !== null;
    const count = positions === null ? chain.rules.length : positions.length;
    while (frame.next < count) {
      const position = positions === null ? frame.next : (positions[frame.next] ?? 0);
      frame.next++;
      if (!reports && positions === null && chain.passesOver(position, this.#packet)) continue;
      const rule = chain.rule(position);
      if (rule === null) continue;
      this.#run.effort += rule.effort;
      if (this.#run.overspent) return tooManyRules(this.#run);
      if (frame.slice !== null) this.#considerSlice(frame, frame.slice, position);
      const ladder = chain.ladder(position);
      if (ladder !== null) {
        const rung = this.#climb(ladder);
        this.#missed(frame, position, position + rung);
        // The rungs stand one behind the other, also among the candidates: none of them can be filed in an index.
        frame.next += rung;
        if (rung === ladder.chances.length) {
          frame.next--;
          continue;
        }
        return chain.rule(position + rung);
      }
      this.#run.lastChance = null;
      const failing = rule.failing(this.#packet, this.#run);
      if (failing === null) return rule;
      if (this.#isAskedFor(frame, position)) this.#consider(rule, failing);
      const thrown = failing.hotDrop?.(this.#packet, this.#run) ?? null;
      if (thrown !== null) return kernelDrop(thrown);
    }
    if (frame.slice !== null) this.#considerSlice(frame, frame.slice, chain.rules.length);
    return null;
  }

  /** One of the rungs of a ladder of random rules, or (the last number) none of them. */
  #climb(ladder: Ladder): number {
    const taken = this.#run.pickOf(ladder.shares);
    const chance = ladder.chances[taken] ?? null;
    this.#run.lastChance = chance === 1 ? null : chance;
    return taken;
  }

  #isAskedFor({ slice }: Frame, position: number): boolean {
    return this.#run.shared.considered || (slice !== null && isIn(slice, position));
  }

  /** The rungs from `start` up to, not including, `end`, which the choice did not fall on. */
  #missed(frame: Frame, start: number, end: number): void {
    if (frame.slice === null && !this.#run.shared.considered) return;
    for (let position = start; position < end; position++) {
      const rule = this.#isAskedFor(frame, position) ? frame.chain.rule(position) : null;
      if (rule !== null && rule.random !== null) this.#consider(rule, rule.random);
    }
  }

  /** The rules before `end` that the index passed over, as far as they were asked for. */
  #considerSlice(frame: Frame, slice: RuleSlice, end: number): void {
    const from = Math.max(frame.reported, slice.from);
    for (let position = from; position < Math.min(end, slice.to); position++) {
      const rule = frame.chain.rule(position);
      if (rule !== null) this.#report(rule, rule.failure(this.#packet, this.#run));
    }
    frame.reported = end + 1;
  }

  #consider(rule: CompiledRule, failing: CompiledMatch): void {
    this.#report(rule, rule.failureOf(failing, this.#packet, this.#run));
  }

  #report({ at }: CompiledRule, failure: FirstFailure | null): void {
    if (failure === null) return;
    this.#run.effort += efforts.step;
    this.#run.steps.push({ kind: 'considered', at, depth: this.#stack.length - 1, failure });
  }

  #act(rule: CompiledRule): Control {
    const chance = this.#run.lastChance;
    const at = this.#run.steps.length;
    this.#run.effort += efforts.step;
    const { listing } = this.#program;
    if (listing !== null) assumeOfRule(listing, rule.rule, this.#run);
    const { effect, control } = rule.target.act(this.#packet, this.#run, this.#spot);
    const step = {
      kind: 'rule' as const,
      at: rule.at,
      depth: this.#stack.length - 1,
      effect,
      chance,
    };
    // A target that asks something leaves its questions behind the rule that they belong to.
    if (this.#run.steps.length === at) this.#run.steps.push(step);
    else this.#run.steps.splice(at, 0, step);
    return control;
  }

  #go(kind: 'jump' | 'goto', chain: CompiledChain, frame: Frame): End | null {
    if (chain.walk === this.#number) return loop(this.#run, chain);
    if (kind === 'goto') {
      this.#stack.pop();
      this.#enter(chain, { chain: frame.chain, before: frame.left });
      return null;
    }
    this.#enter(chain, null);
    if (this.#stack.length > NFT_DEPTH && this.#program.backend(chain.table) === 'nf_tables') {
      this.#run.assume(
        `depth:${chain.table}`,
        'jumps-too-deep',
        `Chains of the ${chain.table} table nest deeper than ${NFT_DEPTH} jumps: nf_tables would refuse these rules. They are followed all the same.`,
      );
    }
    return null;
  }

  #enter(chain: CompiledChain, left: Left | null): void {
    const { slice } = this.#run.shared;
    chain.walk = this.#number;
    this.#stack.push({
      chain,
      positions: chain.candidates(this.#packet),
      next: 0,
      left,
      slice: slice?.table === chain.table && slice.chain === chain.name ? slice : null,
      reported: 0,
    });
  }

  #leave(): void {
    const frame = this.#stack.pop();
    if (frame === undefined) return;
    frame.chain.walk = 0;
    for (let { left } = frame; left !== null; left = left.before) left.chain.walk = 0;
  }
}

function loop(run: Run, chain: CompiledChain): End {
  const name = `${chain.table}/${chain.name}`;
  run.assume(
    `loop:${name}`,
    'jump-loop',
    `Chain ${name} is reached again from itself. The kernel refuses to load rules with such a loop, so what it would do is not known.`,
  );
  return endNotKnown(name, `the rules loop at ${name}`);
}
