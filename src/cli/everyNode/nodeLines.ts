/** JSON lines of `check --all-nodes`: one for each node as it answers, and a last one that sums up. */
import { isRecord, parseRecord } from '../../text/json.ts';
import { findingTable } from '../../kubeproxy/findings/table.ts';
import type { MissingFile } from './missingFiles.ts';
import type { NodeProblem } from './nodeTable.ts';

/** A node that an earlier run asked. */
export interface NodeLine {
  readonly node: string;
  readonly problems: readonly NodeProblem[];
  /** Files that could not be had of it. */
  readonly missing: readonly MissingFile[];
  /** Sentences on what no file of it shows. */
  readonly warnings: readonly string[];
  /** The number by which nodes with the same Services are told; null where it was not compared. */
  readonly services: number | null;
  /** The whole line, to be printed again. */
  readonly text: string;
}

/** The nodes that answered, of the output of an earlier run; what is no such line is left out. Never throws. */
export function readNodeLines(text: string): readonly NodeLine[] {
  return text.split('\n').flatMap((line): readonly NodeLine[] => {
    const value = line.startsWith('{') ? parseRecord(line) : null;
    const node = value?.['node'];
    const problems = value?.['problems'];
    if (value === null || typeof node !== 'string' || !Array.isArray(problems)) return [];
    const { services, missing, warnings } = value;
    return [
      {
        node,
        problems: problems.flatMap(problemIn),
        missing: Array.isArray(missing) ? missing.flatMap(missingIn) : [],
        warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : [],
        services: typeof services === 'number' ? services : null,
        text: line,
      },
    ];
  });
}

function missingIn(value: unknown): readonly MissingFile[] {
  if (!isRecord(value)) return [];
  const { file, reason } = value;
  return typeof file === 'string' && typeof reason === 'string' ? [{ file, reason }] : [];
}

function problemIn(value: unknown): readonly NodeProblem[] {
  if (!isRecord(value)) return [];
  const { code, severity, service, message } = value;
  const known = Object.keys(findingTable).find((each): each is NodeProblem['code'] => each === code);
  const grave = (['error', 'warning', 'information'] as const).find((each) => each === severity);
  if (known === undefined || grave === undefined || typeof message !== 'string') return [];
  return [{ code: known, severity: grave, service: typeof service === 'string' ? service : null, message }];
}
