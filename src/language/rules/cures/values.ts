/** Values that are written as another program would take them. */
import { lookup } from '../../../text/lookup.ts';
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { readNetwork } from '../../../values/networks.ts';
import { readRate } from '../../../rules/iptables/values/rates.ts';
import { nearest } from '../../../text/nearest.ts';
import { servicePorts } from '../../../values/services.ts';
import { wordsOfKind } from '../../completion/kindWords.ts';
import {
  takes,
  certainly,
  type Cure,
  type FaultyLine,
  inserted,
  loaded,
  optionAt,
  removed,
  rewritten,
  wordAt,
  write,
} from './line.ts';
import { meant } from './names.ts';
import {
  addressWithPort,
  clockTime,
  comparison,
  ofSibling,
  otherSigns,
  partOfName,
  spacedOut,
} from './remembered.ts';

type ValueCure = (line: FaultyLine, value: string, option: OptionDefinition) => Cure | null;

/** Of the word of the finding as the value of the option before it. */
export function valueOf(line: FaultyLine): Cure | null {
  if (!/^bad-(?:value|port|address|mask|probability)$/.test(line.code)) return null;
  const written = wordAt(line, line.at);
  const [, , attached] = /^(-[a-z]|--[\w-]+=)(.+)$/.exec(written) ?? [];
  if (attached !== undefined) return certainly(oneDash)(line, written);
  const option = optionAt(line, line.at - 1);
  const value = wordAt(line, line.at);
  if (option === null) return null;
  for (const cure of valueCures) {
    const found = cure(line, value, option);
    if (found !== null) return found;
  }
  return null;
}

const portOptions: Readonly<Record<string, string>> = lookup({
  '--dport': '--dports',
  '--sport': '--sports',
});

const equals: ValueCure = (line, value) =>
  value === '=' && line.words[line.at + 1] !== undefined
    ? {
        hint: `Leave the "=" out: write "${wordAt(line, line.at - 1)} ${wordAt(line, line.at + 1)}".`,
        title: 'Remove the "="',
        changes: removed(line, line.at, line.at),
      }
    : null;

/** `--dport 80,443` */
const severalPorts: ValueCure = (line, value, { name }) => {
  const plural = portOptions[name];
  if (plural === undefined || !/^\w+([,;:-]\w+)*$/.test(value) || !value.includes(',')) return null;
  const ports = value.replaceAll('-', ':');
  const negated = wordAt(line, line.at - 2) === '!';
  const words = `-m multiport ${negated ? '! ' : ''}${plural} ${ports}`;
  return write(
    line,
    line.at - (negated ? 2 : 1),
    line.at,
    words,
    `One port or range stands there: write "${words}".`,
  );
};

/** `--length 0-100` */
const numberRange: ValueCure = (line, value, option) => {
  if (!/^(?:range|span)\d/.test(option.kind ?? '') || !/^\d+-\d+$/.test(value)) return null;
  const range = value.replace('-', ':');
  return takes(line, option, range) ? write(line, line.at, line.at, range) : null;
};

/** `8000-8010`, and `90:80` */
const portRange: ValueCure = (line, value, { kind }) => {
  if (kind === 'orderedPortRange' && /^\d+:\d+$/.test(value)) {
    const [from = '', to = ''] = value.split(':');
    return Number(from) > Number(to) ? write(line, line.at, line.at, `${to}:${from}`) : null;
  }
  if (!/ort(?:Range|List)?$/.test(kind ?? '') || !/\w-\w/.test(value)) return null;
  return write(line, line.at, line.at, value.replaceAll(/(\d)-(\d)/g, '$1:$2'));
};

const serviceName: ValueCure = (line, value, { kind }) => {
  if (!/ort(?:Range|List)?$/.test(kind ?? '') || !/^[a-z][\w-]*$/i.test(value)) return null;
  const name = nearest(value, [...servicePorts.keys()]);
  return name === null || name === value
    ? null
    : { ...write(line, line.at, line.at, name), hint: meant(value, name) };
};

