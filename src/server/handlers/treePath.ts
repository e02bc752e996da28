import type { Connection } from 'vscode-languageserver';
import { rowsTo } from '../../kubeproxy/tree/rowsTo.ts';
import { chainNamed } from '../../kubeproxy/rulesets.ts';
import { followedSources } from '../../kubeproxy/sources.ts';
import { treePathRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { readTreePathParams } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** Where a chain of the document stands in the Rules view: the rows down to it. */
export function handleTreePath(connection: Connection, workspace: Workspace): void {
  answer(connection, treePathRequest, readTreePathParams, async ({ uri, order, table, chain }) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return [];
    const { analysis, document, documentOf } = subject;
    const having = followedSources(analysis.sources).filter(
      ({ ruleset }) => chainNamed(ruleset, table, chain) !== null,
    );
    // The document's own rules first: its snapshot may have the chain in both families.
    const source = having.find((each) => documentOf(each.id) === document) ?? having[0];
    return source === undefined ? [] : rowsTo(analysis, order, { source: source.id, table, chain });
  });
}
