import type { Finding } from '../kubeproxy/findings/finding.ts';
import { findingsOfNode } from '../kubeproxy/findings/ofNode.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import { keepFindings } from './findingsBefore.ts';
import { behindOthers, type Stop, type Turns } from './inTurns.ts';
import type { Subject, Workspace } from './workspace.ts';

/** For as long as nothing that they stand on changes, findings are worked out once. */
const known = new WeakMap<Subject, readonly Finding[]>();

/**
 * What is found of a node at places in an open document. What stands in another file of its snapshot is that
 * document's, if it is open.
 */
export async function findingsIn(
  workspace: Workspace,
  document: RulesDocument,
  stop: Stop,
): Promise<Turns<readonly Finding[]>> {
  const subject = await workspace.subject(document.uri);
  if (subject === null || subject.document !== document) return { kind: 'stopped' };
  const before = known.get(subject);
  if (before !== undefined) return { kind: 'done', value: before };
  const found = await behindOthers(findingsOfNode(subject.analysis), stop);
  if (found.kind === 'stopped') return found;
  const isOwn = ({ at }: Finding): boolean => at !== null && subject.documentOf(at.source) === document;
  const value = found.value.filter(isOwn);
  known.set(subject, value);
  keepFindings(document, value);
  return { kind: 'done', value };
}
