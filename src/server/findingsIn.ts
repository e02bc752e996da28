import type { Finding } from '../kubeproxy/findings/finding.ts';
import { findingsOfNode } from '../kubeproxy/findings/ofNode.ts';
import { findingsOfPackets } from '../kubeproxy/findings/packet/ofPackets.ts';
import { findingTable } from '../kubeproxy/findings/table.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import { findingsBefore, keepFindings } from './findingsBefore.ts';
import { behindOthers, type Stop, type Turns } from './inTurns.ts';
import type { Subject, Workspace } from './workspace.ts';

interface Known {
  /** Of the whole node, but for what packets show. */
  readonly all: readonly Finding[];
  /** At places in the document. */
  readonly own: readonly Finding[];
  /** What packets show: of this version once it `isTraced`, until then of the version before. */
  readonly traced: readonly Finding[];
  readonly isTraced: boolean;
}

/** For as long as nothing that they stand on changes, findings are worked out once. */
const known = new WeakMap<Subject, Known>();

/**
 * What is found of a node at places in an open document. What stands in another file of its snapshot is that
 * document's, if it is open. What packets show is worked out behind it (`tracePackets`).
 */
export async function findingsIn(
  workspace: Workspace,
  document: RulesDocument,
  stop: Stop,
): Promise<Turns<readonly Finding[]>> {
  const subject = await workspace.subject(document.uri);
  if (subject === null || subject.document !== document) return { kind: 'stopped' };
  const before = known.get(subject);
  if (before !== undefined) return { kind: 'done', value: [...before.own, ...before.traced] };
  const found = await behindOthers(findingsOfNode(subject.analysis), stop);
  if (found.kind === 'stopped') return found;
  const traced = (findingsBefore(document) ?? []).filter(isShownByPackets);
  const own = found.value.filter(isIn(document, subject));
  return { kind: 'done', value: keep(subject, document, { all: found.value, own, traced, isTraced: false }) };
}

/**
 * Traces packets to all Services, once a version, behind what `findingsIn` has found. Whether that shows something else than
 * was known; false where it was stopped.
 */
export async function tracePackets(
  workspace: Workspace,
  document: RulesDocument,
  stop: Stop,
): Promise<boolean> {
  const subject = await workspace.subject(document.uri);
  const before = subject === null ? undefined : known.get(subject);
  if (subject === null || before === undefined || before.isTraced || subject.document !== document)
    return false;
  const found = await behindOthers(findingsOfPackets(subject.analysis, before.all), stop);
  if (found.kind === 'stopped') return false;
  const traced = found.value.filter(isIn(document, subject));
  keep(subject, document, { ...before, traced, isTraced: true });
  return JSON.stringify(traced) !== JSON.stringify(before.traced);
}

function keep(subject: Subject, document: RulesDocument, found: Known): readonly Finding[] {
  known.set(subject, found);
  const shown = [...found.own, ...found.traced];
  keepFindings(document, shown);
  return shown;
}

function isIn(document: RulesDocument, subject: Subject): (finding: Finding) => boolean {
  return ({ at }) => at !== null && subject.documentOf(at.source) === document;
}

function isShownByPackets({ code }: Finding): boolean {
  return findingTable[code].layer === 'packet';
}
