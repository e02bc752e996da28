import type { CancellationToken, Connection } from 'vscode-languageserver';
import {
  foundInTreeRequest,
  treeOrderRequest,
  treeRequest,
  type TreeParams,
  type TreeRows,
} from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { findingsOfServices, makePorts } from '../../kubeproxy/findings/ofServices.ts';
import { fittingOrder } from '../../kubeproxy/tree/fittingOrder.ts';
import { NarrowedRows, type NarrowedRow, type RowFilter } from '../../kubeproxy/tree/narrowedRows.ts';
import type { TreeOrder } from '../../kubeproxy/tree/tree.ts';
import type { DocumentProblems } from '../documentProblems.ts';
import { foundOfServices } from '../findingsIn.ts';
import { answerInTurns, type Stop } from '../inTurns.ts';
import { readDocumentParams, readFoundInTreeParams, readTreeParams } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';

/** Rows of the Rules view. A document that is not open has none. */
export function handleTree(connection: Connection, problems: DocumentProblems): void {
  const { workspace } = problems;
  answer(connection, treeRequest, readTreeParams, async (params, token) => {
    const subject = await workspace.subject(params.uri);
    if (subject === null) return { items: [], total: 0, found: 0 };
    if (params.order === 'service') {
      await answerInTurns(makePorts(subject.analysis), token);
      // Rows count what was found; of ports of which nothing changed that is known.
      await answerInTurns(findingsOfServices(subject.analysis), token);
    }
    const { filter } = params;
    if (filter == null) return allRows(workspace, subject, params);
    // A row that nothing is known to be wrong with yet would be left out.
    if (filter.onlyProblems) await findAll(problems, subject, token);
    return narrowedRows(workspace, subject, { ...params, filter }, token);
  });
  answer(connection, treeOrderRequest, readDocumentParams, async ({ uri }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return null;
    await answerInTurns(makePorts(subject.analysis), token);
    return fittingOrder(subject.analysis.catalog);
  });
  answer(connection, foundInTreeRequest, readFoundInTreeParams, async ({ uri, found }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return false;
    await findAll(problems, subject, token);
    return foundOfServices(subject).count !== found;
  });
}

/** Looks for all that is found of a node's Services, until the client takes its request back or the rules change. */
async function findAll(
  problems: DocumentProblems,
  subject: Subject,
  token: CancellationToken,
): Promise<void> {
  const { document } = subject;
  const stop: Stop = {
    get stopped() {
      return token.isCancellationRequested || problems.workspace.document(document.uri) !== document;
    },
  };
  await problems.ofServices(document, stop);
  await problems.traced(document, stop);
}

function allRows(
  workspace: Workspace,
  subject: Subject,
  { order, parent, offset, limit }: TreeParams,
): TreeRows {
  const found = foundOfServices(subject);
  const page = subject.analysis.tree.rows(order, parent, offset, limit, found);
  const items = page.items.map((node) => placed(workspace, subject, { node, below: null }));
  return { items, total: page.total, found: found.count };
}

async function narrowedRows(
  workspace: Workspace,
  subject: Subject,
  { order, parent, offset, limit, filter }: TreeParams & { readonly filter: RowFilter },
  token: CancellationToken,
): Promise<TreeRows> {
  const { rows, found } = narrowedOf(subject, order);
  const page = await answerInTurns(rows.rows(parent, filter, offset, limit), token);
  return { items: page.items.map((row) => placed(workspace, subject, row)), total: page.total, found };
}

function placed(workspace: Workspace, subject: Subject, { node, below }: NarrowedRow): TreeRows['items'][0] {
  return { ...node, location: node.at === null ? null : workspace.locate(subject, node.at), below };
}

interface Narrowed {
  readonly order: TreeOrder;
  /** How many findings the rows count. */
  readonly found: number;
  readonly rows: NarrowedRows;
}

/** The rows that were filtered last: a row that is opened was looked through with those above it. */
const latest = new WeakMap<Subject, Narrowed>();

function narrowedOf(subject: Subject, order: TreeOrder): Narrowed {
  const found = foundOfServices(subject);
  const known = latest.get(subject);
  if (known !== undefined && known.order === order && known.found === found.count) return known;
  const { tree } = subject.analysis;
  const rows = new NarrowedRows((parent) => tree.rows(order, parent, 0, Number.MAX_SAFE_INTEGER, found));
  const made = { order, found: found.count, rows };
  latest.set(subject, made);
  return made;
}
