/** What was found of a node before an edit, at the rules that the edit left as they were: shown until it is found anew. */
import type { Finding, FindingPlace, RelatedPlace } from '../kubeproxy/findings/finding.ts';
import type { FrontendFinding } from '../kubeproxy/findings/frontendFinding.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import type { Replacement } from '../text/offsetMap.ts';
import type { Span } from '../text/span.ts';

const latest = new WeakMap<RulesDocument, readonly Finding[]>();

/** What is found of this version of the document. */
export function keepFindings(document: RulesDocument, findings: readonly Finding[]): void {
  latest.set(document, findings.map(withoutVersion));
}

/**
 * A finding that leads to nothing of the version that it was found in, and so keeps none of that in memory: neither by the Service
 * port that it is of, nor by words cut out of the text. The edits to come take it along for as long as they do not touch it.
 */
function withoutVersion(finding: Finding | FrontendFinding): Finding {
  const { code, severity, message, assumes, at, about, service, related, fixes, because } = finding;
  const told: Finding = { code, severity, message, assumes, at, about, service, related, fixes, because };
  return structuredClone('frontends' in finding ? { ...told, frontends: finding.frontends } : told);
}

/** Of this version, or of those before it what still stands at the same words; null where nothing was found out yet, or an edit may have moved rules. */
export function findingsBefore(document: RulesDocument): readonly Finding[] | null {
  // Of what is read otherwise than it is written nobody knows where the edit was.
  return document.isReadAsWritten ? (latest.get(document) ?? null) : null;
}

/**
 * Takes along what is known of the version before `changes`, which are in order and do not overlap. What stands in a chain with
 * a line that was touched is left out: whether it is still so, and at which of the chain's rules, has to be found anew.
 */
export function takeFindingsAlong(
  before: RulesDocument,
  after: RulesDocument,
  changes: readonly Replacement[],
): void {
  const found = findingsBefore(before);
  if (found === null) return;
  const edit = editOf(before.text, changes);
  if (edit === null) return;
  latest.set(
    after,
    found.flatMap((finding) => movedFinding(finding, edit) ?? []),
  );
}

interface Edit {
  readonly text: string;
  readonly changes: readonly Touched[];
  /** Names of chains of which a line was touched, in any table. */
  readonly chains: ReadonlySet<string>;
}

/** A change with the whole lines that it is in, of the text before. */
interface Touched extends Span {
  readonly lines: Span;
  /** By so many characters what is behind it has moved. */
  readonly shift: number;
}

/** Null where lines were touched that begin or end a table. */
function editOf(text: string, changes: readonly Replacement[]): Edit | null {
  const touched: Touched[] = [];
  const chains = new Set<string>();
  let shift = 0;
  for (const { start, end, newText } of changes) {
    const lines = linesAround(text, start, end);
    const words = [
      text.slice(lines.start, lines.end),
      text.slice(lines.start, start) + newText + text.slice(end, lines.end),
    ];
    if (words.some((each) => BOUNDS.test(each))) return null;
    for (const each of words) for (const chain of chainsIn(each)) chains.add(chain);
    shift += newText.length - (end - start);
    touched.push({ start, end, lines, shift });
  }
  return { text, changes: touched, chains };
}

/** `*nat`, `COMMIT` */
const BOUNDS = /^[ \t]*(?:\*|COMMIT)/m;

/** `:KUBE-SVC-X - [0:0]`, `[1:60] -A KUBE-SVC-X …` */
const CHAIN = /(?:^[ \t]*:|(?:^|\s)-(?:A|I|-append|-insert)\s+)(\S+)/gm;

function chainsIn(lines: string): readonly string[] {
  return [...lines.matchAll(CHAIN)].map(([, name = '']) => name);
}

function linesAround(text: string, start: number, end: number): Span {
  const behind = text.indexOf('\n', end);
  return {
    start: start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1,
    end: behind === -1 ? text.length : behind,
  };
}

function movedFinding(finding: Finding, edit: Edit): Finding | null {
  const at = finding.at === null ? null : movedPlace(finding.at, edit);
  const related = finding.related.map((each) => movedRelated(each, edit));
  if (at === null || related.some((each) => each === null)) return null;
  // What would cure it is worked out with the finding.
  return { ...finding, at, related: related.filter((each) => each !== null), fixes: [] };
}

function movedRelated(related: RelatedPlace, edit: Edit): RelatedPlace | null {
  const at = movedPlace(related.at, edit);
  return at === null ? null : { ...related, at };
}

function movedPlace(place: FindingPlace, edit: Edit): FindingPlace | null {
  const { start, end } = place.span;
  let shift = 0;
  for (const each of edit.changes) {
    if (end < each.lines.start) break;
    if (start <= each.lines.end) return null;
    shift = each.shift;
  }
  if (chainsOf(place, edit).some((chain) => edit.chains.has(chain))) return null;
  return { ...place, span: { start: start + shift, end: end + shift } };
}

function chainsOf(place: FindingPlace, { text }: Edit): readonly string[] {
  if ('chain' in place) return [place.chain];
  const { start, end } = linesAround(text, place.span.start, place.span.end);
  return chainsIn(text.slice(start, end));
}
