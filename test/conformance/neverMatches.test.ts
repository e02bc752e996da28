/** A rule of which it is said that it never matches: no recorded packet has met it, in rules that were made to be met. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { placeText } from '../../src/kernel/ruleAt.ts';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import type { Finding } from '../../src/kubeproxy/findings/finding.ts';
import { findingsOfNativeTables } from '../../src/kubeproxy/findings/nft/ofNft.ts';
import { findingsOfRules } from '../../src/kubeproxy/findings/rules/ofRules.ts';
import { finish } from '../../src/values/steps.ts';
import type { Recording } from './recordings.ts';
import { conformanceFolder, filesIn, linesOf, scenarios, SKIP_REASON } from './snapshots.ts';

const recordings = conformanceFolder;

if (recordings === null) {
  test.skip(`rules that never match are never met (${SKIP_REASON})`, () => {});
} else {
  describe('rules that never match are never met', () => {
    let named = 0;
    test.each(scenarios(recordings))('%s', (name) => {
      const folder = join(recordings, 'kernel', name);
      const dead = deadRules(folder);
      named += dead.size;
      const met = linesOf(join(folder, 'flows.jsonl')).flatMap((line) => {
        const recording: Recording & { readonly family?: number } = JSON.parse(line);
        const source = recording.family === 6 ? 'ip6tables' : 'iptables';
        return (recording.paths ?? []).flatMap(({ rules }) => rules.map((rule) => `${source} ${rule}`));
      });

      expect(met.filter((rule) => dead.has(rule))).toEqual([]);
    });

    test('some are named, so that this can fail', () => {
      expect(named).toBeGreaterThan(20);
    });

    let native = 0;
    test.each(scenarios(recordings, 'nft'))('of native tables: %s', (name) => {
      const folder = join(recordings, 'nft', name);
      const dead = deadNativeRules(folder);
      native += dead.size;
      const met = linesOf(join(folder, 'flows.jsonl')).flatMap((line) => {
        const recording: Recording = JSON.parse(line);
        return (recording.paths ?? []).flatMap(({ rules }) => rules);
      });

      expect(met.filter((rule) => dead.has(rule))).toEqual([]);
    });

    test('some are named in native tables', () => {
      expect(native).toBeGreaterThan(100);
    });
  });
}

/** As `ip6tables filter/INPUT/3`. */
function deadRules(folder: string): ReadonlySet<string> {
  const found = finish(findingsOfRules(analysisOfFiles(filesIn(folder))));
  return new Set(
    found.flatMap(({ code, at }) =>
      code === 'never-matches' && at !== null && 'index' in at ? [`${at.source} ${placeText(at)}`] : [],
    ),
  );
}

/** As `inet t0/input/3`, those that one finding names beside its own among them. */
function deadNativeRules(folder: string): ReadonlySet<string> {
  const found = finish(findingsOfNativeTables(analysisOfFiles(filesIn(folder))));
  const dead = found.filter(({ code }) => code === 'never-matches');
  const places = dead.flatMap(({ at, related: [, ...others] }): readonly Finding['at'][] => [
    at,
    ...others.map((each) => each.at),
  ]);
  return new Set(places.flatMap((at) => (at !== null && 'chain' in at ? [placeText(at)] : [])));
}
