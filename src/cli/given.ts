/** The words of a command line as typed values, for all commands. */
import type { RulesNamed } from '../kubeproxy/narrative/toCommandLine.ts';
import type { Words } from './commandLine.ts';

/** A node of a live cluster that is to be asked, as far as the words say. */
export interface LiveNodeGiven {
  readonly kind: 'live';
  /** Null: the current context. */
  readonly context: string | null;
  /** Null: it follows from the packet, or from there being one node only. */
  readonly node: string | null;
  /** Null: those of `$KUBECONFIG` or the default place. */
  readonly kubeconfig: readonly string[] | null;
  readonly debugPod: boolean;
  /** The question before a debug Pod is answered with yes. */
  readonly yes: boolean;
  /** A command of the user's own that gets at the node; empty where there is none. */
  readonly command: readonly string[];
  /** Files with facts of the node, beside what it says itself. */
  readonly facts: readonly string[];
}

/** Which rules a command is about. */
export type RulesGiven =
  /** A file, a snapshot folder, or `-` for standard input. */
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly facts: readonly string[];
      /** Files with the output of diff, which are applied to the file one after the other. */
      readonly patches: readonly string[];
    }
  | LiveNodeGiven;

/** What a command line calls them. */
export function namedBy(given: RulesGiven): RulesNamed {
  if (given.kind === 'path') return given.path;
  const { context, node } = given;
  return context === null || node === null ? 'RULES' : { context, node };
}

/** RULES, or the live node in its place. */
export function rulesGiven(words: Words): RulesGiven {
  return words.live
    ? liveNodeGiven(words)
    : {
        kind: 'path',
        path: words.operands[0] ?? '',
        facts: factsOf(words),
        patches: words.lists.get('patch') ?? [],
      };
}

export function liveNodeGiven(words: Words): LiveNodeGiven {
  return {
    kind: 'live',
    context: valueOf(words, 'context'),
    node: valueOf(words, 'node'),
    kubeconfig: words.lists.get('kubeconfig') ?? null,
    debugPod: words.switches.has('debug-pod'),
    yes: words.switches.has('yes'),
    command: words.command,
    facts: factsOf(words),
  };
}

function factsOf(words: Words): readonly string[] {
  return words.lists.get('facts') ?? [];
}

/** The value of an option; null where it was not given. */
export function valueOf(words: Words, option: string): string | null {
  return words.values.get(option) ?? null;
}

/** Which of `choices` an option names; the first where it was not given. The command's specification refuses all others. */
export function choiceOf<Choice extends string>(
  words: Words,
  option: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const value = valueOf(words, option);
  return choices.find((each) => each === value) ?? choices[0];
}

export const TEXT_OR_JSON = ['text', 'json'] as const;
