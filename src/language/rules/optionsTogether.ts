/** What options of one match say together: a burst and its rate, the elements of an IPsec policy. */
import type { Match, Option } from '../../rules/iptables/nodes.ts';
import { whyNoBurst } from '../../rules/iptables/values/hashlimit.ts';
import type { TableScope } from './tableScope.ts';

/** Reports options of `match` that are right alone, and refused beside each other. */
export function checkTogether(scope: TableScope, match: Match): void {
  if (match.definition?.name === 'hashlimit') checkBurst(scope, match);
  else if (match.definition?.name === 'policy') checkPolicy(scope, match);
}

function find({ options }: Match, name: string): Option | null {
  return options.find(({ definition }) => definition?.name === name) ?? null;
}

function checkBurst({ reporter }: TableScope, match: Match): void {
  const rate = (find(match, '--hashlimit-upto') ?? find(match, '--hashlimit-above'))?.values[0];
  const burst = find(match, '--hashlimit-burst');
  const amount = burst?.values[0];
  if (rate === undefined || burst === null || amount === undefined) return;
  const why = whyNoBurst(rate.text, amount.text);
  if (why === null) return;
  const details = { option: burst.name.text, value: amount.text, why, doubt: null };
  reporter.report('bad-value', amount, { ...details, cure: 'Correct one of the two.' });
}

/** What an element consists of (`policy_check` of extensions/libxt_policy.c). */
const ofElement: readonly string[] = [
  '--reqid',
  '--spi',
  '--proto',
  '--mode',
  '--tunnel-src',
  '--tunnel-dst',
];

/** XT_POLICY_MAX_ELEM */
const MOST_ELEMENTS = 4;

function checkPolicy({ reporter }: TableScope, match: Match): void {
  const strict = find(match, '--strict');
  if (strict === null) return;
  const kind = find(match, '--pol');
  if (kind?.values[0]?.text === 'none') {
    const details = { option: '--strict', other: '--pol none', name: match.name.text };
    reporter.report('conflicting-options', strict.name, details);
    return;
  }
  let elements = 1;
  let start = strict;
  let isEmpty = true;
  for (const option of match.options) {
    const name = option.definition?.name ?? '';
    if (name === '--next') {
      if (isEmpty) break;
      elements++;
      start = option;
      isEmpty = true;
    } else if (ofElement.includes(name)) isEmpty = false;
  }
  if (isEmpty) reporter.report('missing-option', start, { name: start.name.text, options: ofElement });
  else if (elements > MOST_ELEMENTS) {
    const name = `more than ${MOST_ELEMENTS} elements`;
    reporter.report('conflicting-options', start.name, {
      option: '--next',
      other: name,
      name: match.name.text,
    });
  }
}
