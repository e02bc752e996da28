import type { Finding } from '../kubeproxy/findings/finding.ts';
import type { Severity } from '../kubeproxy/findings/kind.ts';
import type { FindingCode } from '../kubeproxy/findings/table.ts';

/** How grave an editor shows a finding: `off` not at all, `hint` as three dots and not in the list of problems. */
export type ProblemLevel = Severity | 'hint' | 'off';

export const problemLevels: readonly ProblemLevel[] = ['error', 'warning', 'information', 'hint', 'off'];

/** What a user chose for some codes. */
export type ProblemLevels = ReadonlyMap<FindingCode, ProblemLevel>;

/** The level of a finding: what was chosen for its code, else how grave it is. */
export function levelOf({ code, severity }: Finding, levels: ProblemLevels): ProblemLevel {
  return levels.get(code) ?? severity;
}
