/** Rules that would be dear to follow: the answer says where it was given up, within its budget, and is printed. */
import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/cli/checkedFiles.ts';
import { checkText } from '../../src/cli/checkText.ts';
import { journeyText } from '../../src/cli/journeyText.ts';
import { Budget } from '../../src/kernel/budget.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { answerResult } from '../../src/kubeproxy/answer/answerResult.ts';
import { traceJourney } from '../../src/kubeproxy/journey/journey.ts';
import {
  gotos,
  jumpBomb,
  longRule,
  matchingRules,
  randomThenPlain,
  sameRules,
  unknownMatches,
  wrongRules,
} from '../support/hostileRules.ts';
import { labFiles } from '../kernel/fixtures.ts';

const style = { colour: false, width: 100 };
const flow: Flow = {
  family: 4,
  from: { kind: 'external', address: '203.0.113.9', port: 40_000 },
  to: { address: '10.244.1.7', port: 80 },
  protocol: 'tcp',
};

function analysisOf(rules: string): ReturnType<typeof analysisOfFiles> {
  const files = new Map<SnapshotFileName, string>([['iptables-save.txt', rules]]);
  for (const name of snapshotFileNames) {
    const text = labFiles[name];
    if (text !== undefined) files.set(name, text);
  }
  return analysisOfFiles(files);
}

interface Told {
  readonly codes: readonly string[];
  readonly text: string;
}

/** The codes of what is assumed, with the text of the trace; its shares are a whole. */
function trace(rules: string, considered = false): Told {
  const leg = traceJourney({ flow, analysis: analysisOf(rules), decisions: [], rulesOf: () => null });
  if (leg === null) throw new Error('no rules');
  const { answer } = leg;
  expect(answer.outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  expect(JSON.stringify(answerResult(flow, answer, leg.analysis.sources)).length).toBeGreaterThan(100);
  return {
    codes: answer.assumptions.map(({ code }) => code),
    text: journeyText(leg, [], considered, style),
  };
}

it('all ways of an answer, and its replies, draw on one budget', () => {
  const analysis = analysisOf(randomThenPlain(10, 400));
  const effort = 100_000;
  const budget = new Budget(effort);
  const answer = answerOf(analysis, flow, { budget });
  expect(answer?.assumptions.map(({ code }) => code)).toContain('too-many-branches');
  const [followed] = [effort - budget.left];
  // A way is over when it has cost more than is left: by one rule at most.
  expect(followed).toBeLessThan(effort / 3 + 100);
  answer?.replies();
  expect(effort - budget.left).toBeLessThan(effort + 100);
});

describe('a trace gives up what nobody could wait for, says so, and is printed', { timeout: 120_000 }, () => {
  it.each([
    ['twelve random rules before 20,000 plain ones', randomThenPlain(12, 20_000)],
    ['10,000 rules with an unknown match', unknownMatches(10_000)],
  ])('%s', (_, rules) => {
    const { codes, text } = trace(rules);
    expect(codes).toContain('too-many-branches');
    expect(text).toContain('too many');
  });

  it('2^20 ways, and the rules that did not match on each', () => {
    const { codes, text } = trace(randomThenPlain(20, 500), true);
    expect(codes).toContain('too-many-branches');
    expect(text).toContain('too many');
    expect(text).toContain('--ttl-eq');
  });

  it('a jump bomb', () => {
    const { codes, text } = trace(jumpBomb(40));
    expect(codes).toContain('walk-too-long');
    expect(text).toContain('?');
  });

  it.each([
    ['100,000 gotos', gotos(100_000)],
    ['200,000 rules that match', matchingRules(200_000)],
  ])('%s are followed to their end', (_, rules) => {
    const { codes, text } = trace(rules);
    expect(codes).not.toContain('walk-too-long');
    expect(codes).not.toContain('too-many-branches');
    expect(text).toContain('10.244.1.7:80');
  });

  it('of a way through thousands of rules the first are rows, the last, and how many are not', () => {
    const { text } = trace(matchingRules(5000));
    const rows = text.split('\n').filter((line) => /\bMARK\b/.test(line));
    expect(rows).toHaveLength(2001);
    expect(rows.at(-1)).toMatch(/^ +5000 .*MARK/);
    expect(text).toMatch(/2,999 more steps of this hook +not shown/);
    expect(text).not.toContain('did not match');
    expect(text).toContain('10.244.1.7:80');
  });

  it.each([
    ['five million !', longRule('!', 5_000_000)],
    ['ten megabytes of options', longRule('--foo x', 1_250_000)],
    ['ten megabytes of values', longRule('--foo' + ' x'.repeat(500), 10_000)],
  ])('%s in one rule', (_, rules) => {
    const { codes, text } = trace(rules);
    expect(codes).toContain('match-unknown');
    expect(text).toContain('10.244.1.7:80');
  });
});

describe('check prints what it found', { timeout: 120_000 }, () => {
  it.each([
    ['150,000 problems', wrongRules(150_000), 150_000],
    ['five million ! in one rule', longRule('!', 5_000_000), 1],
    ['100,000 rules that do the same to the mark', sameRules(100_000), 0],
  ])('%s', (_, rules, least) => {
    const analysis = analysisOf(rules);
    const source = analysis.sources.followed(4);
    if (source === null) throw new Error('no rules');
    const { id, ruleset, text } = source;
    const named = {
      source: id,
      family: 4 as const,
      path: 'rules',
      ruleset,
      whole: text.ruleset,
      refused: null,
    };
    const files = checkFiles({ named: [named], nft: null, ipvs: null }, analysis);
    const errors = files
      .flatMap(({ problems }) => problems)
      .filter(({ finding }) => finding.severity === 'error');
    expect(errors.length).toBeGreaterThanOrEqual(least);
    expect(checkText(files, [], style).split('\n').length).toBeGreaterThan(least);
  });
});
