/** Values that a blank tears apart, options without dashes or in capital letters, and protocols that are none. */
import type { ValueKind } from '../../../rules/iptables/catalogue/definitions.ts';
import { findGeneralOption } from '../../../rules/iptables/catalogue/options.ts';
import { type Cure, type FaultyLine, loaded, optionAt, takes, wordAt, write } from './line.ts';

/** What stands between the two parts of a value. */
const joints: Readonly<Partial<Record<ValueKind, string>>> = {
  natDestination: ':',
  natSource: ':',
  mark: '/',
  markSet: '/',
  addressList: '/',
  network: '/',
  addressRange: '-',
};

/** `-s 10.0.0.0 /8`, `--to-destination 10.0.0.1 8080`, `--set-mark 0x1 0xff` */
export function tornValue(line: FaultyLine, word: string): Cure | null {
  const option = optionAt(line, line.at - 2);
  const joint = joints[option?.kind ?? 'word'];
  if (option === null || joint === undefined || !/^[\d:/-]/.test(word)) return null;
  const text = `${wordAt(line, line.at - 1)}${word.startsWith(joint) ? '' : joint}${word}`;
  return takes(line, option, text)
    ? write(line, line.at - 1, line.at, text, `Write the value as one word: ${text}.`)
    : null;
}

/** `-p tcp dport 80`, `-j REJECT with tcp-reset`, `-j DNAT to 10.0.0.1` */
export function undashed(line: FaultyLine, word: string): Cure | null {
  const value = wordAt(line, line.at + 1);
  if (!/^[a-z][\w-]*$/.test(word) || value === '' || value.startsWith('-')) return null;
  const options = loaded(line).flatMap((extension) => extension.options);
  const option = options.find(
    (each) =>
      each.values === 1 &&
      (each.name === `--${word}` || each.name.endsWith(`-${word}`) || each.name.startsWith(`--${word}-`)) &&
      takes(line, each, value),
  );
  return option === undefined
    ? null
    : write(line, line.at, line.at, option.name, `Write "${option.name} ${value}".`);
}

/** `-J ACCEPT`, `-P tcp` in a rule. */
export function capital(line: FaultyLine, word: string): Cure | null {
  const small = word.toLowerCase();
  if (!/^-[A-Z]$/.test(word) || findGeneralOption(small) === null) return null;
  return write(line, line.at, line.at, small, `Write it in small letters: ${small}.`);
}

/** `-p all --dport 53`: ports need one protocol. */
export function anyProtocol(line: FaultyLine): Cure | null {
  if (line.code !== 'protocol-needed') return null;
  const at = line.words.findIndex(
    ({ text }, index) => /^(?:all|ip|0)$/.test(text) && wordAt(line, index - 1) === '-p',
  );
  if (at < 0 || at > line.at) return null;
  return write(line, at, at, 'tcp', '"-p all" names protocols without ports, too.');
}
