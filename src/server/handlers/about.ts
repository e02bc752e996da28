/** Answers of LSP requests that are about one document. */
import type { CancellationToken } from 'vscode-languageserver';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import type { Steps } from '../../values/steps.ts';
import { answerInTurns } from '../inTurns.ts';
import type { Workspace } from '../workspace.ts';

interface AtDocument {
  readonly textDocument: { readonly uri: string };
}

/** Answers about an open document; `otherwise` for one that is not. */
export function about<Params extends AtDocument, Result>(
  workspace: Workspace,
  otherwise: Result,
  answer: (document: RulesDocument, params: Params) => Result,
): (params: Params) => Result {
  return (params) => {
    const document = workspace.document(params.textDocument.uri);
    return document === null ? otherwise : answer(document, params);
  };
}

/** As `about`, for answers that take their turns and end when the client cancels. */
export function aboutInTurns<Params extends AtDocument, Result>(
  workspace: Workspace,
  answer: (document: RulesDocument, params: Params) => Steps<Result>,
): (params: Params, token: CancellationToken) => Promise<Result | null> {
  return async (params, token) => {
    const document = workspace.document(params.textDocument.uri);
    return document === null ? null : answerInTurns(answer(document, params), token);
  };
}
