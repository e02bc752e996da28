/** What VS Code's extension host demands of tokens and symbols: it throws, or loses all of them, for one that is otherwise. */
import type { DocumentSymbol, Position } from 'vscode-languageserver-types';
import type { RulesDocument } from '../../src/language/rulesDocument.ts';
import { semanticTokens } from '../../src/language/semanticTokens.ts';
import { documentSymbols } from '../../src/language/symbols.ts';
import { finish } from '../../src/values/steps.ts';

/** Why an editor would not take the tokens or the outline of a document; null where it does. */
export function refusedByEditor(document: RulesDocument): string | null {
  const data = finish(semanticTokens(document, null)) ?? [];
  for (let at = 0; at < data.length; at += 5) {
    const [down = 0, right = 0, length = 0] = data.slice(at, at + 3);
    if (down < 0 || right < 0) return `the token ${at / 5} lies before the one before it`;
    if (length <= 0) return `the token ${at / 5} is empty`;
    if (at > 0 && down === 0 && right < (data[at - 3] ?? 0)) return `the token ${at / 5} covers another`;
  }
  return finish(documentSymbols(document, null)).reduce<string | null>(
    (why, each) => why ?? ofSymbol(each),
    null,
  );
}

function ofSymbol({ name, range, selectionRange, children = [] }: DocumentSymbol): string | null {
  if (name === '') return 'a symbol has no name';
  const inside = !isBefore(selectionRange.start, range.start) && !isBefore(range.end, selectionRange.end);
  if (!inside) return `what is selected of ${name} is not in its range`;
  return children.reduce<string | null>((why, each) => why ?? ofSymbol(each), null);
}

function isBefore(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}
