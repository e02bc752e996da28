import type { FlowField, FlowForm } from '../flowForm.ts';

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

/** The command line that traces the same packet. `rules` is the file or folder; every word is quoted for a POSIX shell. */
export function toCommandLine(form: FlowForm, rules: string): string {
  const words = options.flatMap(([field, option]) => {
    const text = (form[field] ?? '').trim();
    return text === '' ? [] : [`--${option}`, quoted(text)];
  });
  const path = rules.startsWith('-') && rules !== '-' ? `./${rules}` : rules;
  return ['kube-proxy-explorer', 'trace', quoted(path), ...words].join(' ');
}

/** `a b` → `'a b'`; a word that the shell takes as it is stays bare. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
