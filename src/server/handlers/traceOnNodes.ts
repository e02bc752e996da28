import type { CancellationToken, Connection } from 'vscode-languageserver';
import { readForm } from '../../kubeproxy/form/flowForm.ts';
import {
  askedElsewhere,
  differencesOf,
  type NodeSummary,
  summaryOf,
} from '../../kubeproxy/journey/sideBySide.ts';
import { ownNodeName } from '../../kubeproxy/ownNode.ts';
import { type NodeAnswer, type TraceOnNodesParams, traceOnNodesRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { type OtherNodes, traceOpenNodes } from '../journeys.ts';
import { readTraceOnNodesParams } from '../params.ts';
import { hasRules, type Workspace } from '../workspace.ts';
import { noFamily, notOpen, noTables } from './trace.ts';

/** The same packet on several nodes, side by side. */
export function handleTraceOnNodes(connection: Connection, workspace: Workspace, others: OtherNodes): void {
  answer(connection, traceOnNodesRequest, readTraceOnNodesParams, async (params, token) => {
    const told: Told[] = [];
    for (const uri of params.uris) told.push(await tell(workspace, others, uri, params, token));
    const differences = differencesOf(told.map(({ summary }) => summary));
    return told.map((each, at) => ({ ...each, differs: differences[at] ?? [] }));
  });
}

type Told = Omit<NodeAnswer, 'differs'>;

async function tell(
  workspace: Workspace,
  others: OtherNodes,
  uri: string,
  { form, decisions }: TraceOnNodesParams,
  token: CancellationToken,
): Promise<Told> {
  const subject = await workspace.subject(uri);
  const node = (subject === null ? null : ownNodeName(subject.analysis)) ?? uri;
  if (subject === null) return untold(uri, node, notOpen);
  if (!hasRules(subject)) return untold(uri, node, noTables);
  const reading = readForm(form, subject.analysis);
  if (reading.kind === 'errors')
    return untold(uri, node, reading.errors.map(({ message }) => message).join(' '));
  const { flow, fromNote } = reading;
  const { leg } = await traceOpenNodes(workspace, others, subject, { flow, decisions }, token);
  if (leg === null) return untold(uri, node, noFamily(flow));
  const summary: NodeSummary = summaryOf(leg.narrative);
  const note = askedElsewhere(flow, form.from.trim(), subject.analysis);
  return { uri, node, summary, message: '', fromNote, note };
}

function untold(uri: string, node: string, message: string): Told {
  return { uri, node, summary: null, message, fromNote: '', note: '' };
}
