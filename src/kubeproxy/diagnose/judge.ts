/** What all steps come to: whether the Service works, and the answer in a sentence or two. */
import { type Finding, wordsOfFinding } from '../findings/finding.ts';
import { Explained } from '../findings/packet/explained.ts';
import { findingTable } from '../findings/table.ts';
import { type EndedWay, endedOf, isServed } from '../ways/endedWay.ts';
import { either } from '../narrative/words.ts';
import { fromWords } from '../ways/vantages.ts';
import type { Way } from '../ways/way.ts';
import { type Diagnosis, type DiagnosisStep, type StepId, stepTitles } from './diagnosis.ts';

interface Looked {
  readonly name: string;
  readonly steps: readonly DiagnosisStep[];
  readonly ways: readonly Way[];
  readonly findings: readonly Finding[];
  /** Nobody but DNS leads clients to its Pods, or it has none. */
  readonly isLeftToDns: boolean;
  /** Policies let in nobody who was asked about, or Pods of it have no route: so it is if what that assumes is so. */
  readonly mayFail: boolean;
  /** Sentences on policies that were given and are not read; empty for none. */
  readonly unreadPolicies: string;
}

type Answer = Pick<Diagnosis, 'headline' | 'more' | 'said'>;

export function judge(looked: Looked): Pick<Diagnosis, 'verdict' | 'summary' | keyof Answer> {
  const verdict = verdictOf(looked);
  const { headline, more, said } = answerOf(looked, verdict);
  return { verdict, headline, more, said, summary: [headline, ...more].join(' ') };
}

function answerOf(looked: Looked, verdict: Diagnosis['verdict']): Answer {
  if (verdict === 'fails') return answerOfFailing(looked);
  return verdict === 'works' ? answerOfWorking(looked) : answerOfUnknown(looked);
}

/** A Service works where every way of it does; a step that could not look leaves no doubt about the rules. */
function verdictOf({ steps, ways, mayFail }: Looked): Diagnosis['verdict'] {
  if (steps.some(({ state }) => state === 'fail')) return 'fails';
  const isTraced =
    ways.length > 0 &&
    steps.every(({ id, state }) => (id !== 'paths' && id !== 'service') || state !== 'unknown');
  return isTraced && !mayFail ? 'works' : 'unknown';
}

/** Who asks why a Service does not answer is most likely one of those that these keep out, or hold to nobody. */
const TELLING: readonly StepId[] = ['policies', 'rules', 'kube-proxy'];

/** What is wrong beside ways that work. */
function troublesOf({ steps }: Looked): readonly DiagnosisStep[] {
  const warnings = steps.filter(({ state }) => state === 'warn');
  return TELLING.flatMap((id) => warnings.filter((step) => step.id === id));
}

function answerOfWorking(looked: Looked): Answer {
  const { name, steps, ways, unreadPolicies } = looked;
  const [cause, ...others] = troublesOf(looked);
  const warned = steps.filter((step) => step.state === 'warn' && step !== cause && !others.includes(step));
  const count = new Set(ways.map(({ frontend }) => frontend)).size;
  const where = count === 1 ? 'its address' : `each of its ${count} addresses`;
  const from = ways.some(({ vantage }) => vantage === 'given') ? ` ${fromWords.given}` : '';
  const works = `${name} is reached${from} at ${where}, as far as this node decides.`;
  const assumed = ways.some(({ assumes }) => assumes.length > 0);
  const rest = [
    ...(assumed ? ['What that takes for granted stands under Paths.'] : []),
    ...(unreadPolicies === '' ? [] : [unreadPolicies]),
    'Whether its Pods answer was not looked at.',
    ...messagesOf(warned),
  ];
  if (cause === undefined) return { headline: works, more: rest, said: idsOf(warned) };
  return {
    headline: cause.message,
    more: [...messagesOf(others), `Beside that, ${works}`, ...rest],
    said: idsOf([cause, ...others, ...warned]),
  };
}

function answerOfUnknown(looked: Looked): Answer {
  const { name, steps } = looked;
  if (looked.isLeftToDns)
    return {
      headline: steps[0]?.message ?? '',
      more: ['Whether DNS does so was not looked at.'],
      said: idsOf(steps.slice(0, 1)),
    };
  const unknown = steps.filter(({ state }) => state === 'unknown');
  const [cause, ...others] = troublesOf(looked);
  if (cause === undefined)
    return {
      headline: unknown[0]?.message ?? `Nothing tells whether ${name} works.`,
      more: [],
      said: idsOf(unknown.slice(0, 1)),
    };
  const open = unknown.filter(({ id }) => id === 'paths');
  return {
    headline: cause.message,
    more: [...messagesOf(others), ...open.map(({ message }) => `${name}: ${message}`)],
    said: idsOf([cause, ...others, ...open]),
  };
}

function answerOfFailing({ steps, ways, findings }: Looked): Answer {
  const [first, ...others] = steps.filter(({ state }) => state === 'fail');
  if (first === undefined) return { headline: '', more: [], said: [] };
  const apart = others.filter((step) => !isSameCause(first, step, { ways, findings }));
  const more =
    apart.length === 0
      ? []
      : [
          `See also ${either(
            apart.map(({ id }) => stepTitles[id]),
            'and',
          )} below.`,
        ];
  const told = first.standing ?? first.message;
  const why = first.id === 'paths' || first.id === 'replies' ? explaining(findings, endedOf(ways)) : null;
  const said = [first.id];
  return why === null
    ? { headline: told, more, said }
    : { headline: wordsOfFinding(why), more: [told, ...more], said };
}

/** Whether a step fails because another one before it does: for want of endpoints, or of the Service itself. */
function isSameCause(
  first: DiagnosisStep,
  { id }: DiagnosisStep,
  { ways, findings }: Pick<Looked, 'ways' | 'findings'>,
): boolean {
  if (first.id === 'endpoints' && (id === 'paths' || id === 'replies'))
    return ways.every((way) => !isServed(way.to) && way.cause === null);
  if (first.id !== 'service' || id !== 'rules') return false;
  return findings.every(
    ({ code, severity }) => code === 'rules-without-service' || severity === 'information',
  );
}

function idsOf(steps: readonly DiagnosisStep[]): readonly StepId[] {
  return steps.map(({ id }) => id);
}

function messagesOf(steps: readonly DiagnosisStep[]): readonly string[] {
  return steps.map(({ message }) => message);
}

/** What is wrong in the rules that explains most ways that end; null where nothing does. */
function explaining(findings: readonly Finding[], ended: readonly EndedWay[]): Finding | null {
  let [best, most]: [Finding | null, number] = [null, 0];
  for (const finding of findings) {
    if (finding.severity === 'information' || findingTable[finding.code].layer !== 'rules') continue;
    const explained = new Explained([finding]);
    const count = ended.filter((way) => explained.has(way)).length;
    if (count > most) [best, most] = [finding, count];
  }
  return best;
}
