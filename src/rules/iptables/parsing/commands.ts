/** Commands that stand alone on a line: `-F X`, `-P INPUT DROP`. */
import { lookup } from '../../../text/lookup.ts';
import type { Word } from '../nodes.ts';
import type { WordScanner } from '../scanner/wordScanner.ts';

/** Long and short names, leading to the short one. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['-P', '-P'],
  ['--policy', '-P'],
  ['-N', '-N'],
  ['--new-chain', '-N'],
  ['-F', '-F'],
  ['--flush', '-F'],
  ['-X', '-X'],
  ['--delete-chain', '-X'],
  ['-E', '-E'],
  ['--rename-chain', '-E'],
  ['-Z', '-Z'],
  ['--zero', '-Z'],
  ['-L', '-L'],
  ['--list', '-L'],
  ['-S', '-S'],
  ['--list-rules', '-S'],
]);

/** The short name of a command that stands alone; null for another word. */
export function findCommand(word: string): string | null {
  return COMMANDS.get(word) ?? null;
}

/** A chain, and the second word that `-P` and `-E` must have; for the others it is a rule's number. */
const MOST_NAMES: Readonly<Record<string, number>> = lookup({ '-N': 1, '-F': 1, '-X': 1 });

const anywhere: ReadonlySet<string> = new Set(['-v', '--verbose', '-4', '--ipv4', '-6', '--ipv6']);
const inListings: ReadonlySet<string> = new Set(['-n', '--numeric', '-x', '--exact', '--line-numbers']);

export interface CommandWords {
  readonly names: readonly Word[];
  /** A clause on the first word that the command does not take, or on one that it lacks; null where all is well. */
  readonly fault: string | null;
}

/** Passes what the program takes and iptables-restore does not: `-t nat`, `--table=nat`, `-w 5`; false where it is no such word. */
export function skipProgramOption(words: WordScanner): boolean {
  const { text } = words;
  if (text === '-t' || text === '--table' || text === '-W') return words.next();
  if (text === '-w' || text === '--wait') {
    const { position } = words;
    if (!words.next() || !/^\d+$/.test(words.text)) words.position = position;
    return true;
  }
  return /^(?:-t\w+|--table=\w+|-w\d+|--wait=\d+)$/.test(text);
}

/**
 * What stands behind the command `verb` (`commands_v_options` of iptables/xshared.c); `ofProgram`: the line names iptables
 * itself, which takes a table and more.
 */
export function readCommandWords(verb: string, words: WordScanner, ofProgram: boolean): CommandWords {
  const names: Word[] = [];
  let fault: string | null = null;
  while (words.next()) {
    const { text } = words;
    if (ofProgram && skipProgramOption(words)) continue;
    if (!text.startsWith('-') && text !== '!' && names.length < (MOST_NAMES[verb] ?? 2)) {
      names.push(words.word());
    } else if (verb === '-P' && (text === '-c' || text === '--set-counters')) {
      for (let left = 2; left > 0; left--) if (!words.next()) fault ??= `${text} needs two numbers`;
    } else if (!anywhere.has(text) && !(verb === '-L' && inListings.has(text))) {
      fault ??= `"${text}" does not belong to ${verb}`;
    }
  }
  const [, second] = names;
  if (verb === '-E' && second === undefined) fault ??= '-E needs the old name and the new one';
  if (second !== undefined && '-L-S-Z'.includes(verb) && !/^\d+$/.test(second.text))
    fault ??= `"${second.text}" is not the number of a rule`;
  return { names, fault };
}
