import { type Leg, traceJourney } from '../kubeproxy/journey/journey.ts';
import type { NarrativeContinuation } from '../kubeproxy/narrative/narrative.ts';
import { ownNodeName } from '../kubeproxy/ownNode.ts';
import type { Flow } from '../kernel/flow.ts';
import type { Decision } from '../kernel/trace.ts';
import type { SourceUris, WantedRules } from '../protocol/requests.ts';
import { isSameDocument, rulesUriOf } from './neighbours.ts';
import { type Subject, urisOf, type Workspace } from './workspace.ts';

export interface OpenJourney {
  /** Null where the first node has no rules of the flow's family. */
  readonly leg: Leg | null;
  /** What would tell more and is not open. */
  readonly wanted: readonly WantedRules[];
  readonly nodeUris: Readonly<Record<string, SourceUris>>;
}

/**
 * Traces a packet from `subject` on, over other nodes as far as their rules are open documents. What is not open is asked
 * for by nobody here.
 */
export async function traceOpenNodes(
  workspace: Workspace,
  subject: Subject,
  flow: Flow,
  decisions: readonly Decision[],
): Promise<OpenJourney> {
  const own = ownNodeName(subject.analysis);
  const open = new Map<string, Subject | null>();
  for (;;) {
    const asked = new Set<string>();
    const leg = traceJourney({
      flow,
      decisions,
      analysis: subject.analysis,
      rulesOf: (node) => {
        if (node === own) return subject.analysis;
        if (!open.has(node)) asked.add(node);
        return open.get(node)?.analysis ?? null;
      },
    });
    const found = await Promise.all([...asked].map((node) => openNode(workspace, subject, own, node)));
    [...asked].forEach((node, at) => open.set(node, found[at] ?? null));
    if (found.every((each) => each === null)) {
      const missing = leg === null ? new Set<string>() : missingNodes(leg.continuations);
      return { leg, wanted: wantedOf(missing, open, subject, own), nodeUris: urisOfNodes(open) };
    }
  }
}

/**
 * What the server has of another node, in the document of either family. One without rules (that says in a comment why it
 * has none) counts as nothing, and so does a folder that is called as the node and holds another one's files.
 */
async function openNode(
  workspace: Workspace,
  subject: Subject,
  own: string | null,
  node: string,
): Promise<Subject | null> {
  const uri = rulesUriOf(subject.document.uri, own, node);
  if (uri === null) return null;
  for (const document of workspace.documents) {
    if (document.ruleset.tables.length === 0 || !isSameNode(document.uri, uri)) continue;
    const found = await workspace.subject(document.uri);
    if (found !== null && ownNodeName(found.analysis) === node) return found;
  }
  return null;
}

function isSameNode(one: string, other: string): boolean {
  return isSameDocument(one, other) || isSameDocument(one, otherFamily(other));
}

function otherFamily(uri: string): string {
  return uri.includes('/ip6tables-save')
    ? uri.replace(/\/ip6(tables-save[^/]*)$/, '/ip$1')
    : uri.replace(/\/ip(tables-save[^/]*)$/, '/ip6$1');
}

function missingNodes(continuations: readonly NarrativeContinuation[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...continuations];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (next.kind === 'missing') found.add(next.node);
    open.push(...next.continuations);
  }
  return found;
}

function wantedOf(
  missing: ReadonlySet<string>,
  open: ReadonlyMap<string, Subject | null>,
  { document }: Subject,
  own: string | null,
): readonly WantedRules[] {
  return [...missing].flatMap((node) => {
    const uri = (open.get(node) ?? null) === null ? rulesUriOf(document.uri, own, node) : null;
    return uri === null ? [] : [{ node, uri }];
  });
}

function urisOfNodes(open: ReadonlyMap<string, Subject | null>): Readonly<Record<string, SourceUris>> {
  return Object.fromEntries(
    [...open].flatMap(([node, subject]) => (subject === null ? [] : [[node, urisOf(subject)]])),
  );
}
