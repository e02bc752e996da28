/** The mark that means "masquerade this packet": `--iptables-masquerade-bit`, 14 by default. */
import type { Rule, Ruleset } from '../../../rules/iptables/nodes.ts';
import { readMark } from '../../../values/marks.ts';
import { chainNamed } from '../../rulesets.ts';
import { targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';

export const DEFAULT_MASQUERADE_MARK = 0x4000;

/** The mark that KUBE-MARK-MASQ sets in one family's rules; null where there is no such rule. */
export function masqueradeMarkOf(ruleset: Ruleset | null): number | null {
  for (const rule of chainNamed(ruleset, 'nat', 'KUBE-MARK-MASQ')?.rules ?? []) {
    const mark = targetNameOf(rule) === 'MARK' ? markSetBy(rule) : null;
    if (mark !== null) return mark;
  }
  return null;
}

/** `--set-xmark 0x4000/0x4000`, `--or-mark 0x4000`, `--set-mark 0x4000` → 0x4000; null for what sets no bit. */
function markSetBy(rule: Rule): number | null {
  for (const name of ['--set-xmark', '--set-mark', '--or-mark']) {
    const reading = readMark(valueOf(targetOption(rule, name)) ?? '');
    if (reading.kind === 'value' && reading.value.value > 0) return reading.value.value;
  }
  return null;
}
