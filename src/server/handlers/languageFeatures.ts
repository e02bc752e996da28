import { type Connection, type Hover, type Position, type ServerCapabilities } from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import { actionKinds } from '../../language/actionKinds.ts';
import { semanticTokensLegend } from '../../language/ruleTokens.ts';
import type { Workspace } from '../workspace.ts';
import { about, aboutInTurns } from './about.ts';

/** More references than anybody goes through; a hover says how many there are. */
const MOST_REFERENCES = 10_000;

export const languageCapabilities: ServerCapabilities = {
  documentSymbolProvider: { label: 'rules' },
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  codeActionProvider: { codeActionKinds: Object.values(actionKinds) },
  codeLensProvider: {},
  completionProvider: {
    triggerCharacters: ['-', ' ', '"', ',', '!', '*', ':', '@', '$'],
    resolveProvider: true,
  },
  callHierarchyProvider: true,
  selectionRangeProvider: true,
  renameProvider: { prepareProvider: true },
  linkedEditingRangeProvider: true,
  signatureHelpProvider: { triggerCharacters: [' '] },
  inlayHintProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  semanticTokensProvider: { legend: semanticTokensLegend, full: { delta: true }, range: true },
};

/** The LSP requests about one document. For one that is not open each answers nothing. */
export function handleLanguageFeatures(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  handleStructure(connection, workspace, service);
  handleNavigation(connection, workspace, service);
  handleCallHierarchy(connection, workspace, service);
  handleKnowledge(connection, workspace, service);
}

function handleStructure(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  connection.onFoldingRanges(aboutInTurns(workspace, (document) => service.folds(document)));
}

function handleNavigation(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  connection.onDefinition(
    about(workspace, null, (document, { position }) => service.definition(document, position)),
  );
  connection.onReferences(
    about(workspace, null, (document, { position, context }) => [
      ...service.references(document, position, {
        withDeclaration: context.includeDeclaration,
        limit: MOST_REFERENCES,
      }).locations,
    ]),
  );
  connection.onDocumentHighlight(
    about(workspace, null, (document, { position }) => service.highlights(document, position)),
  );
}

function handleCallHierarchy(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  const { callHierarchy } = connection.languages;
  callHierarchy.onPrepare(
    about(workspace, null, (document, { position }) => {
      const item = service.callHierarchyItem(document, position);
      return item === null ? null : [item];
    }),
  );
  callHierarchy.onIncomingCalls(({ item }) => {
    const document = workspace.document(item.uri);
    return document === null ? null : service.incomingCalls(document, item);
  });
  callHierarchy.onOutgoingCalls(({ item }) => {
    const document = workspace.document(item.uri);
    return document === null ? null : service.outgoingCalls(document, item);
  });
}

/** What needs the snapshot: names of Services, pods, the node's addresses. */
function handleKnowledge(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  const hover = async (uri: string, position: Position): Promise<Hover | null> => {
    const subject = await workspace.subject(uri);
    return subject === null ? null : service.hover(subject.document, subject.analysis, position);
  };
  connection.onHover(({ textDocument, position }) => hover(textDocument.uri, position));
}
