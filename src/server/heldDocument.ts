/** Rules that the server holds without an editor's document. */
import type { Location } from 'vscode-languageserver';
import { Excerpts } from '../language/excerpts.ts';
import { type DocumentText, RulesDocument } from '../language/rulesDocument.ts';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { Span } from '../text/span.ts';
import { uriOfExcerpt } from './excerptUris.ts';

/** A file of any size: its places are shown in excerpts of it. */
export class HeldDocument extends RulesDocument {
  readonly #read: Ruleset;

  constructor(source: DocumentText, read: Ruleset) {
    super(source);
    this.#read = read;
  }

  override get ruleset(): Ruleset {
    return this.#read;
  }

  override locationOf(span: Span): Location {
    return this.kept.of(excerptsOf).locationOf(span);
  }
}

/** The excerpts of a version of a document, held or open. */
export function excerptsOf(document: RulesDocument): Excerpts {
  return new Excerpts(document, (address) => uriOfExcerpt(document, address));
}
