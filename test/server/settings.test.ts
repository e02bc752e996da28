import { describe, expect, it } from 'vitest';
import { diagnosticsOf, syntaxFindings } from '../../src/language/diagnostics.ts';
import { readSettings } from '../../src/server/settings.ts';
import { finish } from '../../src/values/steps.ts';
import { fixture } from '../language/fixture.ts';

describe('settings', () => {
  it('are the defaults where nothing is set, and where what is set is odd', () => {
    const usual = { levels: new Map(), hints: { shares: true, names: true, marks: true }, lenses: true };
    for (const value of [
      null,
      undefined,
      7,
      [],
      { problems: 'off', inlayHints: null, codeLens: 'no' },
      { problems: { levels: { 'no-endpoints': 'loud', nosuch: 'off' } } },
    ])
      expect(readSettings(value)).toEqual(usual);
  });

  it('switch hints and lenses off', () => {
    const found = readSettings({ inlayHints: { shares: false }, codeLens: { enabled: false } });
    expect(found.hints).toEqual({ shares: false, names: true, marks: true });
    expect(found.lenses).toBe(false);
  });

  it.each([
    ['error', [1]],
    ['warning', [2]],
    ['information', [3]],
    ['hint', [4]],
    ['off', []],
  ])('show a problem as %s', (level, severities) => {
    const { document } = fixture('*nat\n-A OUTPUT -j NOPE\nCOMMIT\n');
    const { levels } = readSettings({ problems: { levels: { 'undefined-jump-target': level } } });
    const found = diagnosticsOf(document, finish(syntaxFindings(document)), levels);
    expect(found.items.map(({ severity }) => severity)).toEqual(severities);
    expect(found.omitted).toBe(0);
  });
});
