/**
 * HOT PATH: lines as paths of words. Each step of a path is one word, which must be the same in every line, or a slot, which
 * takes any word; lines that end at the same leaf have the same shape. Where both would do, the word that is the same wins, so
 * that a line has one path. Words are compared byte by byte: nothing rests on a hash.
 */

const BLANK = 32;
const TAB = 9;
const QUOTE = 34;
const BANG = 33;
const DASH = 45;
const BACKSLASH = 92;

const NONE = -1;

/** A word of a line: `quoted` is `"…"` as a whole, `same` where lines of the shape must have the very word. */
export interface PathWord {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  readonly same: boolean;
}

/** Lines of more words have no path. */
const MOST_SLOTS = 128;

/** A node is eight numbers, which lie side by side in memory: where its own word lies, then its neighbours, then its leaf. */
const STRIDE = 8;
const WORD_AT = 0;
const WORD_LENGTH = 1;
const FIRST_CHILD = 2;
const SIBLING = 3;
const SLOT = 4;
const QUOTED_SLOT = 5;
const LEAF = 6;

export class WordPaths {
  #nodes = new Int32Array(256 * STRIDE);
  /** Behind the last node. */
  #end = 0;
  #words = new Uint8Array(1 << 12);
  #used = 0;
  /** Where the words in the slots of the line begin and end that was walked last. */
  readonly starts = new Int32Array(MOST_SLOTS);
  readonly ends = new Int32Array(MOST_SLOTS);

  /** A new beginning of paths. */
  root(): number {
    return this.#node(0, 0);
  }

  /** The leaf at which the words of `bytes` between `start` and `end` arrive; -1 where no path fits. */
  walk(root: number, bytes: Uint8Array, start: number, end: number): number {
    const nodes = this.#nodes;
    const words = this.#words;
    const { starts, ends } = this;
    let node = root;
    let slots = 0;
    for (let at = start; at < end;) {
      let child = nodes[node + FIRST_CHILD] ?? NONE;
      for (; child !== NONE; child = nodes[child + SIBLING] ?? NONE) {
        const stop = at + (nodes[child + WORD_LENGTH] ?? 0);
        if (stop > end || (stop < end && bytes[stop] !== BLANK)) continue;
        let from = nodes[child + WORD_AT] ?? 0;
        let index = at;
        while (index < stop && bytes[index] === words[from++]) index++;
        if (index < stop) continue;
        node = child;
        at = stop + 1;
        break;
      }
      if (child === NONE) {
        const first = bytes[at];
        const quoted = first === QUOTE;
        node = nodes[node + (quoted ? QUOTED_SLOT : SLOT)] ?? NONE;
        if (node === NONE || isOption(quoted ? bytes[at + 1] : first)) return NONE;
        const stop = quoted ? endOfQuoted(bytes, at, end) : endOfPlain(bytes, at, end);
        if (stop === NONE) return NONE;
        starts[slots] = at;
        ends[slots++] = stop;
        at = stop + 1;
      }
      // iptables-save itself writes two before the name of some counters.
      while (bytes[at] === BLANK) at++;
    }
    return nodes[node + LEAF] ?? NONE;
  }

  /** Adds the path of a line that has none, to `leaf`. Gives the words that stand in slots, by their place in `words`. */
  add(root: number, bytes: Uint8Array, words: readonly PathWord[], leaf: number): readonly number[] {
    let node = root;
    const slots: number[] = [];
    for (const [place, word] of words.entries()) {
      const known = this.#childWith(node, bytes, word);
      if (known !== NONE) node = known;
      else if (word.same) node = this.#addChild(node, bytes, word);
      else {
        slots.push(place);
        node = this.#slotOf(node, word.quoted ? QUOTED_SLOT : SLOT);
      }
    }
    this.#nodes[node + LEAF] = leaf;
    return slots;
  }

  #childWith(node: number, bytes: Uint8Array, { start, end }: PathWord): number {
    const nodes = this.#nodes;
    let child = nodes[node + FIRST_CHILD] ?? NONE;
    for (; child !== NONE; child = nodes[child + SIBLING] ?? NONE) {
      const at = nodes[child + WORD_AT] ?? 0;
      if (nodes[child + WORD_LENGTH] !== end - start) continue;
      let index = start;
      while (index < end && bytes[index] === this.#words[at + index - start]) index++;
      if (index === end) return child;
    }
    return NONE;
  }

  #addChild(parent: number, bytes: Uint8Array, { start, end }: PathWord): number {
    const length = end - start;
    while (this.#used + length > this.#words.length) {
      const larger = new Uint8Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set(bytes.subarray(start, end), this.#used);
    const node = this.#node(this.#used, length);
    this.#used += length;
    this.#nodes[node + SIBLING] = this.#nodes[parent + FIRST_CHILD] ?? NONE;
    this.#nodes[parent + FIRST_CHILD] = node;
    return node;
  }

  #slotOf(parent: number, kind: typeof SLOT | typeof QUOTED_SLOT): number {
    const known = this.#nodes[parent + kind] ?? NONE;
    if (known !== NONE) return known;
    const node = this.#node(0, 0);
    this.#nodes[parent + kind] = node;
    return node;
  }

  /** Gives where its numbers begin. */
  #node(wordAt: number, length: number): number {
    const node = this.#end;
    this.#end += STRIDE;
    if (this.#end > this.#nodes.length) {
      const larger = new Int32Array(this.#nodes.length * 2);
      larger.set(this.#nodes);
      this.#nodes = larger;
    }
    this.#nodes.set([wordAt, length, NONE, NONE, NONE, NONE, NONE, 0], node);
    return node;
  }
}

/** The end of the word at `start`; -1 where it is none, or holds a quote. */
function endOfPlain(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; at < end; at++) {
    const code = bytes[at];
    if (code === BLANK) break;
    if (code === QUOTE || code === TAB) return NONE;
  }
  return at === start ? NONE : at;
}

/** Behind the closing quote of the word at `start`; -1 where it is open, or something follows at once. */
function endOfQuoted(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  for (; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  const stop = at + 1;
  return stop === end || (stop < end && bytes[stop] === BLANK) ? stop : NONE;
}

/** Whether a word that begins so, in quotes or without, may be an option, or its `!`: never a value then. */
function isOption(first: number | undefined): boolean {
  return first === DASH || first === BANG;
}

/**
 * The words of a line, with blanks between each two of them; null where it is written in any other way, or has too many.
 * Those that cannot be a value are the same in every line of its shape; of the others that is not known yet.
 */
export function wordsIn(bytes: Uint8Array, start: number, end: number): readonly PathWord[] | null {
  const words: PathWord[] = [];
  for (let at = start; at < end;) {
    const quoted = bytes[at] === QUOTE;
    const stop = quoted ? endOfQuoted(bytes, at, end) : endOfPlain(bytes, at, end);
    if (stop === NONE || words.length === MOST_SLOTS) return null;
    words.push({ start: at, end: stop, quoted, same: isOption(bytes[quoted ? at + 1 : at]) });
    at = stop + 1;
    while (bytes[at] === BLANK) at++;
  }
  return words;
}
