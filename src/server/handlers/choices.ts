import type { Connection } from 'vscode-languageserver';
import { rulesChoices } from '../../kubeproxy/choices/rulesChoices.ts';
import { choicesRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readChoicesParams } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** What the trace form offers for its two ends, filtered by what was typed. */
export function handleChoices(connection: Connection, workspace: Workspace): void {
  answer(connection, choicesRequest, readChoicesParams, async ({ uri, ...search }, token) => {
    const subject = await workspace.subject(uri);
    return subject === null ? [] : answerInTurns(rulesChoices(subject.analysis, search), token);
  });
}
