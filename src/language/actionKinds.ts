/** What kinds of code actions there are, and which of them a request asks for. */
import { CodeActionKind } from 'vscode-languageserver-types';

export const actionKinds = {
  fix: CodeActionKind.QuickFix,
  rewrite: CodeActionKind.RefactorRewrite,
  fixAll: CodeActionKind.SourceFixAll,
  /** All rules in the order and with the names of iptables-save. */
  canonical: 'source.canonicalOrder',
} as const;

export type ActionKind = (typeof actionKinds)[keyof typeof actionKinds];

/**
 * Whether a request for `only` asks for `kind`: for it, or for one above it (`source` is above `source.fixAll`). A request
 * for nothing (null, an empty list) asks for all but source actions, which change what is far from the cursor.
 */
export function isAsked(kind: ActionKind, only: readonly string[] | null): boolean {
  if (only === null || only.length === 0) return !kind.startsWith(`${CodeActionKind.Source}.`);
  return only.some((each) => each === CodeActionKind.Empty || each === kind || kind.startsWith(`${each}.`));
}
