import { FindingsByService } from '../kubeproxy/findings/byService.ts';
import type { Finding } from '../kubeproxy/findings/finding.ts';
import { findingsOfNode } from '../kubeproxy/findings/ofNode.ts';
import { findingsOfPackets } from '../kubeproxy/findings/packet/ofPackets.ts';
import { findingTable } from '../kubeproxy/findings/table.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import { findingsBefore, keepFindings } from './findingsBefore.ts';
import type { Stop, Turns } from './inTurns.ts';
import { SharedWork } from './sharedWork.ts';
import type { Subject, Workspace } from './workspace.ts';

interface Known {
  /** Of the whole node, but for what packets show. */
  readonly all: readonly Finding[];
  /** At places in the document. */
  readonly own: readonly Finding[];
  /** What packets show, of the whole node: of this version once it `isTraced`, until then of the version before, at places in the document. */
  readonly traced: readonly Finding[];
  readonly isTraced: boolean;
}

const byService = new WeakMap<Known, FindingsByService>();

/** What is known by now of the Services of a node; nothing is looked for. */
export function foundOfServices(subject: Subject): FindingsByService {
  const found = known.get(subject);
  if (found === undefined) return FindingsByService.none;
  let sorted = byService.get(found);
  if (sorted === undefined) {
    sorted = new FindingsByService([...found.all, ...found.traced]);
    byService.set(found, sorted);
  }
  return sorted;
}

/** What was found of a node beside what packets show; null while it is not known. */
export function foundOfNode(subject: Subject): readonly Finding[] | null {
  return known.get(subject)?.all ?? null;
}

/** For as long as nothing that they stand on changes, findings are worked out once. */
const known = new WeakMap<Subject, Known>();

/** Several requests for one version wait for one and the same work. */
const ofNode = new SharedWork<Subject, readonly Finding[]>();
const ofPackets = new SharedWork<Subject, readonly Finding[]>();

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
  if (before !== undefined) return { kind: 'done', value: shownOf(subject, document, before) };
  const found = await ofNode.of(subject, () => findingsOfNode(subject.analysis), stop);
  if (found.kind === 'stopped') return found;
  const meanwhile = known.get(subject);
  if (meanwhile !== undefined) return { kind: 'done', value: shownOf(subject, document, meanwhile) };
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
  const found = await ofPackets.of(subject, () => findingsOfPackets(subject.analysis, before.all), stop);
  // Who waited for the same has been told.
  if (found.kind === 'stopped' || known.get(subject)?.isTraced === true) return false;
  const here = isIn(document, subject);
  keep(subject, document, { ...before, traced: found.value, isTraced: true });
  return JSON.stringify(found.value.filter(here)) !== JSON.stringify(before.traced.filter(here));
}

function keep(subject: Subject, document: RulesDocument, found: Known): readonly Finding[] {
  known.set(subject, found);
  const shown = shownOf(subject, document, found);
  keepFindings(document, shown);
  return shown;
}

function shownOf(subject: Subject, document: RulesDocument, { own, traced }: Known): readonly Finding[] {
  return [...own, ...traced.filter(isIn(document, subject))];
}

function isIn(document: RulesDocument, subject: Subject): (finding: Finding) => boolean {
  return ({ at }) => at !== null && subject.documentOf(at.source) === document;
}

function isShownByPackets({ code }: Finding): boolean {
  return findingTable[code].layer === 'packet';
}
