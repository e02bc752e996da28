/** The LSP requests that change text, or choose what is changed. */
import {
  type CodeAction,
  type Connection,
  LSPErrorCodes,
  type Range,
  ResponseError,
} from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import type { Steps } from '../../values/steps.ts';
import type { RenameRefused } from '../../language/rename.ts';
import type { Workspace } from '../workspace.ts';
import { about, aboutInTurns } from './about.ts';

/** Formatting, fixes, rename, linked editing, selection ranges. For a document that is not open each answers nothing. */
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
  connection.onDocumentFormatting(aboutInTurns(workspace, (document) => service.format(document, null)));
  connection.onDocumentRangeFormatting(
    aboutInTurns(workspace, (document, { range }) => service.format(document, range)),
  );
  connection.onCodeAction(
    aboutInTurns(workspace, (document, { range, context }) =>
      actions(service, document, range, context.only ?? null),
    ),
  );
  connection.languages.onLinkedEditingRange(
    about(workspace, null, (document, { position }) => service.linkedEditing(document, position)),
  );
}

/** Writes all rules in the order and with the names of iptables-save; only where source actions are asked for. */
const CANONICAL = 'source.canonicalOrder';

function* actions(
  service: IptablesLanguageService,
  document: RulesDocument,
  range: Range,
  only: readonly string[] | null,
): Steps<CodeAction[]> {
  const isAsked = only?.some((kind) => CANONICAL === kind || CANONICAL.startsWith(`${kind}.`)) ?? false;
  const edits = isAsked ? yield* service.canonical(document) : [];
  const canonical: CodeAction = {
    title: 'Write Rules as iptables-save Prints Them',
    kind: CANONICAL,
    edit: { changes: { [document.uri]: edits } },
  };
  return [...service.codeActions(document, range), ...(edits.length === 0 ? [] : [canonical])];
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
