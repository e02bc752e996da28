/** The rules of a large text are read one by one for what is usual, and not kept. */
import { expect, it, vi } from 'vitest';
import { readHabits } from '../../../src/language/completion/habits.ts';
import { CompactNodes } from '../../../src/rules/iptables/compact/compactNodes.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../../kubeproxy/dumps.ts';

it('keeps no rule, and finds the one that a word stands in', () => {
  const ruleset = parseRuleset(dumpText('1.36.3', 'iptables-save.txt') ?? '');
  const keep = vi.spyOn(CompactNodes.prototype, 'rulesFrom');
  const habits = finish(readHabits(ruleset));
  expect(keep).not.toHaveBeenCalled();
  keep.mockRestore();

  const nat = ruleset.tables.find(({ name }) => name === 'nat');
  const chains = [...(nat?.chains.values() ?? [])].filter(({ name }) => name.startsWith('KUBE-SEP-'));
  expect(chains.length).toBeGreaterThan(20);
  for (const { name } of chains) {
    const found = habits.linked('nat', name);
    expect(found.length).toBeGreaterThan(0);
    for (const { chain, rule } of found) {
      expect(rule.chain.text).toBe(chain);
      expect(ruleset.text.slice(rule.start, rule.end)).toContain(name);
    }
  }
});
