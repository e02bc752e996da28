import { canonicalName } from '../../../rules/iptables/names.ts';
/** Targets that only decide, or only count. */
import { question } from '../../../kernel/answers.ts';
import { ruleWords, type RuleContext } from '../matches/match.ts';
import {
  ACCEPT,
  always,
  CONTINUE,
  type CompiledTarget,
  endBy,
  placeName,
  RETURN,
  type TargetCompiler,
} from './target.ts';

export const accept: TargetCompiler = () => always({ kind: 'accept' }, ACCEPT);
export const drop: TargetCompiler = (_, context) => always({ kind: 'drop' }, endBy(context, 'drop'));
export const returns: TargetCompiler = () => always({ kind: 'return' }, RETURN);
export const logs: TargetCompiler = () => always({ kind: 'log' }, CONTINUE);
/** Changes nothing that a rule or routing of this node looks at. */
export const counts: TargetCompiler = () => always({ kind: 'count' }, CONTINUE);

/** Changes a part of the header that only matches read which are not followed. */
export const rewrites: TargetCompiler = () => ({
  act: (packet) => {
    packet.rewrites++;
    return { effect: { kind: 'count' }, control: CONTINUE };
  },
});

/** A rule without a target. */
export const noTarget: CompiledTarget = always({ kind: 'count' }, CONTINUE);

/** A target of which nothing is known: the packet goes on, or it does not. */
export function unknownTarget(name: string, context: RuleContext, why: string): CompiledTarget {
  const effect = { kind: 'unknown', target: name } as const;
  return {
    act: (packet, run) => {
      packet.rewrites++;
      const goesOn = run.ask(
        question(
          `target:${placeName(context)}`,
          'target-unknown',
          `${ruleWords(context)} sends the packet to ${name}, ${why}.`,
          `the packet goes on behind ${name}`,
        ),
      );
      return {
        effect,
        control: goesOn ? CONTINUE : endBy(context, 'unknown', null, `what ${name} does is not known`),
      };
    },
  };
}

/** A chain of a Service or an endpoint that a part of a dump lacks: it would send the packet somewhere. */
export function notHere(name: string, context: RuleContext): CompiledTarget {
  const reason = `what ${name} does is not in this part of a dump`;
  return always({ kind: 'unknown', target: name }, endBy(context, 'unknown', null, reason));
}

export const notModelled: TargetCompiler = (target, context) =>
  unknownTarget(canonicalName(target), context, 'which is not modelled');
