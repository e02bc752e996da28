import { wordsOfFinding } from '../kubeproxy/findings/finding.ts';
import { findingTable } from '../kubeproxy/findings/table.ts';
import { begun } from '../kubeproxy/mode/words.ts';
import type { CheckedFile } from './checkedFiles.ts';

/**
 * What `check --format json` prints. The place is null for what stands in no file. `beside`: what of the node was not
 * checked, in clauses; they are `notes`, which are left out where there are none.
 */
export function checkJson(files: readonly CheckedFile[], beside: readonly string[]): object {
  const problems = files.flatMap(problemsOf);
  return beside.length === 0 ? { problems } : { problems, notes: beside.map((words) => `${begun(words)}.`) };
}

function problemsOf({ path, problems }: CheckedFile): readonly object[] {
  return problems.map(({ finding, place }) => ({
    code: finding.code,
    severity: finding.severity,
    message: wordsOfFinding(finding),
    file: path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    endLine: place?.endLine ?? null,
    endColumn: place?.endColumn ?? null,
    service: finding.service,
    cure: findingTable[finding.code].cure.replaceAll('`', ''),
  }));
}
