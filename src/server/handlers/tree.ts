import type { Connection } from 'vscode-languageserver';
import { treeRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { findingsOfServices, makePorts } from '../../kubeproxy/findings/ofServices.ts';
import { answerInTurns } from '../inTurns.ts';
import { readTreeParams } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** Rows of the Rules view. A document that is not open has none. */
export function handleTree(connection: Connection, workspace: Workspace): void {
  answer(connection, treeRequest, readTreeParams, async ({ uri, order, parent, offset, limit }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return { items: [], total: 0 };
    if (order === 'service') {
      await answerInTurns(makePorts(subject.analysis), token);
      // Rows count what was found; of ports of which nothing changed that is known.
      await answerInTurns(findingsOfServices(subject.analysis), token);
    }
    const page = subject.analysis.tree.rows(order, parent, offset, limit);
    const items = page.items.map((row) => ({
      ...row,
      location: row.at === null ? null : workspace.locate(subject, row.at),
    }));
    return { items, total: page.total };
  });
}
