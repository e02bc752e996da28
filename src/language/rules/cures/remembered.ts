/** Values that would be right in another option, or as another program writes them. */
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { wordsOfKind } from '../../completion/kindWords.ts';
import { type Cure, type FaultyLine, loaded, rewritten, takes, wordAt, write } from './line.ts';

/** `--dport >1024`, `--length <=100` */
export function comparison(line: FaultyLine, value: string, option: OptionDefinition): Cure | null {
  const [, sign = '', equal = '', number = ''] = /^([<>])(=?)(\d{1,9})$/.exec(value) ?? [];
  if (sign === '') return null;
  const step = equal === '' ? 1 : 0;
  const range = sign === '>' ? `${Number(number) + step}:` : `:${Number(number) - step}`;
  return takes(line, option, range) ? write(line, line.at, line.at, range) : null;
}

/** `9am`, `5:30pm`, `17h30` */
export function clockTime(line: FaultyLine, value: string, { kind }: OptionDefinition): Cure | null {
  const [, hour = '', minute = '00', half = ''] =
    /^(\d{1,2})(?:[:.h](\d{2}))?(?:h|([ap])m)?$/i.exec(value) ?? [];
  if (kind !== 'timeOfDay' || hour === '') return null;
  const isHalf = half !== '';
  if (Number(hour) > (isHalf ? 12 : 23) || (isHalf && Number(hour) === 0) || Number(minute) > 59) return null;
  const ofDay = isHalf ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
  return write(line, line.at, line.at, `${String(ofDay).padStart(2, '0')}:${minute}`);
}

/** `--dscp EF`: another option of the same extension has such words. */
export function ofSibling(line: FaultyLine, value: string, { name }: OptionDefinition): Cure | null {
  const siblings = loaded(line)
    .find(({ options }) => options.some((option) => option.name === name))
    ?.options.filter((option) => option.name !== name && option.values === 1);
  const sibling = siblings?.find((option) => wordsOfKind(option, 0).some(({ text }) => text === value));
  return sibling === undefined ? null : write(line, line.at - 1, line.at, `${sibling.name} ${value}`);
}

/** `SYN+ACK`, `NEW|ESTABLISHED`: words of a list, with other signs between. */
export function otherSigns(line: FaultyLine, value: string, option: OptionDefinition): Cure | null {
  if (!/\w[|;+&/]\w/.test(value)) return null;
  const list = value.replaceAll(/[|;+&/]/g, ',');
  return takes(line, option, list) ? write(line, line.at, line.at, list) : null;
}

/** `22, 80, 443`: a list with blanks. */
export function spacedOut(line: FaultyLine, value: string, option: OptionDefinition): Cure | null {
  let last = line.at;
  let list = value;
  while (list.endsWith(',') && /^[^-]/.test(wordAt(line, last + 1))) list += wordAt(line, ++last);
  if (last === line.at || !takes(line, option, list)) return null;
  const blanks = last === line.at + 1 ? 'the blank' : 'the blanks';
  return write(line, line.at, last, list, `Leave ${blanks} out: write "${list}".`);
}

/** `rst` for `tcp-rst`: the one name of which it is a part. */
export function partOfName(line: FaultyLine, value: string, option: OptionDefinition): Cure | null {
  const { keywords, familyKeywords } = option;
  const known = familyKeywords?.[line.family] ?? keywords;
  const fits = known.filter((name) => name.split('-').includes(value.toLowerCase()));
  const [name] = fits;
  return name === undefined || fits.length > 1
    ? null
    : write(line, line.at, line.at, name, `Did you mean ${name}?`);
}

/** `-d 10.0.0.1:80`: the port is an option of the protocol, which may stand behind, or be missing. */
export function addressWithPort(
  line: FaultyLine,
  value: string,
  { name, kind }: OptionDefinition,
): Cure | null {
  const [, address, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(value) ?? [];
  const option = name === '-s' ? '--sport' : '--dport';
  if (kind !== 'addressList' || address === undefined || port === undefined) return null;
  if (wordAt(line, line.at - 2) === '!' || line.words.some(({ text }) => text === option)) return null;
  const protocol = line.words.findIndex(({ text }) => text === '-p') + 1;
  if (protocol === 0) {
    const words = `${address} -p tcp ${option} ${port}`;
    return write(line, line.at, line.at, words, `A port stands behind its protocol: write "${words}".`);
  }
  if (!loaded(line).some(({ options }) => options.some((each) => each.name === option))) return null;
  if (protocol < line.at) return write(line, line.at, line.at, `${address} ${option} ${port}`);
  return {
    hint: `The port is an option of the protocol: write "${option} ${port}" behind it.`,
    title: `Write "${option} ${port}" behind the protocol`,
    changes: [
      ...rewritten(line, line.at, line.at, address),
      ...rewritten(line, protocol, protocol, `${wordAt(line, protocol)} ${option} ${port}`),
    ],
  };
}