/** `-s any`, `-d 0/any` */
const anyAddress: ValueCure = (line, value, { name, kind }) =>
  kind === 'addressList' && /^(?:any|all|anywhere)$/i.test(value) && wordAt(line, line.at - 2) !== '!'
    ? {
        hint: `Leave "${name} ${value}" out: without it every address matches.`,
        title: `Remove "${name} ${value}"`,
        changes: removed(line, line.at - 1, line.at),
      }
    : null;

/** `-s 10.0.0.1-10.0.0.9` */
const addressRange: ValueCure = (line, value, { name, kind }) => {
  if (kind !== 'addressList' || !/^[\d.]+-[\d.]+$|^[\da-f:]+-[\da-f:]+$/i.test(value)) return null;
  const negated = wordAt(line, line.at - 2) === '!';
  const isLoaded = loaded(line).some((extension) => extension.name === 'iprange');
  const words = `${isLoaded ? '' : '-m iprange '}${negated ? '! ' : ''}${name === '-s' ? '--src-range' : '--dst-range'} ${value}`;
  return write(line, line.at - (negated ? 2 : 1), line.at, words);
};

/** `--src-range 10.0.0.0/24`: the first and the last address of it. */
const networkAsRange: ValueCure = (line, value, { kind }) => {
  const [, address, length] = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(value) ?? [];
  const network = kind === 'addressRange' && address !== undefined ? readNetwork(value, 4) : null;
  if (network?.kind !== 'value') return null;
  const size = 2 ** (32 - Number(length));
  const first = address?.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) ?? 0;
  const from = Math.floor(first / size) * size;
  return write(line, line.at, line.at, `${dotted(from)}-${dotted(from + size - 1)}`);
};

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** `[fd00::1]` where no port can stand behind it. */
const bracketed: ValueCure = (line, value, option) => {
  const [, inner] = /^\[([\da-f:.]+)\]$/i.exec(value) ?? [];
  return inner !== undefined && takes(line, option, inner) ? write(line, line.at, line.at, inner) : null;
};

/** `192.168.1.*`, `10.*` */
const wildcardAddress: ValueCure = (line, value, { kind }) => {
  const [, fixed] = /^(\d+(?:\.\d+){0,2})(?:\.[*x])+$/i.exec(value) ?? [];
  if (kind !== 'addressList' || fixed === undefined) return null;
  const parts = fixed.split('.');
  const address = [...parts, '0', '0', '0'].slice(0, 4).join('.');
  return write(line, line.at, line.at, `${address}/${parts.length * 8}`);
};

/** `-s !10.0.0.1` */
const gluedNegation: ValueCure = (line, value, { negatable }) =>
  negatable && /^!./.test(value) && wordAt(line, line.at - 2) !== '!'
    ? write(line, line.at - 1, line.at, `! ${wordAt(line, line.at - 1)} ${value.slice(1)}`)
    : null;

/** `-s fd00::1` among rules of IPv4: iptables-restore skips a rule with `-6`. */
const otherFamily: ValueCure = (line, value, { kind }) => {
  if (kind !== 'addressList' && kind !== 'address' && kind !== 'network') return null;
  const isOther =
    line.family === 4
      ? /^[\da-f]*:[\da-f:]+(?:\/\d+)?$/i.test(value)
      : /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(value);
  if (!isOther) return null;
  const [letter, program] = line.family === 4 ? ['-6', 'ip6tables'] : ['-4', 'iptables'];
  const hint = `Move the rule to the rules of ${program}, or write "${letter}" before it, so that only ${program}-restore takes it.`;
  return {
    hint,
    title: `Keep the rule for ${program} alone ("${letter}")`,
    changes: inserted(line, 0, letter),
  };
};

/** `http://10.0.0.1:8080/path` */
const url: ValueCure = (line, value) => {
  const [, host] = /^\w+:\/\/([^/]+)/.exec(value) ?? [];
  return host === undefined ? null : write(line, line.at, line.at, host);
};

/** `50%` */
const percent: ValueCure = (line, value, { kind }) => {
  const [, number] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value) ?? [];
  if (kind !== 'probability' || number === undefined || Number(number) > 100) return null;
  return write(line, line.at, line.at, String(Number(number) / 100));
};

const hardwareAddress: ValueCure = (line, value, { kind }) =>
  kind === 'mac' && /^[\da-f]{1,2}([-.][\da-f]{1,2}){5}$/i.test(value)
    ? write(line, line.at, line.at, value.replaceAll(/[-.]/g, ':'))
    : null;

