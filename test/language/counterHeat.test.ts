import { describe, expect, it } from 'vitest';
import { counterHeat } from '../../src/language/counterHeat.ts';
import { finish } from '../../src/values/steps.ts';
import { fixture } from './fixture.ts';

function heatOf(text: string): readonly string[] {
  const { document } = fixture(text);
  const range = document.rangeOf({ start: 0, end: text.length });
  return finish(counterHeat(document, range)).map(({ line, heat, packets }) => `${line} ${heat} ${packets}`);
}

describe('counters', () => {
  it('tell hot rules from cold ones, and those that never matched', () => {
    expect(
      heatOf(
        '*filter\n[1000:1] -A INPUT -j ACCEPT\n[100:1] -A INPUT -j DROP\n[99:1] -A INPUT -j DROP\n[0:0] -A INPUT -j DROP\n-A INPUT -j DROP\nCOMMIT\n',
      ),
    ).toEqual(['1 hot 1000', '2 hot 100', '3 cold 99', '4 never 0']);
  });

  it('say nothing where nothing was counted', () => {
    expect(heatOf('*filter\n[0:0] -A INPUT -j ACCEPT\n-A INPUT -j DROP\nCOMMIT\n')).toEqual([]);
  });
});
