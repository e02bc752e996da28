/** Commands that only ask whether a rule is there: `iptables -C …`, as scripts write them before they add it. */
import { changesRules, PROGRAM, SUDO } from './wording.ts';

/** Up to what the shell ends a command with, quotes apart. */
const WORDS = String.raw`(?:>&\d|&>|[^'"|&;\n]|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')*`;
const COMMAND = new RegExp(String.raw`^(?:${SUDO})?${PROGRAM}(?=\s)(${WORDS})(\|\||;)?[ \t]*`);
const ABSENCE = new RegExp(String.raw`^\s*if\s+!\s+(?:${SUDO})?${PROGRAM}(?=\s)(${WORDS})`);

/** How long the check is with which a command line begins; up to the command that adds what is not there, if one follows. 0 where it begins with none. */
export function lengthOfCheck(line: string): number {
  const { 0: found, 1: words, 2: operator } = COMMAND.exec(line) ?? [''];
  if (words === undefined || !asks(words)) return 0;
  return operator !== undefined && changesRules(line.slice(found.length)) ? found.length : line.length;
}

/** `if ! iptables -C …; then`: what follows makes sure that the rule is there, whether it was or not. */
export function asksForAbsence(line: string): boolean {
  const words = ABSENCE.exec(line)?.[1];
  return words !== undefined && asks(words);
}

function asks(words: string): boolean {
  return /\s(?:-C|--check)\s/.test(words.replaceAll(/"[^"]*"|'[^']*'/g, '""'));
}
