import { byEveryName } from './byName.ts';
import type { TargetDefinition } from './definitions.ts';
import { targetsOfChange } from './targetsOfChange.ts';
import { targetsOfPath } from './targetsOfPath.ts';
import { targetsOfRecord } from './targetsOfRecord.ts';

/** Every target of iptables 1.8.9 and newer, the built-in verdicts included. */
export const targetDefinitions: readonly TargetDefinition[] = [
  ...targetsOfPath,
  ...targetsOfChange,
  ...targetsOfRecord,
];

const targetsByName = byEveryName(targetDefinitions);

/** The target of `-j name`; null for a chain or for an extension that is not in the catalogue. */
export function findTarget(name: string): TargetDefinition | null {
  return targetsByName.get(name) ?? null;
}
