import type { CodeLens, Connection } from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import { answerInTurns } from '../inTurns.ts';
import type { SettingsOf } from '../settings.ts';
import type { Workspace } from '../workspace.ts';
import { about } from './about.ts';

/** What stands beside the text: hints between words, lenses above lines, the values that an option wants. */
export function handleHints(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
  settings: SettingsOf,
): void {
  connection.languages.inlayHint.on(async ({ textDocument, range }, token) => {
    const subject = await workspace.subject(textDocument.uri);
    if (subject === null) return null;
    const { hints } = settings.current;
    return answerInTurns(service.inlayHints(subject.document, subject.analysis, range, hints), token);
  });
  connection.onCodeLens(async ({ textDocument }, token): Promise<CodeLens[] | null> => {
    const subject = settings.current.lenses ? await workspace.subject(textDocument.uri) : null;
    if (subject === null) return null;
    return answerInTurns(service.codeLenses(subject.document, subject.analysis), token);
  });
  connection.onSignatureHelp(
    about(workspace, null, (document, { position }) => service.signatureHelp(document, position)),
  );
}