/** `10.0.0.0\\8`, `--connlimit-mask /24` */
const slash: ValueCure = (line, value, option) => {
  const text = value.startsWith('/') ? value.slice(1) : value.replace('\\', '/');
  return text !== value && takes(line, option, text) ? write(line, line.at, line.at, text) : null;
};

/** `5/mins`, `5/per minute` */
const rate: ValueCure = (line, value, { kind }) => {
  const [, count, unit = ''] = /^(\d+)\/(\w+)$/.exec(value) ?? [];
  if (kind !== 'rate' || count === undefined) return null;
  const known =
    ['sec', 'min', 'hour', 'day'].find((each) => unit.toLowerCase().startsWith(each)) ??
    nearest(unit, ['second', 'minute', 'hour', 'day']);
  // One that is read well may be too slow for its burst.
  const isKnown = readRate(value).kind === 'value';
  return known === null || isKnown ? null : write(line, line.at, line.at, `${count}/${known}`);
};

/** `-p any` */
const anyProtocol: ValueCure = (line, value, { kind }) =>
  kind === 'protocol' && /^(?:any|\*)$/i.test(value) ? write(line, line.at, line.at, 'all') : null;

/** `-p icmp6`, `-p ping` */
const icmpOfFamily: ValueCure = (line, value, { kind }) => {
  if (kind !== 'protocol' || !/^(?:icmp-?(?:v?[46])?|icmpv[46]|ping)$/i.test(value)) return null;
  const name = value.endsWith('6') || (line.family === 6 && /^ping$/i.test(value)) ? 'ipv6-icmp' : 'icmp';
  return write(line, line.at, line.at, name);
};

/** `-p tcp,udp`: a rule of each. */
const severalProtocols: ValueCure = (line, value, { kind }) => {
  if (kind !== 'protocol' || !/^\w+(?:[,|/]\w+)+$/.test(value)) return null;
  // Two rules with a "!" would match everything.
  if (wordAt(line, line.at - 2) === '!') return null;
  const word = line.words[line.at];
  if (word === undefined) return null;
  const lines = value
    .split(/[,|/]/)
    .map((each) => line.text.slice(line.start, word.start) + each + line.text.slice(word.end, line.end));
  return {
    hint: `A rule has one protocol: write a rule for each.`,
    title: 'Write a rule for each protocol',
    changes: [{ span: { start: line.start, end: line.end }, newText: lines.join('\n') }],
  };
};

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `Mon-Fri`, `1-5` */
const rangeOfDays: ValueCure = (line, value, { kind }) => {
  const [, first = '', last = ''] = /^(\w+)-(\w+)$/.exec(value) ?? [];
  if (kind !== 'weekDays' || first === '') return null;
  const [from, to] = [first, last].map((day) =>
    /^[1-7]$/.test(day)
      ? Number(day) - 1
      : dayNames.findIndex((name) => day.toLowerCase().startsWith(name.slice(0, 2).toLowerCase())),
  );
  if (from === undefined || to === undefined || from < 0 || to < 0) return null;
  const count = ((to - from + 7) % 7) + 1;
  const days = Array.from({ length: count }, (_, index) => dayNames[(from + index) % 7]);
  return write(line, line.at, line.at, days.join(','));
};

/** `10-15` */
const rangeOfMonthDays: ValueCure = (line, value, { kind }) => {
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(value) ?? [];
  const count = Number(to) - Number(from) + 1;
  if (kind !== 'monthDays' || from === undefined || count < 2 || Number(to) > 31) return null;
  const days = Array.from({ length: count }, (_, index) => Number(from) + index);
  return write(line, line.at, line.at, days.join(','));
};

/** `--dst LOCAL` beside `-m addrtype`: `--dst` is `-d`. */
const typeOfAddress: ValueCure = (line, value, { name, kind }) => {
  const type = loaded(line)
    .find((extension) => extension.name === 'addrtype')
    ?.options.find((option) => option.name === (name === '-s' ? '--src-type' : '--dst-type'));
  if (kind !== 'addressList' || type === undefined || !takes(line, type, value)) return null;
  return write(line, line.at - 1, line.at, `${type.name} ${value}`);
};

