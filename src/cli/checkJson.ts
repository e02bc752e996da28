import { type FindingJson, findingJson } from '../agents/json/findingJson.ts';
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

/** Those of one file. */
export function problemsOf({ path, problems }: CheckedFile): readonly FindingJson[] {
  return problems.map(({ finding, place }) => findingJson(finding, { path, place }));
}
