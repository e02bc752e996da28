/** What stands around and between rules in a text that was pasted. */
import type { Replacement } from '../../../text/offsetMap.ts';

export type NoiseKind =
  /** Colours of a terminal. */
  | 'escapes'
  /** `&quot;` */
  | 'entities'
  | 'invisible'
  /** A no-break space, and others that are no blank. */
  | 'spaces'
  /** `“ ”` and `‘ ’` */
  | 'quotes'
  /** `–p tcp —dport 80` */
  | 'dashes'
  /** Three backticks, or a tag of a web page. */
  | 'fences'
  /** `> ` before a line. */
  | 'quoteMarks'
  /** `- `, `| ` before a line, and what closes it behind. */
  | 'listMarks'
  | 'indents'
  /** `12:` before a line. */
  | 'lineNumbers'
  /** `1:60 ` before a rule: its counters, without the brackets that iptables-save writes around them. */
  | 'bareCounters'
  /** `node-1.txt:` before a line. */
  | 'fileNames'
  /** The time and the program that a log puts before a line. */
  | 'times'
  /** `root@node-1:~#` */
  | 'prompts'
  /** What a program around iptables says: `Defaulted container …`. */
  | 'messages'
  /** `--` between the lines that `grep -A` prints. */
  | 'separators'
  /** Where a terminal breaks a line that is too long. */
  | 'wraps'
  /** What stands around lines in strings of JSON, `\\n` between them too. */
  | 'strings'
  /** `@@ -1,3 +1,4 @@` and the `+` before a line. */
  | 'diffs'
  /** A line with `-` in a diff: it is there no longer. */
  | 'removedLines'
  /** Shell around a command: `|| true`, `2>/dev/null`. */
  | 'shell'
  /** A command that asks for a rule and changes none: `iptables -C …`. */
  | 'checks'
  /** A command that a unit or a network keeps for its end: `ExecStop=iptables -D …`. */
  | 'undoing'
  /** A line of a shell script that is no command of iptables. */
  | 'shellLines'
  /** A command of iptables that a script runs in a loop, under a condition, or with the arguments of a function. */
  | 'conditionalCommands'
  /** Any other line. */
  | 'otherLines';

/** Something that is not read, or is read as something else. */
export interface Noise extends Replacement {
  readonly kind: NoiseKind;
}

/** In the order in which they are told. */
export const noiseKinds: readonly NoiseKind[] = [
  'conditionalCommands',
  'fences',
  'quoteMarks',
  'listMarks',
  'prompts',
  'messages',
  'fileNames',
  'lineNumbers',
  'bareCounters',
  'times',
  'indents',
  'diffs',
  'removedLines',
  'separators',
  'wraps',
  'strings',
  'escapes',
  'entities',
  'quotes',
  'dashes',
  'spaces',
  'invisible',
  'shell',
  'checks',
  'undoing',
  'shellLines',
  'otherLines',
];
