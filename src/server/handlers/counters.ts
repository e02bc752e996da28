import type { Connection } from 'vscode-languageserver';
import { counterHeat } from '../../language/counterHeat.ts';
import { countersRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readCountersParams } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** How often the rules that are on the screen matched. */
export function handleCounters(connection: Connection, workspace: Workspace): void {
  answer(connection, countersRequest, readCountersParams, async ({ uri, startLine, endLine }, token) => {
    const document = workspace.document(uri);
    if (document === null) return [];
    const range = { start: { line: startLine, character: 0 }, end: { line: endLine, character: 0 } };
    return answerInTurns(counterHeat(document, range), token);
  });
}
