import { type Finding, wordsOfFinding } from '../kubeproxy/findings/finding.ts';
import { findingTable } from '../kubeproxy/findings/table.ts';
import { begun } from '../kubeproxy/mode/words.ts';
import type { CheckedFile } from './checkedFiles.ts';
import type { FilePlace } from './filePlace.ts';

/**
 * What `check --format json` prints. The place is null for what stands in no file. `beside`: what of the node was not
 * checked, in clauses; they are `notes`, which are left out where there are none.
 */
export function checkJson(files: readonly CheckedFile[], beside: readonly string[]): object {
  const problems = files.flatMap(problemsOf);
  return beside.length === 0 ? { problems } : { problems, notes: beside.map((words) => `${begun(words)}.`) };
}

function problemsOf({ path, problems }: CheckedFile): readonly object[] {
  return problems.map(({ finding, place }) => findingJson(finding, { path, place }));
}

/** A finding, and where it stands; `null` for what stands in no file. */
export function findingJson(
  finding: Finding,
  at: { readonly path: string | null; readonly place: FilePlace | null } | null,
): object {
  const { code, severity, service } = finding;
  return {
    code,
    severity,
    message: wordsOfFinding(finding),
    file: at?.path ?? null,
    line: at?.place?.line ?? null,
    column: at?.place?.column ?? null,
    endLine: at?.place?.endLine ?? null,
    endColumn: at?.place?.endColumn ?? null,
    service,
    cure: findingTable[code].cure.replaceAll('`', ''),
  };
}
