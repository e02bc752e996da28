import type { Connection } from 'vscode-languageserver';
import { glanceAt } from '../../kubeproxy/glance/glance.ts';
import { glanceRequest } from '../../protocol/glance.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readUri } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** The node of a document at a glance. */
export function handleGlance(connection: Connection, workspace: Workspace): void {
  answer(connection, glanceRequest, readUri, async ({ uri }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null || subject.document.ruleset.tables.length === 0) return [];
    return answerInTurns(glanceAt(subject.analysis, null), token);
  });
}
