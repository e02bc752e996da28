/** What options of one match say together: a burst and its rate, the elements of an IPsec policy. */
import type { Match, Option } from '../../rules/iptables/nodes.ts';
import type { Severity } from '../../kubeproxy/findings/kind.ts';
import type { Overflow } from '../../rules/iptables/values/credits.ts';
import { hashRateOverflow, whyNoBurst } from '../../rules/iptables/values/hashlimit.ts';
import { rateOverflow } from '../../rules/iptables/values/rates.ts';
import { MAX_32, readNumber } from '../../values/numbers.ts';
import { replaceWith } from './fixes.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/** Reports options of `match` that are right alone, and refused beside each other. */
export function checkTogether(scope: TableScope, match: Match): void {
  if (match.definition?.name === 'limit') checkLimit(scope, match);
  else if (match.definition?.name === 'hashlimit') checkBurst(scope, match);
  else if (match.definition?.name === 'policy') checkPolicy(scope, match);
  else if (match.definition?.name === 'statistic') checkTurn(scope, match);
  else if (match.definition?.name === 'rt') checkRouting(scope, match);
}

function find({ options }: Match, name: string): Option | null {
  return options.find(({ definition }) => definition?.name === name) ?? null;
}

/** iptables-nft has another limit, which does not overflow. */
function checkLimit(scope: TableScope, match: Match): void {
  if (scope.backend === 'nf_tables') return;
  const rate = find(match, '--limit');
  const burst = find(match, '--limit-burst');
  const text = rate?.values[0]?.text ?? '3/hour';
  const overflow = rateOverflow(text, burst?.values[0]?.text ?? null);
  reportOverflow(scope, burst ?? rate, overflow, refusedOnlyBy(scope, 'legacy'));
}

function checkHashRate(scope: TableScope, match: Match, rate: Option): void {
  if (find(match, '--hashlimit-rate-match') !== null) return;
  const burst = find(match, '--hashlimit-burst');
  const overflow = hashRateOverflow(rate.values[0]?.text ?? '', burst?.values[0]?.text ?? null);
  reportOverflow(scope, burst ?? rate, overflow, 'error');
}

/** What overflows on some kernels only is refused by those. */
function reportOverflow(
  { reporter }: TableScope,
  option: Option | null,
  overflow: Overflow,
  severity: Severity,
): void {
  const word = option?.values[0];
  if (option === null || word === undefined || overflow === 'none') return;
  const details = {
    option: option.name.text,
    value: word.text,
    why: 'rate and burst together are more than the kernel can count',
    doubt: overflow === 'all' ? null : 'the kernel refuses it or not, as CONFIG_HZ decides',
    cure: 'Take a smaller burst, or a faster rate.',
  };
  reporter.report('bad-value', word, details, { severity: overflow === 'all' ? severity : 'warning' });
}

function checkBurst(scope: TableScope, match: Match): void {
  const { reporter } = scope;
  const limit = find(match, '--hashlimit-upto') ?? find(match, '--hashlimit-above');
  const rate = limit?.values[0];
  if (limit === null || rate === undefined) return;
  const burst = find(match, '--hashlimit-burst');
  const amount = burst?.values[0];
  const why = amount === undefined ? null : whyNoBurst(rate.text, amount.text);
  if (burst === null || amount === undefined || why === null) {
    checkHashRate(scope, match, limit);
    return;
  }
  const details = { option: burst.name.text, value: amount.text, why, doubt: null };
  reporter.report('bad-value', amount, { ...details, cure: 'Correct one of the two.' });
}

/** `--every 3 --packet 3`: of three packets the last one is 2 (`statistic_parse` of extensions/libxt_statistic.c). */
function checkTurn({ reporter }: TableScope, match: Match): void {
  const every = readNumber(find(match, '--every')?.values[0]?.text ?? '', MAX_32);
  const option = find(match, '--packet');
  const word = option?.values[0];
  const packet = readNumber(word?.text ?? '', MAX_32);
  if (option === null || word === undefined || every.kind === 'fault' || packet.kind === 'fault') return;
  if (packet.value < every.value) return;
  const why = `it is not from 0 to ${every.value - 1}, since every ${every.value} packets begin anew`;
  const last = String(every.value - 1);
  const cure = `Write ${last} for the last of them.`;
  const details = { option: option.name.text, value: word.text, why, doubt: null, cure };
  reporter.report('bad-value', word, details, { fixes: [replaceWith(word, last, `Write "${last}"`)] });
}

/** What is of type 0 stands behind `--rt-type 0`, and `--rt-0-not-strict` behind the addresses (extensions/libip6t_rt.c). */
function checkRouting({ reporter }: TableScope, match: Match): void {
  const type = find(match, '--rt-type');
  const addresses = find(match, '--rt-0-addrs');
  for (const option of match.options) {
    const name = option.definition?.name ?? '';
    if (!name.startsWith('--rt-0-')) continue;
    const isStrict = name !== '--rt-0-not-strict';
    const needed = isStrict ? type : addresses;
    // One that is not there at all is told already.
    if (needed === null) continue;
    const number = readNumber(needed.values[0]?.text ?? '', MAX_32);
    const isZero = needed.negation === null && number.kind === 'value' && number.value === 0;
    if (needed.start < option.start && (!isStrict || isZero)) continue;
    const before = `${isStrict ? '--rt-type 0' : '--rt-0-addrs'} before it`;
    reporter.report('missing-option', option.name, { name: option.name.text, options: [before] });
  }
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
