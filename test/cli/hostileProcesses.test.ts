/** Rules that would be dear, as whole processes with little memory: they end, and print their text. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  gotos,
  jumps,
  matchingRules,
  nativeGotos,
  nativeMarks,
  nativeRules,
} from '../support/hostileRules.ts';
import { bundledCli, type Cli } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-hostile-'));
/** Of V8, beside which the process has some 100 MB. */
const environment = { NODE_OPTIONS: '--max-old-space-size=400' };
let cli: Cli;
beforeAll(async () => {
  cli = await bundledCli();
}, 120_000);

function write(rules: string): string {
  const path = join(folder, 'rules.txt');
  writeFileSync(path, rules);
  return path;
}

describe('within 400 MB', { timeout: 120_000 }, () => {
  it.each([
    ['200,000 rules that each set another mark', matchingRules(200_000), '199994 more'],
    ['200,000 native ones', nativeMarks(200_000), '199994 more'],
    ['100,000 chains that go to the next one', gotos(100_000), '100,000 rules'],
    ['100,000 native ones', nativeGotos(100_000), '100,001 rules'],
  ])('check: %s', async (_, rules, words) => {
    const { code, out, err } = await cli(['check', write(rules)], { environment });
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(words);
  });

  it.each([
    ['100,000 native rules', nativeRules(100_000)],
    ['100,000 chains that jump to the next one', jumps(100_000)],
  ])('trace: %s', async (_, rules) => {
    const packet = ['--from', '203.0.113.9', '--to', '10.244.1.7:80'];
    const { code, out } = await cli(['trace', write(rules), ...packet], { environment });
    expect(code).toBe(0);
    expect(out).toContain('10.244.1.7:80');
  });
});
