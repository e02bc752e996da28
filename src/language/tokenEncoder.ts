/** HOT PATH: tokens as LSP encodes them. */
import type { RulesDocument } from './rulesDocument.ts';
import type { RuleToken } from './ruleTokens.ts';

export class TokenEncoder {
  readonly data: number[] = [];
  readonly #document: RulesDocument;
  #line = 0;
  #character = 0;
  /** Where the token before ends. */
  #end = 0;

  constructor(document: RulesDocument) {
    this.#document = document;
  }

  /** In the order of the text. An empty word (`-j ""`) has nothing to colour; what would cover another word is left out. */
  add(token: RuleToken): void {
    if (token.end === token.start) return;
    const { start, end } = this.#document.rangeOf(token);
    const { line, character } = start;
    const length = end.character - character;
    // Of a listing's row the chain stands in another line.
    if (end.line !== line || length <= 0 || line < this.#line) return;
    const sameLine = line === this.#line;
    if (sameLine && character < this.#end) return;
    this.data.push(
      line - this.#line,
      sameLine ? character - this.#character : character,
      length,
      token.type,
      token.modifiers,
    );
    this.#line = line;
    this.#character = character;
    this.#end = end.character;
  }
}
