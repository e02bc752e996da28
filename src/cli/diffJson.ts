import type { ChangePlace, Comparison, Side } from '../kubeproxy/compare/change.ts';
import { placeText } from '../kernel/ruleAt.ts';
import { linesOf } from '../rules/iptables/linesOf.ts';
import { placeInFile } from './filePlace.ts';
import type { Rules } from './readRules.ts';

/** What `diff --format json` prints. A place is of one of the two states, its lines and columns count from 1. */
export function diffJson(
  { changes, same, notCompared }: Comparison,
  rules: Readonly<Record<Side, Rules>>,
): object {
  return {
    changes: changes.map(({ places, ...change }) => ({
      ...change,
      places: places.map((place) => placeJson(place, rules[place.side])),
    })),
    same,
    notCompared,
  };
}

function placeJson({ side, at }: ChangePlace, { named, analysis }: Rules): object {
  const file = named.find(({ source }) => source === at.source);
  const whole = file?.whole ?? analysis.sources.get(at.source)?.text.ruleset;
  const place = whole === undefined ? null : placeInFile(at.span, linesOf(whole), whole);
  return {
    side,
    file: file?.path ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    rule: 'index' in at ? placeText(at) : null,
  };
}
