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

export class WordPaths {
  // By node; a node's own word lies in `#words`.
  readonly #wordAt: number[] = [];
  readonly #wordLength: number[] = [];
  readonly #firstChild: number[] = [];
  readonly #sibling: number[] = [];
  readonly #slot: number[] = [];
  readonly #quotedSlot: number[] = [];
  readonly #leaf: number[] = [];
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
    let node = root;
    let slots = 0;
    for (let at = start; at < end;) {
      const child = this.#childOf(node, bytes, at, end);
      if (child !== NONE) {
        node = child;
        at += (this.#wordLength[child] ?? 0) + 1;
        continue;
      }
      const first = bytes[at];
      const quoted = first === QUOTE;
      node = (quoted ? this.#quotedSlot[node] : this.#slot[node]) ?? NONE;
      if (node === NONE || isOption(quoted ? bytes[at + 1] : first)) return NONE;
      const stop = quoted ? endOfQuoted(bytes, at, end) : endOfPlain(bytes, at, end);
      if (stop === NONE) return NONE;
      this.starts[slots] = at;
      this.ends[slots] = stop;
      slots++;
      at = stop + 1;
    }
    return this.#leaf[node] ?? NONE;
  }

  /** Adds the path of a line that has none, to `leaf`. Gives the words that stand in slots, by their place in `words`. */
  add(root: number, bytes: Uint8Array, words: readonly PathWord[], leaf: number): readonly number[] {
    let node = root;
    const slots: number[] = [];
    for (const [place, word] of words.entries()) {
      const known = this.#childOf(node, bytes, word.start, word.end);
      if (known !== NONE) node = known;
      else if (word.same) node = this.#addChild(node, bytes, word);
      else {
        slots.push(place);
        node = this.#slotOf(node, word.quoted);
      }
    }
    this.#leaf[node] = leaf;
    return slots;
  }

  /** The child whose word stands at `at`. */
  #childOf(node: number, bytes: Uint8Array, at: number, end: number): number {
    const words = this.#words;
    let child = this.#firstChild[node] ?? NONE;
    for (; child !== NONE; child = this.#sibling[child] ?? NONE) {
      const length = this.#wordLength[child] ?? 0;
      const stop = at + length;
      if (stop > end || (stop < end && bytes[stop] !== BLANK)) continue;
      let from = this.#wordAt[child] ?? 0;
      let index = at;
      while (index < stop && bytes[index] === words[from]) {
        index++;
        from++;
      }
      if (index === stop) return child;
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
    this.#sibling[node] = this.#firstChild[parent] ?? NONE;
    this.#firstChild[parent] = node;
    return node;
  }

  #slotOf(parent: number, quoted: boolean): number {
    const slots = quoted ? this.#quotedSlot : this.#slot;
    const known = slots[parent] ?? NONE;
    if (known !== NONE) return known;
    const node = this.#node(0, 0);
    slots[parent] = node;
    return node;
  }

  #node(wordAt: number, length: number): number {
    const node = this.#wordAt.length;
    this.#wordAt.push(wordAt);
    this.#wordLength.push(length);
    this.#firstChild.push(NONE);
    this.#sibling.push(NONE);
    this.#slot.push(NONE);
    this.#quotedSlot.push(NONE);
    this.#leaf.push(NONE);
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
 * The words of a line, with one blank between each two of them; null where it is written in any other way, or has too many.
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
  }
  return words;
}
