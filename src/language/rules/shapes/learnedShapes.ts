/** What was learned of a table's rules: the shapes in which nothing is wrong. It outlives the text that the rules were of. */
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import type { Judgement } from './judgement.ts';
import { ValueReader } from './valueReader.ts';
import { type PathWord, WordPaths } from './wordPaths.ts';

/** Rules that are looked at for their shape: who writes more shapes than this gets each rule checked word by word. */
const MOST_JUDGED = 4_096;

export const NO_READER = -1;
export const JUMP = -2;

/** A shape in which nothing is wrong. */
export interface Shape {
  /** By slot: the number of the reader of its values, or what else is asked of it. */
  readonly slots: Int32Array;
  /** The hooks that each of its words allows which only some allow. */
  readonly bound: readonly (readonly string[])[];
}

export class LearnedShapes {
  readonly paths = new WordPaths();
  readonly root = this.paths.root();
  /** Some options are for certain hooks: what holds in one of these chains holds in no other. */
  readonly rootsOfHooks: ReadonlyMap<string, number> = new Map(
    HOOKS.map((name) => [name, this.paths.root()]),
  );
  /** By leaf; null where a path is of no use after all. */
  readonly shapes: (Shape | null)[] = [];
  readonly readers: ValueReader[] = [];
  readonly #family: 4 | 6 | null;
  readonly #readerOf = new Map<OptionDefinition, number>();
  #judged = 0;

  constructor(family: 4 | 6 | null) {
    this.#family = family;
  }

  /** Whether one more rule may be looked at for its shape, which it is then. */
  mayJudge(): boolean {
    return this.#judged++ < MOST_JUDGED;
  }

  isBound(shape: number): boolean {
    return (this.shapes[shape]?.bound.length ?? 0) > 0;
  }

  /** Adds the shape of a rule of these `words`, which stand in `bytes`; these are of the rule's text from `base` on. */
  add(
    root: number,
    bytes: Uint8Array,
    base: number,
    words: readonly PathWord[],
    { same, values, jump, bound }: Judgement,
  ): void {
    const path = words.map((word) => ({ ...word, same: word.same || same.has(base + word.start) }));
    const slots = this.paths.add(root, bytes, path, this.shapes.length);
    const places = slots.map((place) => base + (path[place]?.start ?? -1));
    const isLost = jump !== null && !places.includes(jump);
    const asked = (place: number): number => {
      if (place === jump) return JUMP;
      const definition = values.get(place);
      return definition === undefined ? NO_READER : this.#readerFor(definition);
    };
    this.shapes.push(
      isLost ? null : { slots: Int32Array.from(places, asked), bound: bound.map(({ hooks }) => hooks) },
    );
  }

  #readerFor(definition: OptionDefinition): number {
    let reader = this.#readerOf.get(definition);
    if (reader === undefined) {
      reader = this.readers.length;
      this.readers.push(new ValueReader(definition, this.#family));
      this.#readerOf.set(definition, reader);
    }
    return reader;
  }
}

const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
