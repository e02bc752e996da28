/** What is told of the packets of kube-proxy's own unit tests holds for what those tests expect. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { ToldEnd } from '../../support/sentences/claims.ts';
import { readTold, type Told } from '../../support/sentences/grammar.ts';
import { conformanceFolder, linesOf, SKIP_REASON } from '../snapshots.ts';
import { flowOf, snapshotOf, type UpstreamCase, type UpstreamRuleset } from '../upstreamCases.ts';
import { toldOf } from './tell.ts';

const file = conformanceFolder === null ? null : join(conformanceFolder, 'upstream', 'iptables-1.36.3.jsonl');

if (file === null || !existsSync(file)) {
  test.skip(`what is told holds for what kube-proxy's own tests expect (${SKIP_REASON})`, () => {});
} else {
  const rulesets = linesOf(file).map((line): UpstreamRuleset => JSON.parse(line));
  describe("what is told holds for what kube-proxy's own tests expect", () => {
    test.each(rulesets.map((ruleset, index) => [index, ruleset.test, ruleset] as const))(
      '%i %s',
      async (_index, _name, ruleset) => {
        const analysis = analysisOfFiles(snapshotOf(ruleset));
        for (const row of ruleset.cases) {
          const told = await toldOf(flowOf(ruleset, row), analysis);
          expect(told === null ? 'nothing is told' : complaintOf(told, row), row.name).toBeNull();
        }
      },
    );
  });
}

/** Null where all that is told is as expected. */
function complaintOf(told: Told, row: UpstreamCase): string | null {
  const { headline, details, unread } = readTold(told);
  const words = [told.headline, ...told.details].join(' ');
  if (unread.length > 0 || headline === null) return `not understood: ${unread.join(' ')}`;
  const wrong = headline.fates.map(({ end }) => wrongEnd(end, row)).find((each) => each !== null);
  if (wrong !== undefined) return `${wrong}: ${words}`;
  const passes = headline.fates.some(({ end }) => end.kind === 'passes' && !end.unanswered);
  const masqueraded = details.some(
    (each) => each.kind === 'source' && (each.whose === 'masqueraded' || each.whose === 'partly'),
  );
  // The node's own address is masqueraded by itself.
  const isNodes = details.some((each) => each.kind === 'source' && each.whose === 'node');
  if (passes && row.masquerade && !masqueraded && !isNodes) return `masquerading is not told: ${words}`;
  return masqueraded && !row.masquerade ? `nothing is masqueraded: ${words}` : null;
}

function wrongEnd(end: ToldEnd, { verdict, endpoints }: UpstreamCase): string | null {
  const stops = verdict === 'drop' || verdict === 'reject';
  if (end.kind === 'stops') return end.verdict === verdict ? null : `told ${end.verdict}`;
  if (stops || end.kind === 'unknown') return `told ${end.kind}`;
  if (end.endpoints !== null && end.endpoints !== Math.max(1, endpoints.length)) {
    return `told ${end.endpoints} endpoints`;
  }
  const isOne = end.to === null || endpoints.length === 0 || endpoints.includes(end.to);
  return isOne ? null : `told ${end.to}`;
}
