/**
 * `-ptcp`, `-jDROP`, `--source=10.0.0.1`: for its own options iptables takes the whole word for the value
 * (`argv[optind - 1]` in iptables/xshared.c), while for `-m`, `-g` and those of extensions both spellings work.
 */
import type { Option, Target, Word } from '../../rules/iptables/nodes.ts';
import type { TableScope } from './tableScope.ts';

const BLANK = 32;
const TAB = 9;

/** IFNAMSIZ is 16 with its ending zero. */
const LONGEST_INTERFACE = 15;

/** Whether nothing stands between the value and its option. */
export function isAttached(text: string, value: Word): boolean {
  const before = text.charCodeAt(value.start - 1);
  return before !== BLANK && before !== TAB;
}

/** `letter`: the option's short name. */
export function reportAttached(
  { reporter }: TableScope,
  letter: string,
  option: Option | Target,
  value: Word,
): void {
  const word = { start: option.start, end: value.end };
  const accepted = (letter === '-i' || letter === '-o') && word.end - word.start <= LONGEST_INTERFACE;
  const gap = { start: option.start, end: value.start };
  const changes = [{ span: gap, newText: `${letter} ` }];
  const fixes = [{ title: 'Insert a blank', changes, preferred: true, certain: !accepted }];
  const details = { option: letter, value: value.text, accepted };
  reporter.report('attached-value', word, details, { severity: accepted ? 'warning' : 'error', fixes });
}
