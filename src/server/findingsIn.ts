import type { Finding } from '../kubeproxy/findings/finding.ts';
import { findingsOfServices } from '../kubeproxy/findings/ofServices.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import { inTurns, type Stop, type Turns } from './inTurns.ts';
import type { Workspace } from './workspace.ts';

/**
 * What is found of Services at rules that stand in an open document. What stands in another file of its snapshot is that
 * document's, if it is open.
 */
export async function findingsIn(
  workspace: Workspace,
  document: RulesDocument,
  stop: Stop,
): Promise<Turns<readonly Finding[]>> {
  const subject = await workspace.subject(document.uri);
  if (subject === null || subject.document !== document) return { kind: 'stopped' };
  const found = await inTurns(findingsOfServices(subject.analysis), stop);
  if (found.kind === 'stopped') return found;
  const isOwn = ({ at }: Finding): boolean => at !== null && subject.documentOf(at.source) === document;
  return { kind: 'done', value: found.value.filter(isOwn) };
}
