import { MOST_EFFORT_OF_A_WAY } from './budget.ts';
import { type End, endNotKnown } from './end.ts';
import type { Run } from './run.ts';

/** How a walk through rules ends that has used up its budget. */
export function tooManyRules(run: Run): End {
  if (run.effort > MOST_EFFORT_OF_A_WAY) {
    run.assume(
      'too-many-rules',
      'walk-too-long',
      'One packet would be held against more rules than a kernel would get through; the walk was given up.',
    );
  }
  return endNotKnown('kernel', 'too many rules for one packet');
}
