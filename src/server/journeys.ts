import type { CancellationToken } from 'vscode-languageserver';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { followPacket } from '../kubeproxy/journey/followPacket.ts';
import type { Leg } from '../kubeproxy/journey/journey.ts';
import { ownNodeName } from '../kubeproxy/ownNode.ts';
import type { Flow } from '../kernel/flow.ts';
import type { Decision } from '../kernel/trace.ts';
import type { SourceUris, WantedRules } from '../protocol/requests.ts';
import type { Steps } from '../values/steps.ts';
import { answerInTurns } from './inTurns.ts';
import { isSameDocument, rulesUriOf } from './neighbours.ts';
import { hasRules, type Subject, urisOf, type Workspace } from './workspace.ts';

/** Rules of other nodes: those of open documents, and those that the client opens without asking anybody. */
export interface OtherNodes {
  /** Opens a document whose text the client holds; false where it holds none. */
  openHeld(uri: string): Promise<boolean>;
}

export interface OpenJourney {
  /** Null where the first node has no rules of the flow's family. */
  readonly leg: Leg | null;
  /** What would tell more, and the client does not hold. */
  readonly wanted: readonly WantedRules[];
  /** The documents of the nodes that were followed, by node. */
  readonly nodeUris: Readonly<Record<string, SourceUris>>;
}

/** Traces a packet from `subject` on, over other nodes as far as their rules are open or held: in turns, until cancelled. */
export async function traceOpenNodes(
  workspace: Workspace,
  others: OtherNodes,
  subject: Subject,
  { flow, decisions }: { readonly flow: Flow; readonly decisions: readonly Decision[] },
  token: CancellationToken,
): Promise<OpenJourney> {
  const { analysis, document } = subject;
  const own = ownNodeName(analysis);
  const followed = new Map<string, Subject>();
  const otherNode = async (node: string): Promise<Analysis | null> => {
    const uri = rulesUriOf(document.uri, own, node);
    if (uri === null) return null;
    const open = await openNode(workspace, node, uri);
    const found = open ?? ((await others.openHeld(uri)) ? await openNode(workspace, node, uri) : null);
    if (found !== null) followed.set(node, found);
    return found?.analysis ?? null;
  };
  const run = async (steps: Steps<Leg | null>): Promise<Leg | null> => answerInTurns(steps, token);
  const question = { flow, analysis, decisions, otherNode, most: Number.POSITIVE_INFINITY, run };
  const { leg, missing } = await followPacket(question);
  const wanted = missing.flatMap((node) => {
    const uri = followed.has(node) ? null : rulesUriOf(document.uri, own, node);
    return uri === null ? [] : [{ node, uri }];
  });
  const nodeUris = Object.fromEntries([...followed].map(([node, each]) => [node, urisOf(each)]));
  return { leg, wanted, nodeUris };
}

/**
 * What the server has of another node, in the document of either family. One without rules (that says in a comment why it
 * has none) counts as nothing, and so does a folder that is called as the node and holds another one's files.
 */
async function openNode(workspace: Workspace, node: string, uri: string): Promise<Subject | null> {
  for (const document of workspace.documents) {
    if (!isSameNode(document.uri, uri)) continue;
    const found = await workspace.subject(document.uri);
    if (found !== null && hasRules(found) && ownNodeName(found.analysis) === node) return found;
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
