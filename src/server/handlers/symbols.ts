import type { Connection } from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import { servicesLike } from '../../language/workspaceSymbols.ts';
import { type ServiceFound, servicesRequest } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readServicesParams } from '../params.ts';
import type { Workspace } from '../workspace.ts';

/** The outline, symbols of all open documents, and Services by name. */
export function handleSymbols(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  connection.onDocumentSymbol(async ({ textDocument }, token) => {
    const subject = await workspace.subject(textDocument.uri);
    return subject === null
      ? null
      : answerInTurns(service.symbols(subject.document, subject.analysis), token);
  });
  connection.onWorkspaceSymbol(async ({ query }) => {
    const subjects = await Promise.all([...workspace.documents].map(({ uri }) => workspace.subject(uri)));
    return subjects.flatMap((subject) =>
      subject === null ? [] : service.workspaceSymbols(subject.document, subject.analysis, query),
    );
  });
  answer(connection, servicesRequest, readServicesParams, async ({ uri, query, limit }) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return [];
    return servicesLike(subject.analysis, query)
      .flatMap(({ port, at, description }): ServiceFound[] => {
        const location = at === null ? null : workspace.locate(subject, at);
        return location === null ? [] : [{ name: port.name, description, location }];
      })
      .slice(0, limit);
  });
}
