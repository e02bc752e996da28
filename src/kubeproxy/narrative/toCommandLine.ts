import { invisible } from '../../text/invisible.ts';
import type { AssumeWords } from '../answer/assumed.ts';
import type { FlowField, FlowForm } from '../form/flowForm.ts';

const options: readonly (readonly [FlowField, string])[] = [
  ['from', 'from'],
  ['to', 'to'],
  ['protocol', 'protocol'],
  ['state', 'state'],
  ['mark', 'mark'],
  ['interface', 'interface'],
  ['ttl', 'ttl'],
  ['tcpFlags', 'tcp-flags'],
  ['icmpType', 'icmp-type'],
  ['uid', 'uid'],
  ['gid', 'gid'],
];

/** A file or folder, or a node of a live cluster. */
export type RulesNamed = string | { readonly context: string; readonly node: string };

/**
 * The command line that traces the same packet, with what was decided of its open questions; every word is quoted for bash and zsh, and none
 * holds what nobody sees.
 */
export function toCommandLine(
  form: FlowForm,
  rules: RulesNamed,
  assumed: readonly AssumeWords[] = [],
): string {
  const words = options.flatMap(([field, option]) => {
    const text = (form[field] ?? '').trim();
    return text === '' ? [] : [optionWords(option, text)];
  });
  const decided = assumed.map(({ name, word }) => optionWords('assume', `${name}=${word}`));
  return ['kube-proxy-explorer', 'trace', ...rulesWords(rules), ...words, ...decided].join(' ');
}

/** The command line that diagnoses a Service in the same rules. */
export function diagnoseCommandLine(service: string, rules: RulesNamed): string {
  return ['kube-proxy-explorer', 'diagnose', ...rulesWords(rules), optionWords('service', service)].join(' ');
}

function rulesWords(rules: RulesNamed): readonly string[] {
  if (typeof rules !== 'string') {
    return [optionWords('context', rules.context), optionWords('node', rules.node)];
  }
  return [quoted(rules.startsWith('-') && rules !== '-' ? `./${rules}` : rules)];
}

/** `--to 10.0.0.1:80`; `--context=-x` for what would be taken for an option. */
function optionWords(option: string, text: string): string {
  return text.startsWith('-') ? quoted(`--${option}=${text}`) : `--${option} ${quoted(text)}`;
}

/**
 * `a b` → `'a b'`; a word that the shell takes as it is stays bare (zsh looks for a program in `=ls`). A terminal acts on
 * control characters before the shell sees a quote, `^C` and the end of a paste among them: they are written as `$'\003'`.
 */
function quoted(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  return word.search(invisible) === -1
    ? `'${word.replaceAll("'", String.raw`'\''`)}'`
    : `$'${word.replaceAll('\0', '\ufffd').replaceAll(toEscape, octal)}'`;
}

/** What stands for something else in `$'…'`, `!` of a history in some shells. */
const toEscape = new RegExp(`${invisible.source}|['!\\\\]`, 'gu');

/** Its bytes in UTF-8, of three digits each: what follows cannot be taken for a digit. No argument can hold a NUL. */
function octal(character: string): string {
  const code = character.charCodeAt(0);
  const bytes = code < 0x80 ? [code] : encodeURIComponent(character).split('%').slice(1).map(hexadecimal);
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

function hexadecimal(digits: string): number {
  return Number.parseInt(digits, 16);
}
