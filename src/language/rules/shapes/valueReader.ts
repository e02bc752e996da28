/** HOT PATH: whether an option takes a value, asked of the readers of values once for each that is not plain. */
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { WordNode } from '../../../rules/iptables/scanner/wordScanner.ts';
import { detached } from '../../../text/detached.ts';
import { complaintAbout } from '../valueComplaints.ts';
import { isPlainIPv4 } from './plainAddress.ts';

const ZERO = 48;

/** Numbers below this are kept by themselves. */
const NUMBERS = 65_536;
const UNKNOWN = 0;
const TAKEN = 1;
const REFUSED = 2;

/** The values of one option, each of them one word. */
export class ValueReader {
  readonly #definition: OptionDefinition;
  readonly #family: 4 | 6 | null;
  readonly #tail: '/' | ':' | null;
  readonly #known = new Map<string, boolean>();
  #numbers: Uint8Array | null = null;

  constructor(definition: OptionDefinition, family: 4 | 6 | null) {
    this.#definition = definition;
    this.#family = family;
    this.#tail = family === 6 ? null : tailOf(definition.kind);
  }

  /** `bytes`: those of `text` from `base` on; `start` and `end` are places in them. */
  takes(text: string, bytes: Uint8Array, start: number, end: number, base: number): boolean {
    if (this.#tail !== null && isPlainIPv4(bytes, start, end, this.#tail)) return true;
    const number = numberIn(bytes, start, end);
    return number < 0 ? this.#takesWord(text.slice(base + start, base + end)) : this.#takesNumber(number);
  }

  #takesNumber(number: number): boolean {
    this.#numbers ??= new Uint8Array(NUMBERS);
    let known = this.#numbers[number] ?? UNKNOWN;
    if (known === UNKNOWN) {
      known = this.#ask(String(number)) ? TAKEN : REFUSED;
      this.#numbers[number] = known;
    }
    return known === TAKEN;
  }

  #takesWord(word: string): boolean {
    let known = this.#known.get(word);
    if (known === undefined) {
      known = this.#ask(word);
      this.#known.set(detached(word), known);
    }
    return known;
  }

  #ask(word: string): boolean {
    return complaintAbout(this.#definition, [new WordNode(0, word.length, word)], this.#family) === null;
  }
}

/** What may stand behind the address where a plain one is right. */
function tailOf(kind: OptionDefinition['kind']): '/' | ':' | null {
  if (kind === 'natDestination') return ':';
  return kind === 'addressList' ? '/' : null;
}

/** A number in its one plain spelling; -1 for any other word. */
function numberIn(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 5 || (end - start > 1 && bytes[start] === ZERO)) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return end > start && number < NUMBERS ? number : -1;
}
