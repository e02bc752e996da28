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

/** The command line that traces the same packet; every word is quoted for a POSIX shell. */
export function toCommandLine(form: FlowForm, rules: RulesNamed): string {
  const words = options.flatMap(([field, option]) => {
    const text = (form[field] ?? '').trim();
    return text === '' ? [] : [optionWords(option, text)];
  });
  return ['kube-proxy-explorer', 'trace', ...rulesWords(rules), ...words].join(' ');
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

/** `a b` → `'a b'`; a word that the shell takes as it is stays bare. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
