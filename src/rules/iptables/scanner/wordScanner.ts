/**
 * HOT PATH, written for speed: splits a line into words as `iptables-restore` does (`add_param_to_argv` in
 * iptables/xshared.c). Blanks and tabs separate; `"` opens a quoted part anywhere in a word; the closing `"` ends the
 * word, so `"a"b` is two words; `\` escapes the next character inside
 * quotes only; `'` is a character like any other. The word read last stands in mutable fields, so that reading allocates nothing.
 */
import type { Word } from '../nodes.ts';
import { internSlice } from './interner.ts';

const TAB = 9;
const BLANK = 32;
const QUOTE = 34;
const BACKSLASH = 92;

export class WordScanner {
  readonly source: string;
  readonly limit: number;
  /** Where the next word is looked for. */
  position: number;
  /** The word read last. */
  start = 0;
  end = 0;
  text = '';
  quoted = false;
  /** The word read last has an opening quote that nothing closes. */
  unterminated = false;

  constructor(source: string, start: number, limit: number) {
    this.source = source;
    this.position = start;
    this.limit = limit;
  }

  /** Reads the next word into the fields; false at the end of the line. */
  next(): boolean {
    const { source, limit } = this;
    let at = this.position;
    let code = 0;
    while (at < limit && ((code = source.charCodeAt(at)) === BLANK || code === TAB)) at++;
    if (at >= limit) {
      this.position = limit;
      return false;
    }
    this.start = at;
    let hash = 0;
    for (; at < limit; at++) {
      code = source.charCodeAt(at);
      if (code === BLANK || code === TAB) break;
      if (code === QUOTE) return this.#readQuoted(at);
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    this.end = at;
    this.position = at;
    this.quoted = false;
    this.unterminated = false;
    this.text = internSlice(source, this.start, at, hash);
    return true;
  }

  /** The word read last as a node. */
  word(): Word {
    return new WordNode(this.start, this.end, this.text);
  }

  #readQuoted(quote: number): true {
    const { source, limit, start } = this;
    let at = quote + 1;
    let escaped = false;
    let hash = 0;
    for (; at < limit; at++) {
      const code = source.charCodeAt(at);
      if (code === QUOTE) break;
      hash = (Math.imul(hash, 31) + code) | 0;
      if (code === BACKSLASH) {
        escaped = true;
        at++;
      }
    }
    const close = Math.min(at, limit);
    const inner = escaped ? unescape(source, quote + 1, close) : internSlice(source, quote + 1, close, hash);
    this.text = quote === start ? inner : source.slice(start, quote) + inner;
    this.quoted = true;
    this.unterminated = at >= limit;
    this.end = Math.min(close + 1, limit);
    this.position = this.end;
    return true;
  }
}

/** One shape for every word, so that property reads stay monomorphic. */
export class WordNode implements Word {
  readonly start: number;
  readonly end: number;
  readonly text: string;

  constructor(start: number, end: number, text: string) {
    this.start = start;
    this.end = end;
    this.text = text;
  }
}

/** `it\'s` → `it's` */
function unescape(source: string, start: number, end: number): string {
  let text = '';
  let from = start;
  for (let at = start; at < end; at++) {
    if (source.charCodeAt(at) !== BACKSLASH) continue;
    text += source.slice(from, at);
    from = at + 1;
    at++;
  }
  return text + source.slice(from, end);
}
