import { type AssumeWords, Assuming, readAssume } from '../../kubeproxy/answer/assumed.ts';
import { readForm } from '../../kubeproxy/form/flowForm.ts';
import { assumptionsOf } from '../../kubeproxy/journey/assumptionsOf.ts';
import { asSent } from '../../kubeproxy/journey/asSent.ts';
import { followPacket } from '../../kubeproxy/journey/followPacket.ts';
import type { Leg } from '../../kubeproxy/journey/journey.ts';
import { legResult } from '../../kubeproxy/journey/legResult.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { AgentRules, ToolAnswer } from '../agentRules.ts';
import type { ToolInput } from '../input.ts';
import { pageOf } from '../page.ts';

/** Rules of so many other nodes are looked at. */
const MOST_OTHER_NODES = 4;

/** One packet, as `trace --format json` answers it, with the sentences of its text. */
export async function traceTool(rules: AgentRules, input: ToolInput): Promise<ToolAnswer> {
  const assume = assumesOf(input.list('assume'));
  if (typeof assume === 'string') return { kind: 'wrong', message: assume };
  const reading = readForm(
    {
      from: input.text('from'),
      to: input.text('to'),
      protocol: input.text('protocol'),
      state: input.text('state'),
      mark: input.text('mark'),
      interface: input.text('interface'),
      ttl: '',
      tcpFlags: '',
    },
    rules.analysis,
  );
  if (reading.kind === 'errors') {
    const message = reading.errors.map((each) => `"${each.field}": ${each.message}`).join(' ');
    return { kind: 'wrong', message };
  }
  const { leg, problem } = await followed(reading.flow, rules, assume);
  if (problem !== null) return { kind: 'wrong', message: problem };
  if (leg === null) {
    return {
      kind: 'wrong',
      message: `There are no IPv${reading.flow.family} rules here to trace it through.`,
    };
  }
  return told(leg, [reading.fromNote, reading.toNote], input);
}

function assumesOf(values: readonly string[]): readonly AssumeWords[] | string {
  const found: AssumeWords[] = [];
  for (const value of values) {
    const words = readAssume(value);
    if (words === null) return `"assume" takes CODE=yes, CODE=no or CODE=WORD, and not "${value}".`;
    found.push(words);
  }
  return found;
}

/** Asks until all that `assume` decides is decided. */
async function followed(
  flow: Flow,
  { analysis, otherNode, run }: AgentRules,
  assume: readonly AssumeWords[],
): Promise<{ readonly leg: Leg | null; readonly problem: string | null }> {
  const assuming = new Assuming(assume);
  for (;;) {
    const { decisions } = assuming;
    const { leg } = await followPacket({ flow, analysis, decisions, otherNode, most: MOST_OTHER_NODES, run });
    const isOpen = leg !== null && assuming.take(assumptionsOf(leg));
    if (assuming.problem !== null || !isOpen) return { leg, problem: assuming.problem };
  }
}

function told(here: Leg, ends: readonly string[], input: ToolInput): ToolAnswer {
  const leg = asSent(here);
  const { narrative, continuations } = leg;
  const { outcomes, assumptions } = legResult(leg);
  const { items, total, notes } = pageOf(outcomes, input);
  const isWhole = input.flag('path');
  return {
    kind: 'answer',
    data: {
      summary: narrative.headline,
      verdict: narrative.verdict,
      notes: [...narrative.details, ...ends.filter((each) => each !== ''), ...notes],
      outcomes: items.map(({ path, policies, replies, ...rest }) => ({
        ...rest,
        replies: replies.map(({ end, verdict, probability, by }) => ({ end, verdict, probability, by })),
        ...(isWhole ? { path, policies } : {}),
      })),
      total,
      assumptions,
      onward: continuations.slice(0, MOST_OTHER_NODES).map((each) => ({
        node: each.node,
        packet: each.packet,
        summary: each.narrative?.headline ?? each.message,
      })),
    },
  };
}
