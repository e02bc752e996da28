import type { ChangePlace, Comparison, Side } from '../../kubeproxy/compare/change.ts';
import { endsOf } from './diagnosisJson.ts';
import { type FileOf, placeJson } from './placeJson.ts';

interface DiffJson {
  readonly changes: readonly object[];
  readonly ways: readonly object[];
  readonly same: Comparison['same'];
  readonly traffic: Comparison['traffic'];
  readonly notCompared: Comparison['notCompared'];
}

/** What `diff --format json` prints. A place is of one of the two states, its lines and columns count from 1. */
export function diffJson(
  { changes, ways, same, traffic, notCompared }: Comparison,
  fileOf: Readonly<Record<Side, FileOf>>,
): DiffJson {
  return {
    changes: changes.map(({ places, ...change }) => ({ ...change, places: placesJson(places, fileOf) })),
    ways: ways.map(({ places, packet, ...way }) => ({
      ...way,
      packet: packet === null ? null : endsOf(packet),
      places: placesJson(places, fileOf),
    })),
    same,
    traffic,
    notCompared,
  };
}

function placesJson(
  places: readonly ChangePlace[],
  fileOf: Readonly<Record<Side, FileOf>>,
): readonly object[] {
  return places.map(({ side, at }) => ({ side, ...placeJson(at, fileOf[side]) }));
}
