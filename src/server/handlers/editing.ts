/** The LSP requests that change text, or choose what is changed. */
import { type CodeAction, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { Excerpt } from '../../language/excerpt.ts';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import type { RenameRefused } from '../../language/rename.ts';
import { type ServiceCommand, serviceActions } from '../../language/serviceActions.ts';
import type { Settings } from '../settings.ts';
import type { Workspace } from '../workspace.ts';
import { about, aboutInTurns } from './about.ts';

/** Formatting, fixes, rename, linked editing, selection ranges. For a document that is not open each answers nothing. */
export function handleEditing(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
  settings: { readonly current: Pick<Settings, 'levels'> },
  client: { readonly versionedEdits: boolean; readonly diagnose: ServiceCommand | null },
): void {
  handleRename(connection, workspace, service);
  connection.onSelectionRanges(
    about(workspace, null, (document, { positions }) =>
      positions.map((position) => service.selectionRange(document, position)),
    ),
  );
  connection.onDocumentFormatting(aboutInTurns(workspace, (document) => service.format(document, null)));
  connection.onDocumentRangeFormatting(
    aboutInTurns(workspace, (document, { range }) => service.format(document, range)),
  );
  connection.onCodeAction(
    aboutInTurns(workspace, function* (document, { range, context }) {
      // Nobody can write to what is shown of a file.
      if (document instanceof Excerpt) return [];
      const request = { range, only: context.only ?? null, levels: settings.current.levels };
      const actions = yield* service.codeActions(document, request);
      // The text was edited meanwhile: the places are those of another one.
      if (workspace.document(document.uri) !== document) return [];
      const more = client.diagnose === null ? [] : serviceActions(document.uri, context, client.diagnose);
      const edits = client.versionedEdits ? actions.map((action) => versioned(document, action)) : actions;
      return [...edits, ...more];
    }),
  );
  connection.languages.onLinkedEditingRange(
    about(workspace, null, (document, { position }) => service.linkedEditing(document, position)),
  );
}

/** As edits of the version that they are of, which an editor refuses for another; where it takes such. */
function versioned(document: RulesDocument, action: CodeAction): CodeAction {
  const edits = action.edit?.changes?.[document.uri];
  if (edits === undefined) return action;
  const { uri, version } = document;
  return { ...action, edit: { documentChanges: [{ textDocument: { uri, version }, edits }] } };
}

function handleRename(connection: Connection, workspace: Workspace, service: IptablesLanguageService): void {
  connection.onPrepareRename(
    about(workspace, null, (document, { position }) => {
      const place = service.renamePlace(document, position);
      return place.kind === 'refused' ? refusal(place) : place;
    }),
  );
  connection.onRenameRequest(
    about(workspace, null, (document, { position, newName }) => {
      const renamed = service.rename(document, position, newName);
      return renamed.kind === 'refused' ? refusal(renamed) : renamed.edit;
    }),
  );
}

/** An editor shows the sentence where the name would be typed. */
function refusal({ why }: RenameRefused): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestFailed, why);
}
