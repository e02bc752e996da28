import type { Connection } from 'vscode-languageserver';
import { type Choice, choicesRequest } from '../../protocol/requests.ts';
import { matchingChoices } from '../../kubeproxy/form/matchingChoices.ts';
import { answer } from '../answer.ts';
import { destinationChoices } from '../choices/destinations.ts';
import { sourceChoices } from '../choices/sources.ts';
import { readChoicesParams } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';

/** What the trace form offers for its two ends, filtered by what was typed. */
export function handleChoices(connection: Connection, workspace: Workspace): void {
  answer(connection, choicesRequest, readChoicesParams, async ({ uri, side, query, limit }) => {
    const subject = await workspace.subject(uri);
    return subject === null ? [] : matchingChoices(allChoices(subject, side), query, limit);
  });
}

/** Every choice of one side, made as far as they are looked at: a large cluster has tens of thousands. */
function allChoices({ analysis }: Subject, side: Choice['side']): Iterable<Choice> {
  return side === 'source' ? sourceChoices(analysis) : destinationChoices(analysis);
}
