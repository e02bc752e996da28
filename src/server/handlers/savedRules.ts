import type { Connection } from 'vscode-languageserver';
import { savedRulesRequest } from '../../protocol/requests.ts';
import { savedRules } from '../../rules/iptables/savedRules.ts';
import { answer } from '../answer.ts';
import { readUri } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** What *Convert Listing to Rules* opens. */
export function handleSavedRules(connection: Connection, workspace: Workspace): void {
  answer(connection, savedRulesRequest, readUri, async ({ uri }) => {
    const ruleset = (await workspace.subject(uri))?.document.ruleset ?? null;
    return ruleset === null || ruleset.listing === null ? null : savedRules(ruleset);
  });
}
