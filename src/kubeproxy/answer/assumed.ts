/**
 * What a person decides of an answer's open questions, in words: `ipset-unknown=yes`, `local:10.244.1.5=no`,
 * `served-before=web-0`. The switches of the panel decide the same questions by the same words.
 */
import type { Decision } from '../../kernel/trace.ts';
import { listed } from '../form/packetText.ts';
import type { AssumptionOption } from './assumptionOptions.ts';

/** `NAME=WORD` */
export interface AssumeWords {
  /** The code of questions, all of which are meant, or the key of one. */
  readonly name: string;
  readonly word: string;
}

/** A question of an answer, and the ways to decide it. */
export interface Decidable {
  readonly key: string;
  readonly code: string;
  readonly options: readonly AssumptionOption[];
}

/** Null for what is not of the form. Names may hold `=`, words do not. */
export function readAssume(text: string): AssumeWords | null {
  const at = text.lastIndexOf('=');
  const [name, word] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at < 1 || name === '' || word === '' ? null : { name, word };
}

/** The words for what was decided: of a question that was asked by its option, of any other by yes and no. */
export function assumeWords(
  decisions: readonly Decision[],
  asked: readonly (Decidable & { readonly decided: string | null })[],
): readonly AssumeWords[] {
  const byOption = asked.flatMap(({ key, options, decided }) => {
    const option = options.find(({ word }) => word === decided);
    return option === undefined ? [] : [{ words: { name: key, word: option.word }, option }];
  });
  const told = new Set(byOption.flatMap(({ option }) => option.decisions.map(({ key }) => key)));
  const others = decisions
    .filter(({ key }) => !told.has(key))
    .map(({ key, value }) => ({ name: key, word: value ? 'yes' : 'no' }));
  return [...byOption.map(({ words }) => words), ...others];
}

/** Decides the questions of one packet, as they come up: one that is decided may lead to others. */
export class Assuming {
  readonly #words: readonly AssumeWords[];
  readonly #used = new Set<AssumeWords>();
  #decisions: readonly Decision[];
  #problem: string | null = null;

  constructor(words: readonly AssumeWords[]) {
    this.#words = words;
    this.#decisions = words.filter(isOfKey).map(({ name, word }) => ({ key: name, value: word === 'yes' }));
  }

  get decisions(): readonly Decision[] {
    return this.#decisions;
  }

  /** An answer that a question does not have; null where there is none such. */
  get problem(): string | null {
    return this.#problem;
  }

  /** What nothing asked for. A question that others answer is not asked, so that this need not be a mistake. */
  get unused(): readonly AssumeWords[] {
    return this.#words.filter((each) => !this.#used.has(each) && !each.name.startsWith('at '));
  }

  /** Takes the questions of the answer that stands on `decisions`; whether there are others now, and it is to be asked for again. */
  take(asked: readonly Decidable[]): boolean {
    const before = this.#decisions.length;
    for (const words of this.#words) {
      for (const question of asked) {
        if (question.options.length > 0 && (question.key === words.name || question.code === words.name)) {
          this.#decide(words, question);
        }
      }
    }
    return this.#decisions.length > before;
  }

  #decide(words: AssumeWords, { options }: Decidable): void {
    this.#used.add(words);
    const option = options.find(({ word }) => word.toLowerCase() === words.word.toLowerCase());
    if (option === undefined) {
      const known = listed(options.map(({ word }) => word));
      this.#problem ??= `${words.name} cannot be "${words.word}": it is ${known}.`;
      return;
    }
    const known = new Set(this.#decisions.map(({ key }) => key));
    const added = option.decisions.filter(({ key }) => !known.has(key));
    this.#decisions = [...this.#decisions, ...added];
  }
}

/** A key says what it is about (`local:10.244.1.5`), so that it may be decided before it is asked; a code does not. */
function isOfKey({ name, word }: AssumeWords): boolean {
  return name.includes(':') && (word === 'yes' || word === 'no');
}
