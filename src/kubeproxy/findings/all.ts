/** All that is found of a node: of its rules and Services, and what traced packets show. */
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import type { Finding } from './finding.ts';
import { findingsOfNode } from './ofNode.ts';
import { findingsOfPackets } from './packet/ofPackets.ts';

/** What packets show stands last, and costs most: who wants the others at once asks `findingsOfNode` first. */
export function* allFindings(analysis: Analysis): Steps<readonly Finding[]> {
  const found = yield* findingsOfNode(analysis);
  return [...found, ...(yield* findingsOfPackets(analysis, found))];
}
