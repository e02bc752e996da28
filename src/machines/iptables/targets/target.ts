import type { Option, Target } from '../../../rules/iptables/nodes.ts';
import { optionNamed } from '../../../rules/iptables/names.ts';
import type { RuleContext } from '../matches/match.ts';
import type { End } from '../../../kernel/end.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import type { Effect, HookName } from '../../../kernel/trace.ts';

/** Where in the kernel a target runs. */
export interface Spot {
  readonly hook: HookName;
  readonly table: string;
}

/** How the walk goes on after a target. */
export type Control =
  | { readonly kind: 'continue' | 'accept' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | End;

export interface TargetResult {
  readonly effect: Effect;
  readonly control: Control;
}

export interface CompiledTarget {
  readonly act: (packet: Packet, run: Run, spot: Spot) => TargetResult;
}

export type TargetCompiler = (target: Target, context: RuleContext) => CompiledTarget;

export const CONTINUE: Control = { kind: 'continue' };
export const ACCEPT: Control = { kind: 'accept' };
export const RETURN: Control = { kind: 'return' };

/** A target that always does the same. */
export function always(effect: Effect, control: Control): CompiledTarget {
  return new Constant({ effect, control });
}

/** A class, not a function of its own: there are a hundred thousand of them. */
class Constant implements CompiledTarget {
  readonly #result: TargetResult;

  constructor(result: TargetResult) {
    this.#result = result;
  }

  act(): TargetResult {
    return this.#result;
  }
}

/** `table/CHAIN/index`, as results name a rule. */
export function placeName(context: RuleContext): string {
  return placeText(context.at);
}

/** An end by this rule. */
export function endBy(
  context: RuleContext,
  verdict: End['verdict'],
  rejectWith: string | null = null,
  reason: string | null = null,
): End {
  return { kind: 'end', verdict, by: placeName(context), reason, rejectWith };
}

/** Behind this rule nothing can be said of the packet any more. */
export function unknownEnd(context: RuleContext, reason: string): TargetResult {
  return { effect: { kind: 'count' }, control: endBy(context, 'unknown', null, reason) };
}

/** The option of this name (as iptables-save prints it), if the target has it. */
export function targetOption(target: Target, name: string): Option | null {
  return optionNamed(target.options, name);
}

/** The first word after the option; null where the option or its word is missing. */
export function targetValue(target: Target, name: string): string | null {
  return targetOption(target, name)?.values[0]?.text ?? null;
}
