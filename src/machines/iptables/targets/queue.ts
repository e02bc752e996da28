import { MAX_16, type NumberRange, readRange } from '../../../values/numbers.ts';
import type { Target } from '../../../rules/iptables/nodes.ts';
import { question } from '../../../kernel/answers.ts';
import type { Run } from '../../../kernel/run.ts';
import { type RuleContext, ruleWords } from '../matches/match.ts';
import { valueIn } from '../matches/reading.ts';
import {
  ACCEPT,
  type CompiledTarget,
  endBy,
  placeName,
  type TargetCompiler,
  targetOption,
  targetValue,
} from './target.ts';
import { notModelled } from './verdicts.ts';

/** `-j NFQUEUE --queue-num 3`, `--queue-balance 0:3 --queue-bypass`: xt_NFQUEUE.c. */
export const nfqueue: TargetCompiler = (target, context) => {
  const queues = queuesOf(target);
  if (queues === null) return notModelled(target, context);
  return toProgram(queues, targetOption(target, '--queue-bypass') !== null, context);
};

/** `-j QUEUE`: queue 0. */
export const queue: TargetCompiler = (_, context) => toProgram({ from: 0, to: 0 }, false, context);

function queuesOf(target: Target): NumberRange | null {
  const text = targetValue(target, '--queue-balance') ?? targetValue(target, '--queue-num') ?? '0';
  return valueIn(readRange(text, MAX_16));
}

/**
 * Nobody listens: the kernel drops the packet, or with `--queue-bypass` takes it out of this table as ACCEPT does. A
 * program that listens decides; what it lets pass leaves the table, too.
 */
function toProgram(queues: NumberRange, bypass: boolean, context: RuleContext): CompiledTarget {
  const name =
    queues.from === queues.to
      ? `NFQUEUE queue ${queues.from}`
      : `NFQUEUE queues ${queues.from} to ${queues.to}`;
  return {
    act: (packet, run, { table }) => {
      // Any other verdict than ACCEPT ends the nat of a hook: who comes by again is asked again (nf_nat_inet_fn).
      packet.leftNat = table === 'nat';
      if (!isHeard(queues, name, run, context)) {
        if (bypass) return { effect: { kind: 'accept' }, control: ACCEPT };
        const reason = `no program listens to ${name}`;
        return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
      }
      const claim = `the program at ${name} lets the packet pass as it is`;
      const message = `${ruleWords(context)} asks the program at ${name}; what it decides is not known.`;
      const passes = run.ask(question(`nfqueue:${placeName(context)}`, 'queue-program', message, claim));
      const effect = { kind: 'unknown', target: 'NFQUEUE' } as const;
      if (passes) return { effect, control: ACCEPT };
      return { effect, control: endBy(context, 'unknown', null, `the program at ${name} decides`) };
    },
  };
}

/** Of several queues the kernel takes one by a hash that nobody knows, or by the processor. */
function isHeard({ from, to }: NumberRange, name: string, run: Run, context: RuleContext): boolean {
  const { queues } = run.shared.flow;
  const heard = queues?.filter((each) => each >= from && each <= to);
  const count = new Set(heard).size;
  if (heard !== undefined && (count === 0 || count === to - from + 1)) return count > 0;
  const claim = `a program listens to ${name}`;
  const why =
    heard === undefined ? 'is not known' : 'for this packet is not known: some of the queues have one';
  const message = `Whether ${claim} ${why}.`;
  return run.ask(question(`queue:${placeName(context)}`, 'listener-unknown', message, claim));
}
