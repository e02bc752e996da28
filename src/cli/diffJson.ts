import type { Comparison, Side } from '../kubeproxy/compare/change.ts';
import { placeJson } from './placeJson.ts';
import type { Rules } from './readRules.ts';

/** What `diff --format json` prints. A place is of one of the two states, its lines and columns count from 1. */
export function diffJson(
  { changes, same, notCompared }: Comparison,
  rules: Readonly<Record<Side, Rules>>,
): object {
  return {
    changes: changes.map(({ places, ...change }) => ({
      ...change,
      places: places.map(({ side, at }) => ({ side, ...placeJson(at, rules[side]) })),
    })),
    same,
    notCompared,
  };
}
