import type { Connection } from 'vscode-languageserver';
import { glanceAt, glanceBefore } from '../../kubeproxy/glance/glance.ts';
import { glanceRequest } from '../../protocol/glance.ts';
import { answer } from '../answer.ts';
import type { DocumentProblems } from '../documentProblems.ts';
import { foundOfNode } from '../findingsIn.ts';
import { answerInTurns, untilCancelled } from '../inTurns.ts';
import { readGlanceParams } from '../params.ts';
import { hasRules } from '../workspace.ts';

/** The node of a document at a glance. */
export function handleGlance(connection: Connection, problems: DocumentProblems): void {
  const { workspace } = problems;
  answer(connection, glanceRequest, readGlanceParams, async ({ uri, atOnce }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null || !hasRules(subject)) return [];
    const { analysis, document } = subject;
    if (atOnce && foundOfNode(subject) === null) return answerInTurns(glanceBefore(analysis), token);
    await problems.ofServices(document, untilCancelled(token));
    return answerInTurns(glanceAt(analysis, foundOfNode(subject)), token);
  });
}
