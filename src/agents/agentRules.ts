/** The rules that an agent asks about, as their host has them. */
import type { Analysis } from '../kubeproxy/analysis.ts';
import type { RulesNamed } from '../kubeproxy/narrative/toCommandLine.ts';
import type { Source } from '../kubeproxy/sources.ts';
import type { Steps } from '../values/steps.ts';
import type { FindingJson } from './json/findingJson.ts';
import type { FileOf } from './json/placeJson.ts';

export interface AgentRules {
  readonly analysis: Analysis;
  /** Those that were named: of a file its own, of a folder all that are followed. */
  readonly sources: readonly Pick<Source, 'id' | 'families' | 'ruleset'>[];
  readonly fileOf: FileOf;
  /** As a command line names them. */
  readonly named: RulesNamed;
  /** All that is found in them, as `check` prints it. */
  readonly problems: () => Promise<readonly FindingJson[]>;
  /** Runs long work: at once, or in turns with what others ask. */
  readonly run: <Result>(steps: Steps<Result>) => Promise<Result>;
  /** What is had of another node of the same cluster; null where that is nothing. */
  readonly otherNode: (node: string) => Promise<Analysis | null>;
  /** What a person would be told beside the answer. */
  readonly notes: readonly string[];
}

/** The rules of a question: `compare` has two, all other tools one. */
export interface AgentRulesPair {
  readonly before: AgentRules;
  readonly after: AgentRules;
}

/** An answer, or a sentence on what was wrong with the question. */
export type ToolAnswer =
  | { readonly kind: 'answer'; readonly data: AgentData }
  | { readonly kind: 'wrong'; readonly message: string };

/** Plain JSON. */
export interface AgentData extends Readonly<Record<string, unknown>> {
  readonly summary: string;
  readonly notes: readonly string[];
}
