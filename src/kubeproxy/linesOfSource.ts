import { IPVS, type SourceId } from '../kernel/ruleAt.ts';
import type { LineIndex } from '../text/lineIndex.ts';
import type { Analysis } from './analysis.ts';
import { ipvsTextOf } from './ipvsSource.ts';

/** How a place of a source turns into lines, virtual servers among them; null where the source is not here. */
export function linesOfSource(
  { sources, files }: Pick<Analysis, 'sources' | 'files'>,
  id: SourceId,
): LineIndex | null {
  return id === IPVS ? (ipvsTextOf(files)?.lines ?? null) : sources.linesOf(id);
}
