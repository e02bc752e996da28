/** HOT PATH: the nodes of a rule, each of one shape. */
import type { MatchDefinition, OptionDefinition, TargetDefinition } from '../catalogue/definitions.ts';
import type { Match, Option, Target, Word } from '../nodes.ts';

/** The one empty list of every node. */
export const NONE: readonly never[] = [];

interface LoadedExtension {
  readonly name: Word;
  readonly start: number;
  readonly implicit: boolean;
  /** Null until there is one. */
  options: Option[] | null;
  end: number;
}

export interface LoadedMatch extends LoadedExtension {
  readonly kind: 'match';
  readonly definition: MatchDefinition | null;
}

export interface LoadedTarget extends LoadedExtension {
  readonly kind: 'jump' | 'goto';
  readonly definition: TargetDefinition | null;
}

/** An extension that was named, with the options that were given to it so far. */
export type Loaded = LoadedMatch | LoadedTarget;

export class OptionNode implements Option {
  readonly start: number;
  readonly end: number;
  readonly name: Word;
  readonly definition: OptionDefinition | null;
  readonly negation: Word | null;
  readonly values: readonly Word[];

  constructor(
    name: Word,
    definition: OptionDefinition | null,
    negation: Word | null,
    values: readonly Word[],
    end: number,
  ) {
    this.start = negation !== null && negation.start < name.start ? negation.start : name.start;
    this.end = negation !== null && negation.end > end ? negation.end : end;
    this.name = name;
    this.definition = definition;
    this.negation = negation;
    this.values = values;
  }
}

export class MatchNode implements Match {
  readonly kind = 'match';
  readonly start: number;
  readonly end: number;
  readonly name: Word;
  readonly definition: MatchDefinition | null;
  readonly implicit: boolean;
  readonly options: readonly Option[];

  constructor(loaded: LoadedMatch) {
    this.start = loaded.start;
    this.end = loaded.end;
    this.name = loaded.name;
    this.definition = loaded.definition;
    this.implicit = loaded.implicit;
    this.options = loaded.options ?? NONE;
  }
}

export class TargetNode implements Target {
  readonly kind: 'jump' | 'goto';
  readonly start: number;
  readonly end: number;
  readonly name: Word;
  readonly definition: TargetDefinition | null;
  readonly options: readonly Option[];

  constructor(loaded: LoadedTarget) {
    this.kind = loaded.kind;
    this.start = loaded.start;
    this.end = loaded.end;
    this.name = loaded.name;
    this.definition = loaded.definition;
    this.options = loaded.options ?? NONE;
  }
}

export function addTo(owner: Loaded, option: Option): void {
  if (owner.options === null) owner.options = [option];
  else owner.options.push(option);
  if (option.end > owner.end) owner.end = option.end;
}

/** The end of the last of `values`; `otherwise` where there is none. */
export function lastEnd(values: readonly Word[], otherwise: number): number {
  return values.at(-1)?.end ?? otherwise;
}
