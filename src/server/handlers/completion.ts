import { type CompletionItem, type Connection, MarkupKind } from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { CompletionKnowledge } from '../completionKnowledge.ts';
import { readItemData } from '../itemParams.ts';
import type { Workspace } from '../workspace.ts';

/** What the editor can do, as it said at the start. */
export interface CompletionClient {
  readonly snippets: boolean;
}

/** Completion, and the documentation of the item that is looked at. */
export function handleCompletion(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
  knowledge: CompletionKnowledge,
  client: CompletionClient,
): void {
  connection.onCompletion(async ({ textDocument, position }) => {
    const document = workspace.document(textDocument.uri);
    if (document === null) return null;
    const known = await knowledge.of(document);
    return service.completions({ ...known, document, offset: document.offsetAt(position) }, client.snippets);
  });
  connection.onCompletionResolve(async (item): Promise<CompletionItem> => {
    const data = readItemData(item.data);
    const document = data === null ? null : workspace.document(data.uri);
    if (data === null || document === null) return item;
    const { analysis } = await knowledge.of(document);
    const value = service.documentation(data, document, analysis);
    return value === '' ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
  });
}
