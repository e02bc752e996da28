import {
  type Connection,
  type SemanticTokens,
  type SemanticTokensDelta,
  type SemanticTokensDeltaParams,
  SemanticTokensDeltaRequest,
  type SemanticTokensRangeParams,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
} from 'vscode-languageserver';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import type { Steps } from '../../values/steps.ts';
import type { Workspace } from '../workspace.ts';
import { aboutInTurns } from './about.ts';

/** What the editor has of each document; a delta is told against it. */
type Sent = Map<string, { readonly id: string; readonly data: readonly number[] }>;

/**
 * By method name, since the typed functions know no null: it tells an editor to ask by range, for a document that has
 * too many tokens.
 */
export function handleSemanticTokens(
  connection: Connection,
  workspace: Workspace,
  service: IptablesLanguageService,
): { forget(uri: string): void } {
  const sent: Sent = new Map();
  let count = 0;
  const keep = ({ uri }: RulesDocument, data: readonly number[]): string => {
    const id = String(++count);
    sent.set(uri, { id, data });
    return id;
  };
  function* full(document: RulesDocument): Steps<SemanticTokens | null> {
    const data = yield* service.semanticTokens(document, null);
    return data === null ? null : { resultId: keep(document, data), data };
  }
  function* delta(
    document: RulesDocument,
    { previousResultId }: SemanticTokensDeltaParams,
  ): Steps<SemanticTokens | SemanticTokensDelta | null> {
    const before = sent.get(document.uri);
    const tokens = yield* full(document);
    if (tokens === null || before?.id !== previousResultId) return tokens;
    return { resultId: tokens.resultId ?? '', edits: editsBetween(before.data, tokens.data) };
  }
  function* ofRange(
    document: RulesDocument,
    { range }: SemanticTokensRangeParams,
  ): Steps<SemanticTokens | null> {
    const data = yield* service.semanticTokens(document, range);
    return data === null ? null : { data };
  }
  connection.onRequest(SemanticTokensRequest.method, aboutInTurns(workspace, full));
  connection.onRequest<SemanticTokens | SemanticTokensDelta | null, void>(
    SemanticTokensDeltaRequest.method,
    aboutInTurns(workspace, delta),
  );
  connection.onRequest(SemanticTokensRangeRequest.method, aboutInTurns(workspace, ofRange));
  return { forget: (uri) => void sent.delete(uri) };
}

/** The one stretch in which two lists differ; none for equal ones. */
function editsBetween(before: readonly number[], after: readonly number[]): SemanticTokensDelta['edits'] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  if (start === before.length && start === after.length) return [];
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [{ start, deleteCount: before.length - start - end, data: after.slice(start, after.length - end) }];
}
