/** The stops of an outcome, for its picture: `raw ── mangle ──● nat ── routing ── …`. */
import type { Effect, Outcome, Step } from '../../kernel/trace.ts';
import type { NarrativeStage } from './narrative.ts';

/** One stop for each table of each hook that the packet passed, for routing, and for the end. */
export function stagesOf(outcome: Outcome): readonly NarrativeStage[] {
  const stages: NarrativeStage[] = [];
  outcome.steps.forEach((step, index) => {
    const id = `s${index}`;
    if (step.kind === 'hook') stages.push(stage(step.hook, step.table, '', id));
    else if (step.kind === 'routing') {
      const word = routingWord(step);
      const before = stages.at(-1);
      if (before?.hook !== 'routing' || before.word !== word) stages.push(stage('routing', null, word, id));
    } else if (step.kind === 'rule' || step.kind === 'policy') {
      const last = stages.pop();
      if (last) stages.push(withWord(last, stepWord(step), id));
    }
  });
  return [...stages, stage('end', null, endWord(outcome), 'end')];
}

function stage(hook: string, table: string | null, word: string, stepId: string): NarrativeStage {
  return { hook, table, word, stepId };
}

interface Word {
  readonly text: string;
  /** Of two words at one stop the heavier is shown. */
  readonly weight: number;
}

/** Keeps the more telling of two words, and leads to the step that it is about. */
function withWord(before: NarrativeStage, word: Word, id: string): NarrativeStage {
  const isHeavier = word.weight >= (weights.get(before.word) ?? 0) && word.weight > 0;
  return isHeavier ? { ...before, word: word.text, stepId: id } : before;
}

const weights: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['mark', 1],
  ['log', 1],
  ['accept', 2],
  ['notrack', 2],
  ['TTL', 2],
  ['TOS', 2],
  ['DSCP', 2],
  ['not known', 3],
  ['redirect', 4],
  ['masquerade', 4],
  ['DNAT', 4],
  ['SNAT', 4],
  ['NETMAP', 4],
  ['reject', 5],
  ['drop', 5],
]);

function stepWord(step: Extract<Step, { kind: 'rule' | 'policy' }>): Word {
  const text = step.kind === 'policy' ? policyWord(step.policy) : effectWord(step.effect);
  return { text, weight: weights.get(text) ?? 0 };
}

function policyWord(policy: 'ACCEPT' | 'DROP'): string {
  return policy === 'DROP' ? 'drop' : '';
}

function effectWord(effect: Effect): string {
  switch (effect.kind) {
    case 'dnat':
    case 'snat':
    case 'netmap':
    case 'tproxy':
      return effect.kind.toUpperCase();
    case 'masquerade':
    case 'redirect':
    case 'accept':
    case 'drop':
    case 'reject':
    case 'log':
    case 'notrack':
      return effect.kind;
    case 'set':
      return effect.field.toUpperCase();
    case 'mark':
    case 'connmark':
      return effect.was === effect.is ? '' : 'mark';
    case 'unknown':
      return 'not known';
    default:
      return '';
  }
}

function routingWord({ interface: name, result }: Extract<Step, { kind: 'routing' }>): string {
  if (result === 'local') return 'local';
  if (result === 'unicast') return name === null ? '' : `→ ${name}`;
  return result;
}

function endWord({ verdict, interface: name }: Outcome): string {
  if (verdict === 'forward') return name === null ? 'out' : `→ ${name}`;
  return { local: 'delivered', drop: 'dropped', reject: 'rejected', unknown: 'not known' }[verdict];
}
