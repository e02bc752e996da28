/** The forms ready to read, found by how a text begins. */
import { FormReader, type ListedForm, type Said } from './form.ts';
import { matchForms } from './matches.ts';
import { targetForms } from './targets.ts';

/** What a form read, and of which extension. */
export interface SaidExtension extends Said {
  readonly extension: string;
  readonly joins: boolean;
}

/** The forms of all matches, or of one target. */
class FormTable {
  readonly #byBeginning = new Map<string, FormReader[]>();

  constructor(forms: readonly ListedForm[]) {
    for (const each of forms) {
      const reader = new FormReader(each);
      const first = reader.beginning.charAt(0);
      const known = this.#byBeginning.get(first);
      if (known === undefined) this.#byBeginning.set(first, [reader]);
      else known.push(reader);
    }
  }

  /** By the first form that fits from `start` on; null where none does. */
  read(text: string, start: number): SaidExtension | null {
    const begin = /! */y;
    begin.lastIndex = start;
    const at = start + (begin.exec(text)?.[0].length ?? 0);
    return this.#readBy(text.charAt(at), text, start, at) ?? this.#readBy('', text, start, at);
  }

  #readBy(first: string, text: string, start: number, at: number): SaidExtension | null {
    for (const reader of this.#byBeginning.get(first) ?? []) {
      if (!text.startsWith(reader.beginning, at)) continue;
      const said = reader.read(text, start);
      if (said !== null) return { ...said, extension: reader.extension, joins: reader.joins };
    }
    return null;
  }
}

let matches: FormTable | null = null;
const targets = new Map<string, FormTable>();

/** What a match says from `start` on. */
export function readListedMatch(text: string, start: number): SaidExtension | null {
  matches ??= new FormTable(matchForms);
  return matches.read(text, start);
}

/** What the target of this name says from `start` on. */
export function readListedTarget(target: string, text: string, start: number): SaidExtension | null {
  let table = targets.get(target);
  if (table === undefined) {
    const forms = targetForms.filter(({ extension }) => extension === target);
    // Chains have none, and there may be many of them.
    if (forms.length === 0) return null;
    table = new FormTable(forms);
    targets.set(target, table);
  }
  return table.read(text, start);
}