/** `ESTABLISHED,REALTED`, `icmp-port-unreachible`, `warn`, `echorequest` */
const nearWord: ValueCure = (line, value, option) => {
  const known = wordsOfKind(option, 0)
    .map(({ text }) => text)
    .filter((text) => !text.includes(','));
  if (known.length === 0) return null;
  const parts = value
    .split(',')
    .map((part) =>
      known.includes(part) ? part : beginningOfSeveral(part, known) ? null : nearest(part, known),
    );
  if (parts.includes(null)) return null;
  const better = parts.join(',');
  return better === value ? null : { ...write(line, line.at, line.at, better), hint: meant(value, better) };
};

/** `echo` may be either of two. */
function beginningOfSeveral(part: string, known: readonly string[]): boolean {
  return part !== '' && known.filter((name) => name.startsWith(part.toLowerCase())).length > 1;
}

/** `eth*` */
const interfaceWildcard: ValueCure = (line, value, { kind }) =>
  kind === 'interface' && value.includes('*')
    ? write(line, line.at, line.at, value.replace(/\*.*$/, '+'))
    : null;

const valueCures: readonly ValueCure[] = [
  certainly(equals),
  certainly(gluedNegation),
  certainly(severalPorts),
  certainly(portRange),
  certainly(numberRange),
  serviceName,
  certainly(anyAddress),
  certainly(addressRange),
  certainly(wildcardAddress),
  typeOfAddress,
  addressWithPort,
  certainly(networkAsRange),
  certainly(bracketed),
  otherFamily,
  url,
  certainly(percent),
  certainly(hardwareAddress),
  rate,
  slash,
  certainly(anyProtocol),
  icmpOfFamily,
  certainly(severalProtocols),
  certainly(otherSigns),
  certainly(spacedOut),
  certainly(comparison),
  clockTime,
  certainly(interfaceWildcard),
  rangeOfDays,
  rangeOfMonthDays,
  certainly(ofSibling),
  partOfName,
  nearWord,
];

/** `-p=tcp`, `-dport 80`, `-s!10.0.0.1` */
export function attachedValue(line: FaultyLine): Cure | null {
  if (line.code !== 'attached-value') return null;
  const written = wordAt(line, line.at);
  const [, letter = '', value = ''] = /^(-\w)=(.+)$/.exec(written) ?? [];
  if (letter !== '')
    return write(
      line,
      line.at,
      line.at,
      `${letter} ${value}`,
      `Leave the "=" out: write "${letter} ${value}".`,
    );
  return oneDash(line, written);
}

/** `-dport`, `-syn`: the name of a long option with one dash. */
export function oneDash(line: FaultyLine, written: string): Cure | null {
  if (!/^-[a-z][a-z-]+$/.test(written)) return null;
  const long = `-${written}`;
  const known = loaded(line).some((extension) =>
    extension.options.some(({ name, aliases }) => name === long || aliases.includes(long)),
  );
  if (!known && optionAt({ ...line, words: [{ text: long, start: 0, end: 0 }] }, 0) === null) return null;
  return write(line, line.at, line.at, long, `A long option begins with two dashes: write "${long}".`);
}

/** `--dport 22 --dport 80`, `-s 10.0.0.1 -s 10.0.0.2` */
export function repeated(line: FaultyLine): Cure | null {
  if (line.code !== 'repeated-option') return null;
  const option = optionAt(line, line.at);
  const first = line.words.findIndex((_word, index) => index < line.at && optionAt(line, index) === option);
  if (option === null || first < 0 || wordAt(line, first - 1) === '!' || wordAt(line, line.at - 1) === '!')
    return null;
  const both = `${wordAt(line, first + 1)},${wordAt(line, line.at + 1)}`;
  const plural = portOptions[option.name];
  if (plural === undefined && option.kind !== 'addressList') return null;
  const words = plural === undefined ? `${option.name} ${both}` : `-m multiport ${plural} ${both}`;
  return {
    hint: `Write "${words}" once.`,
    title: `Write "${words}"`,
    changes: [...rewritten(line, first, first + 1, words), ...removed(line, line.at, line.at + 1)],
  };
}
