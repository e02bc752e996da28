import type { Flow } from '../../kernel/flow.ts';
import type { Answer } from '../answer/answer.ts';
import { contextOf, type Subject } from './context.ts';
import { type Fate, fatesOf } from './fates.ts';
import { groupByAssumptions, headlineOf } from './headline.ts';
import { nowhere, type OnwardEnd, type OnwardOf } from './onward.ts';

/** How the answer for a packet ends that came from another node, in few words for what is said of the whole way. */
export function endsOf(
  answer: Answer,
  flow: Flow,
  analysis: Subject,
  onward: OnwardOf = nowhere,
): readonly OnwardEnd[] {
  const context = contextOf(flow, analysis, onward, answer);
  const conditions = groupByAssumptions(answer.outcomes);
  const fates = conditions.map((outcomes) => fatesOf(outcomes, context));
  const all = fates.flat();
  if (all.every((fate) => isPlain(fate, flow))) {
    return [{ verdict: 'forward', share: 1, clause: '', notice: '', lost: 0, doubtful: 0 }];
  }
  const [only = []] = fates;
  if (fates.length === 1) {
    return only.map((fate) => {
      const { verdict, share, clause, notice, lost, doubtful } = fate;
      return {
        verdict,
        share,
        clause: isPlain(fate, flow) ? '' : thatNode(clause),
        notice: thatNode(notice),
        lost,
        doubtful,
      };
    });
  }
  const verdicts = new Set(all.map(({ verdict }) => verdict));
  const [verdict = 'unknown'] = verdicts;
  const clause = thatNode(withoutStop(headlineOf(conditions, fates, answer, context)));
  const isDoubtful = all.some(({ lost, doubtful }) => lost + doubtful > 0) ? 1 : 0;
  return [
    {
      verdict: verdicts.size > 1 ? 'mixed' : verdict,
      share: 1,
      clause,
      notice: '',
      lost: 0,
      doubtful: isDoubtful,
    },
  ];
}

/** Whether it is forwarded, or delivered, to where it was sent. */
function isPlain({ outcomes, passesHere, lost, doubtful }: Fate, { to }: Flow): boolean {
  return (
    passesHere &&
    lost === 0 &&
    doubtful === 0 &&
    outcomes.every(({ destination }) => destination?.address === to.address && destination.port === to.port)
  );
}

/** `It depends: …; … .` → `it depends: …; …` */
function withoutStop(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/** From another node's point of view; what rules say in quotes stays. */
function thatNode(words: string): string {
  const parts = words.split('"');
  return parts.map((part, at) => (at % 2 === 1 ? part : part.replaceAll('this node', 'that node'))).join('"');
}
