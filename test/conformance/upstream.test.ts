import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flowResult, type OutcomeResult } from '../../src/kernel/flows.ts';
import { conformanceFolder, enginesOf, linesOf, SKIP_REASON } from './snapshots.ts';
import { flowOf, snapshotOf, type UpstreamCase, type UpstreamRuleset } from './upstreamCases.ts';

const file = conformanceFolder === null ? null : join(conformanceFolder, 'upstream', 'iptables-1.36.3.jsonl');

if (file === null || !existsSync(file)) {
  test.skip(`packets end as kube-proxy's own tests expect (${SKIP_REASON})`, () => {});
} else {
  const rulesets = linesOf(file).map((line): UpstreamRuleset => JSON.parse(line));
  describe("packets end as kube-proxy's own tests expect", () => {
    test.each(rulesets.map((ruleset, index) => [index, ruleset.test, ruleset] as const))(
      '%i %s',
      (_index, _name, ruleset) => {
        const engine = enginesOf(snapshotOf(ruleset))(ruleset.family);
        for (const row of ruleset.cases) {
          const flow = flowOf(ruleset, row);
          const result = flowResult(flow, engine.trace(flow));
          expect('outcomes' in result && differenceOf(row, result.outcomes), row.name).toBeNull();
        }
      },
    );
  });
}

function differenceOf(row: UpstreamCase, outcomes: readonly OutcomeResult[]): string | null {
  const sum = outcomes.reduce((total, { probability }) => total + probability, 0);
  if (Math.abs(sum - 1) > 1e-6) return `probabilities sum to ${sum}`;
  const verdicts = [...new Set(outcomes.map(({ verdict }) => verdict))];
  if (row.verdict === 'drop' || row.verdict === 'reject') {
    return verdicts.join() === row.verdict ? null : `expected ${row.verdict}, got ${verdicts.join()}`;
  }
  if (verdicts.some((verdict) => verdict !== 'forward' && verdict !== 'local'))
    return `got ${verdicts.join()}`;
  const told = listed(outcomes.map(({ destination }) => destination ?? ''));
  const host = row.to.includes(':') ? `[${row.to}]` : row.to;
  const wanted = listed(row.endpoints.length === 0 ? [`${host}:${row.port}`] : row.endpoints);
  if (told !== wanted) return `expected ${wanted}, got ${told}`;
  const masqueraded = outcomes.some((outcome) => outcome.masqueraded);
  return masqueraded === row.masquerade ? null : `masqueraded: ${masqueraded}`;
}

function listed(texts: readonly string[]): string {
  return [...new Set(texts)].toSorted((one, other) => one.localeCompare(other)).join();
}
