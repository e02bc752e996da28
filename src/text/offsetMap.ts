/** A text with parts of it replaced, and the way from its offsets to those of the text before and back. */

/** `newText` in place of the characters from `start` up to `end`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** Where the characters of a changed text stood before. Offsets beyond the ends are those of the ends. */
export interface OffsetMap {
  /** Of a place where something was taken away: behind it, but before it where the line ends there. */
  before(offset: number): number;
  /** Of a place within something that was replaced: where that begins now. */
  after(offset: number): number;
}

export interface Edited {
  readonly text: string;
  readonly map: OffsetMap;
}

/** Carries out `replacements`, which are in order and do not overlap. */
export function replaceParts(text: string, replacements: readonly Replacement[]): Edited {
  // Not by joining a list, which would copy each part by itself.
  let edited = '';
  const places: Place[] = [];
  let at = 0;
  let shift = 0;
  for (const { start, end, newText } of replacements) {
    edited += text.slice(at, start) + newText;
    const after = start + shift;
    const ends = newText === '' && end > start && /[\n\r]|^$/.test(text.charAt(end));
    places.push({ start, end, after, afterEnd: after + newText.length, ends });
    shift += newText.length - (end - start);
    at = end;
  }
  return { text: edited + text.slice(at), map: new PlaceMap(places) };
}

/** First through `first`, then through `second`, which was made of the text after it. */
export function throughBoth(first: OffsetMap, second: OffsetMap): OffsetMap {
  return {
    before: (offset) => first.before(second.before(offset)),
    after: (offset) => second.after(first.after(offset)),
  };
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly after: number;
  readonly afterEnd: number;
  /** Taken away up to the end of a line. */
  readonly ends: boolean;
}

class PlaceMap implements OffsetMap {
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  before(offset: number): number {
    const place = this.#last((each) => each.after <= offset);
    if (place === null) return offset;
    if (offset > place.after && offset < place.afterEnd) return place.start;
    if (offset >= place.afterEnd && place.afterEnd > place.after) return place.end + offset - place.afterEnd;
    if (offset > place.after) return place.end + offset - place.after;
    return place.ends || place.afterEnd > place.after ? place.start : place.end;
  }

  after(offset: number): number {
    const place = this.#last((each) => each.start <= offset);
    if (place === null) return offset;
    return offset < place.end ? place.after : place.afterEnd + offset - place.end;
  }

  /** The last place for which `holds`, which is so for the first ones only. */
  #last(holds: (place: Place) => boolean): Place | null {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const place = this.#places[middle];
      if (place !== undefined && holds(place)) low = middle + 1;
      else high = middle;
    }
    return this.#places[low - 1] ?? null;
  }
}
