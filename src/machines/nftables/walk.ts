/** Walks one base chain: net/netfilter/nf_tables_core.c, nft_do_chain. Chains stand on a stack of our own. */
import { efforts } from '../../kernel/budget.ts';
import { tooManyRules } from '../../kernel/overspent.ts';
import { type End, endNotKnown } from '../../kernel/end.ts';
import type { Packet } from '../../kernel/packet.ts';
import type { RuleSlice, Run } from '../../kernel/run.ts';
import type { Effect, HookName } from '../../kernel/trace.ts';
import { type Asked, type CompiledRule, evaluate, failureOf } from './program/compileRule.ts';
import type { Visit } from './program/context.ts';
import type { CompiledChain } from './program/program.ts';
import type { Control } from './statements/control.ts';

/** NFT_JUMP_STACK_SIZE: deeper rulesets are refused when they are loaded. */
const DEPTH = 16;

interface Frame {
  chain: CompiledChain;
  next: number;
}

/** Runs the packet through a base chain. Null when it passes. */
export function walkChain(base: CompiledChain, packet: Packet, run: Run, hook: HookName): End | null {
  const isNat = base.base?.type.text === 'nat';
  const end = new Walk({ packet, run, hook, isNat }).from(base);
  if (end !== 'policy') return end;
  const { table, name: chain, policy } = base;
  run.steps.push({ kind: 'policy', source: base.table.source, table: table.name, chain, policy });
  if (policy === 'ACCEPT') return null;
  return {
    kind: 'end',
    verdict: 'drop',
    by: `${table.name}/${chain}/policy`,
    reason: null,
    rejectWith: null,
  };
}

/** Of a rule that did nothing else. */
const COUNT: Effect = { kind: 'count' };

class Walk {
  readonly #visit: Visit;
  readonly #stack: Frame[] = [];
  /** Of the rule that was asked last. */
  readonly #asked: Asked = { effect: null, place: -1, failed: null };

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  /** Null = accepted; `policy` = the base chain's end was reached. */
  from(base: CompiledChain): End | 'policy' | null {
    const { run } = this.#visit;
    this.#stack.push({ chain: base, next: 0 });
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const rule = frame.chain.rule(frame.next);
      if (rule === null) {
        this.#stack.pop();
        continue;
      }
      frame.next++;
      run.effort += rule.effort;
      if (run.overspent) return tooManyRules(run);
      const control = this.#ask(rule, frame);
      if (control === null) continue;
      if (control.kind === 'accept') return null;
      if (control.kind === 'end') return control;
      if (control.kind === 'return') this.#stack.pop();
      if (control.kind !== 'jump' && control.kind !== 'goto') continue;
      const end = this.#go(control, frame);
      if (end !== null) return end;
    }
    return 'policy';
  }

  /** What the rule makes of the packet; null where it does not match. */
  #ask(rule: CompiledRule, { chain, next }: Frame): Control | null {
    const { run } = this.#visit;
    run.lastChance = null;
    const control = evaluate(rule, this.#visit, this.#asked);
    const { effect, place, failed } = this.#asked;
    if (control === null) {
      if (run.shared.considered || isAsked(run.shared.slice, chain, next - 1)) this.#consider(rule, failed);
      return null;
    }
    const { steps, lastChance: chance } = run;
    const depth = this.#stack.length - 1;
    const step = { kind: 'rule' as const, at: rule.at, depth, effect: effect ?? COUNT, chance };
    // What a statement asks stands behind the rule that it belongs to.
    if (place < 0 || place === steps.length) steps.push(step);
    else steps.splice(place, 0, step);
    return control;
  }

  #consider({ at }: CompiledRule, failed: Asked['failed']): void {
    if (failed === null) return;
    const { run } = this.#visit;
    run.effort += efforts.step;
    const failure = failureOf(failed, this.#visit);
    run.steps.push({ kind: 'considered', at, depth: this.#stack.length - 1, failure });
  }

  #go({ kind, chain: name, number }: Jump, { chain: from }: Frame): End | null {
    const { run } = this.#visit;
    const chain = from.table.chain(number);
    if (chain === null) return absent(run, `${from.table.name}/${name}`);
    if (kind === 'goto') this.#stack.pop();
    if (this.#stack.length > DEPTH || this.#stack.some((each) => each.chain === chain))
      return loop(run, `${from.table.name}/${name}`);
    this.#stack.push({ chain, next: 0 });
    return null;
  }
}

type Jump = Extract<Control, { readonly number: number }>;

function isAsked(slice: RuleSlice | null, chain: CompiledChain, index: number): boolean {
  if (slice === null || slice.chain !== chain.name || slice.table !== chain.table.name) return false;
  return index >= slice.from && index < slice.to;
}

/** A listing of a part. */
function absent(run: Run, chain: string): End {
  run.assume(
    `chain:${chain}`,
    'chain-absent',
    `Chain ${chain} is not in this text; what it does is not known.`,
  );
  return endNotKnown(chain, `what ${chain} does is not in this text`);
}

function loop(run: Run, chain: string): End {
  run.assume(
    `loop:${chain}`,
    'jump-loop',
    `Chain ${chain} is reached again from itself, or too deep. The kernel refuses to load such rules, so what it would do is not known.`,
  );
  return endNotKnown(chain, `the rules loop at ${chain}`);
}
