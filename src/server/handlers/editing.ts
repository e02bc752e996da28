/** The LSP requests that change text, or choose what is changed. */
import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { RenameRefused } from '../../language/rename.ts';
import type { Workspace } from '../workspace.ts';
import { about } from './about.ts';

/** Rename, linked editing, selection ranges. For a document that is not open each answers nothing. */
export function handleEditing(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): void {
  handleRename(connection, workspace, service);
  connection.onSelectionRanges(
    about(workspace, null, (document, { positions }) =>
      positions.map((position) => service.selectionRange(document, position)),
    ),
  );
  connection.languages.onLinkedEditingRange(
    about(workspace, null, (document, { position }) => service.linkedEditing(document, position)),
  );
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
