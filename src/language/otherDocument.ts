import type { Ruleset } from '../rules/iptables/nodes.ts';
import { parseRuleset } from '../rules/iptables/parser.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { type Replacement, replaceParts } from '../text/offsetMap.ts';
import { RulesDocument } from './rulesDocument.ts';

const noRules = parseRuleset('');

/** One version of a document of another rule language. As a document of iptables it has no rules. */
export abstract class OtherDocument extends RulesDocument {
  #index: LineIndex | null = null;

  override get ruleset(): Ruleset {
    return noRules;
  }

  override get lines(): LineIndex {
    return (this.#index ??= new LineIndex(this.text));
  }

  override get isReadAsWritten(): boolean {
    return true;
  }

  override edited(version: number, changes: readonly Replacement[]): RulesDocument {
    return this.withText(version, replaceParts(this.text, changes).text);
  }
}
