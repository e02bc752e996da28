/** What becomes of a packet that no rule of the filter hooks decides about. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { chainNamed, families } from '../rulesets.ts';
import type { GlanceLine } from './line.ts';

const hooks = ['INPUT', 'FORWARD', 'OUTPUT'] as const;

/** Null where no table filter is shown. */
export function filterLine({ rulesets }: Pick<Analysis, 'rulesets'>): GlanceLine | null {
  const told = families.flatMap((family) => {
    const words = policiesOf(rulesets, family);
    return words === '' ? [] : [{ family, words }];
  });
  const [first, second] = told;
  if (first === undefined) return null;
  const isOne = second === undefined || first.words === second.words;
  const words = isOne ? first.words : told.map((each) => `IPv${each.family}: ${each.words}`).join('; ');
  return { id: 'filter', title: 'Filter policies', words, state: 'ok' };
}

function policiesOf(rulesets: Analysis['rulesets'], family: Family): string {
  return hooks
    .flatMap((hook) => {
      const policy = chainNamed(rulesets[family], 'filter', hook)?.declaration?.policy?.text;
      return policy === undefined ? [] : [`${hook} ${policy}`];
    })
    .join(' · ');
}
