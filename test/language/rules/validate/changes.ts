/** What is changed in a line of a rule: each change by name, so that a run tells which of them it tried. */
import type { Extension } from './extensions.ts';
import { verdicts, chains, counters, together, commands, characters, ruleWords } from './oddities.ts';
import type { Random } from './random.ts';
import { addresses, comments, icmpTypes, interfaces, numbers, oddWords, ports, protocols } from './values.ts';

/** What a change may take from. */
export interface Stock {
  readonly random: Random;
  readonly extensions: readonly Extension[];
  /** Another line of a rule. */
  readonly other: () => string;
}

type Change = (line: string, stock: Stock) => string;

const letters: Readonly<Record<string, string>> = {
  '-s': '--source',
  '-d': '--destination',
  '-i': '--in-interface',
  '-o': '--out-interface',
  '-p': '--protocol',
  '-j': '--jump',
  '-g': '--goto',
  '-m': '--match',
  '-A': '--append',
  '-f': '--fragments',
  '-c': '--set-counters',
};

/** `line` with the word at a random place, of those that `wanted` likes, changed. */
function atWord(
  line: string,
  random: Random,
  wanted: (word: string) => boolean,
  change: (word: string) => string | readonly string[],
): string {
  const parts = line.split(' ');
  const places = parts.flatMap((word, index) => (wanted(word) ? [index] : []));
  const at = random.pick(places);
  if (at === undefined) return line;
  const made = change(parts[at] ?? '');
  return parts.toSpliced(at, 1, ...(typeof made === 'string' ? [made] : made)).join(' ');
}

function insert(line: string, random: Random, words: string): string {
  const parts = line.split(' ');
  return parts.toSpliced(random.below(parts.length + 1), 0, words).join(' ');
}

function insertText(line: string, random: Random, text: string): string {
  const cut = random.below(line.length + 1);
  return line.slice(0, cut) + text + line.slice(cut);
}

const isOption = (word: string): boolean => /^--?[A-Za-z]/.test(word);
const isValue = (word: string): boolean => word !== '' && !word.startsWith('-') && word !== '!';

/** Where the words of one option end: its name, and the values behind it. */
function optionAt(parts: readonly string[], random: Random): { at: number; end: number } | null {
  const places = parts.flatMap((word, index) => (isOption(word) ? [index] : []));
  const at = random.pick(places);
  if (at === undefined) return null;
  let end = at + 1;
  while (end < parts.length && isValue(parts[end] ?? '')) end++;
  return { at, end };
}

export const changes: Readonly<Record<string, Change>> = {
  'a word left out': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      () => [],
    ),
  'another word': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      () => random.pick(ruleWords),
    ),
  'a word more': (line, { random }) => insert(line, random, random.pick(ruleWords)),
  'a word twice': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      (word) => [word, word],
    ),
  'two words swapped': (line, { random }) => {
    const parts = line.split(' ');
    const [one, two] = [random.below(parts.length), random.below(parts.length)];
    return parts
      .with(one, parts[two] ?? '')
      .with(two, parts[one] ?? '')
      .join(' ');
  },
  'a letter left out': (line, { random }) => {
    const cut = random.below(line.length);
    return line.slice(0, cut) + line.slice(cut + 1);
  },
  'a letter more': (line, { random }) => insertText(line, random, String.fromCharCode(33 + random.below(94))),
  'a word cut short': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      (word) => word.slice(0, 1 + random.below(Math.max(1, word.length))),
    ),
  'a word in capitals': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      (word) => word.toUpperCase(),
    ),
  'a word in small letters': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      (word) => word.toLowerCase(),
    ),
  'a general option by its long name, cut short': (line, { random }) =>
    atWord(
      line,
      random,
      (word) => word in letters,
      (word) => {
        const long = letters[word] ?? word;
        return long.slice(0, 3 + random.below(long.length - 2));
      },
    ),
  'an option cut short': (line, { random }) =>
    atWord(
      line,
      random,
      (word) => word.startsWith('--') && word.length > 4,
      (word) => word.slice(0, 3 + random.below(word.length - 3)),
    ),
  'counters before the rule': (line, { random }) => `${random.pick(counters)}${line}`,
  'counters as an option': (line, { random }) =>
    insert(line, random, `-c ${random.pick(numbers)} ${random.pick(numbers)}`),
  'a long line': (line, { random }) => {
    const [first = '', ...rest] = line.split(' ');
    const missing = 10_236 - line.length + random.below(10);
    return `${first}${' '.repeat(Math.max(0, missing))} ${rest.join(' ')}`;
  },
  'a long word': (line, { random }) => insert(line, random, 'x'.repeat(1020 + random.below(8))),
  'many words': (line, { random }) =>
    `${line}${' -m comment --comment x'.repeat(Math.max(0, Math.ceil((245 - line.split(' ').length + random.below(16)) / 4)))}`,
  'the protocol last': (line) => line.replace(/^(.*?) ((?:! )?-p \S+)(.*)$/, '$1$3 $2'),
  'the protocol first': (line) => line.replace(/^(.*?) ((?:! )?-p \S+)(.*)$/, '$2 $1$3'),
  'the protocol negated': (line) => line.replace(/(?<!! )-p /, '! -p '),
  'the protocol left out': (line) => line.replace(/(?:! )?-p \S+ ?/, ''),
  'another protocol': (line, { random }) => line.replace(/-p \S+/, `-p ${random.pick(protocols)}`),
  'short options together': (line, { random }) => insert(line, random, random.pick(together)),
  'a word in quotes': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      (word) => {
        const cut = random.below(word.length + 1);
        const quote = random.pick(['"', '"', '"', "'"]);
        return random.pick([
          `${quote}${word}${quote}`,
          `${word.slice(0, cut)}${quote}${word.slice(cut)}${quote}`,
          `${quote}${word.slice(0, cut)}${quote}${word.slice(cut)}`,
          `"${word} x"`,
          `"${word.slice(0, cut)}\\"${word.slice(cut)}"`,
          `"${word}`,
          `${word}"`,
        ]);
      },
    ),
  'two words in one quote': (line, { random }) => {
    const parts = line.split(' ');
    const at = random.below(parts.length);
    return parts.toSpliced(at, 2, `"${parts[at]} ${parts[at + 1] ?? ''}"`).join(' ');
  },
  'a stray quote': (line, { random }) => insertText(line, random, random.pick(['"', "'", '\\', '\\"', '""'])),
  'the program for modules': (line, { random }) =>
    insert(
      line,
      random,
      random.pick(['-M', '-M x', '--modprobe=/sbin/modprobe', '--modprobe x', '-Mx', '--mod']),
    ),
  'a second command': (line, { random }) =>
    random.below(2) === 0 ? `${random.pick(commands)} ${line}` : insert(line, random, random.pick(commands)),
  'another command': (line, { random }) =>
    line.replace(
      /-A \S+/,
      `${random.pick(['-I', '-D', '-R', '-C', '-I', '--append', '-N', '-F', '-P', '-E'])} ${random.pick(['X', 'INPUT', 'FORWARD', 'PREROUTING', 'NOPE'])}${random.pick(['', '', ' 1', ' 0', ' 2', ' x', ' -1', ' 1x'])}`,
    ),
  'another chain': (line, { random }) => line.replace(/-A \S+/, `-A ${random.pick(chains)}`),
  'an odd character': (line, { random }) => insertText(line, random, random.pick(characters)),
  'an odd ending': (line, { random }) =>
    `${line}${random.pick(['\r', ' ', '\t', '\0', ' #x', ';', ' \\', '\n', ' # x', '\f', '\u{a0}'])}`,
  'an odd beginning': (line, { random }) =>
    `${random.pick([' ', '\t', '\r', '\uFEFF', '#', '- ', '-', '"', '\0', '> '])}${line}`,
  'blanks doubled': (line, { random }) =>
    atWord(
      line,
      random,
      () => true,
      (word) => [random.pick(['', '\t', '\u{a0}', '\v']), word],
    ),
  'a value of another rule': (line, { random, other }) => {
    const values = other().split(' ').filter(isValue);
    return atWord(line, random, isValue, () => random.pick(values) ?? 'x');
  },
  'an option of another rule': (line, { random, other }) => {
    const parts = other().split(' ');
    const found = optionAt(parts, random);
    return found === null ? line : insert(line, random, parts.slice(found.at, found.end).join(' '));
  },
  'an option twice': (line, { random }) => {
    const parts = line.split(' ');
    const found = optionAt(parts, random);
    if (found === null) return line;
    return parts.toSpliced(random.below(parts.length + 1), 0, ...parts.slice(found.at, found.end)).join(' ');
  },
  'an option moved': (line, { random }) => {
    const parts = line.split(' ');
    const found = optionAt(parts, random);
    if (found === null) return line;
    const taken = parts.splice(found.at, found.end - found.at);
    return parts.toSpliced(random.below(parts.length + 1), 0, ...taken).join(' ');
  },
  'an option left out': (line, { random }) => {
    const parts = line.split(' ');
    const found = optionAt(parts, random);
    return found === null ? line : parts.toSpliced(found.at, found.end - found.at).join(' ');
  },
  'values left out': (line, { random }) => {
    const parts = line.split(' ');
    const found = optionAt(parts, random);
    return found === null ? line : parts.toSpliced(found.at + 1, found.end - found.at - 1).join(' ');
  },
  'a negation': (line, { random }) => atWord(line, random, isOption, (word) => ['!', word]),
  'a negation within': (line, { random }) => atWord(line, random, isOption, (word) => [word, '!']),
  'a negation at the value': (line, { random }) => atWord(line, random, isValue, (word) => `!${word}`),
  'another number': (line, { random }) =>
    atWord(
      line,
      random,
      (word) => /\d/.test(word),
      (word) => {
        const found = [...word.matchAll(/\d+/g)];
        const one = random.pick(found);
        if (one === undefined) return word;
        const put = random.pick([
          random.pick(numbers),
          String(BigInt(one[0]) + 1n),
          String(BigInt(one[0]) - 1n),
          `0${one[0]}`,
          `0x${one[0]}`,
          `${one[0]}${one[0]}`,
        ]);
        return word.slice(0, one.index) + put + word.slice(one.index + one[0].length);
      },
    ),
  'an odd value': (line, { random }) =>
    atWord(line, random, isValue, () =>
      random.pick([
        random.pick(oddWords),
        random.pick(numbers),
        random.pick(addresses[random.below(2) === 0 ? 4 : 6]),
      ]),
    ),
  'a list': (line, { random, other }) =>
    atWord(line, random, isValue, (word) => {
      const second = random.pick([
        word,
        random.pick(oddWords),
        random.pick(other().split(' ').filter(isValue)) ?? '',
      ]);
      return `${word}${random.pick([',', ',', ':', '-', '/', ', ', '|', ';'])}${second}`;
    }),
  'a value behind a sign': (line, { random }) => {
    const parts = line.split(' ');
    const found = optionAt(parts, random);
    if (found === null || found.end === found.at + 1) return line;
    const glued = `${parts[found.at]}${random.pick(['=', '=', '', '= ', ' = ', ':'])}${parts[found.at + 1] ?? ''}`;
    return parts.toSpliced(found.at, 2, glued).join(' ');
  },
  'a match of another rule': (line, { random, other }) => {
    const matches = [...other().matchAll(/ -m \S+(?: (?:! )?--[a-z][\w-]*(?: (?!-|!)\S+)*)*/g)];
    return line.replace(/(?= -[jg] |$)/, random.pick(matches)?.[0] ?? '');
  },
  'the target of another rule': (line, { other }) => {
    const target = / -[jg] \S+(?: --.*)?$/.exec(other())?.[0];
    return target === undefined ? line : line.replace(/ -[jg] \S+(?: --.*)?$/, '') + target;
  },
  'another rate': (line, { random }) => {
    const rate = `${random.pick(numbers)}/${random.pick(['s', 'sec', 'minute', 'hour', 'day', 'days', 'week', ''])}`;
    const burst =
      random.below(2) === 0
        ? ''
        : ` ${random.pick(['--limit-burst', '--hashlimit-burst'])} ${random.pick(numbers)}`;
    const match = random.pick([
      '-m limit --limit',
      '-m hashlimit --hashlimit-name x --hashlimit-upto',
      '-m hashlimit --hashlimit-name y --hashlimit-above',
    ]);
    return line.replace(/(?= -[jg] |$)/, ` ${match} ${rate}${burst}`);
  },
  'another reason to reject': (line, { random }) =>
    `${line.replace(/ -[jg] \S+(?: --.*)?$/, '')} -j REJECT --reject-with ${random.pick(['tcp-reset', 'tcp-rst', 'tcp-r', 'TCP-RESET', 't', 'icmp-port-unreachable', 'icmp6-port-unreachable', 'port-unreach', 'icmp', 'icmp6', 'no-route', 'policy', 'echo-reply', ''])}`,
  'a match more': (line, { random, extensions }) =>
    insert(line, random, `-m ${random.pick(extensions.filter(({ target }) => !target))?.name ?? 'x'}`),
  'another target': (line, { random, extensions }) =>
    line.replace(/ -[jg] \S+/, ` -j ${random.pick(extensions.filter(({ target }) => target))?.name ?? 'x'}`),
  'as of a script': (line, { random }) =>
    random.pick([
      `iptables ${line}`,
      `sudo iptables ${line}`,
      `-t nat ${line}`,
      `-w ${line}`,
      `iptables -t filter -w 5 ${line}`,
      `${line} || true`,
      `${line} 2>/dev/null`,
      `${line} &&`,
      `${line} && iptables ${line}`,
      `${line} \\`,
      `"${line}"`,
      `$IPT ${line}`,
    ]),
  'other dashes': (line, { random }) =>
    atWord(line, random, isOption, (word) => {
      const name = word.replace(/^-+/, '');
      return `${random.pick(['–', '—', '-', '---', '–-', '−', '- ', ''])}${name}`;
    }),
  'two rules in one': (line, { random, other }) => {
    const rest = other();
    return random.pick([`${line} ${rest}`, `${line}; ${rest}`, `${line} ${rest.replace(/-A \S+ ?/, '')}`]);
  },
  'another comment': (line, { random }) =>
    line.replace(
      /(?= -[jg] |$)/,
      ` -m comment --comment ${random.pick([...comments, '"' + 'x'.repeat(random.pick([254, 255, 256])) + '"'])}`,
    ),
  'another port': (line, { random }) =>
    line.replace(
      /(?= -[jg] |$)/,
      ` ${random.pick(['-p tcp', '-p udp', '-p tcp -m tcp', '-m udp', ''])} ${random.pick(['--dport', '--sport', '--dports', '--port', '-m multiport --dports', '-m multiport --ports', '! --dport'])} ${random.pick(ports)}`,
    ),
  'another type of ICMP': (line, { random }) =>
    line.replace(
      /(?= -[jg] |$)/,
      ` ${random.pick(['-p icmp', '-p ipv6-icmp', '-p icmpv6', '-p icmp -m icmp', ''])} ${random.pick(['--icmp-type', '--icmpv6-type', '! --icmp-type'])} ${random.pick(icmpTypes)}`,
    ),
  'another address': (line, { random }) =>
    line.replace(
      /(?= -[jg] |$)/,
      ` ${random.pick(['-s', '-d', '! -s', '--src', '--destination', '-s!'])} ${random.pick(random.below(2) === 0 ? addresses[4] : addresses[6])}`,
    ),
  'options in another order': (line, { random }) => {
    const [command = '', ...groups] = line.split(/ (?=(?:! )?--?[a-zA-Z])/);
    return [command, ...groups.toSorted(() => random.below(3) - 1)].join(' ');
  },
  'another interface': (line, { random }) =>
    line.replace(
      /(?= -[jg] |$)/,
      ` ${random.pick(['-i', '-o', '! -i', '--in-interface', '--out'])} ${random.pick(interfaces)}`,
    ),
  'another verdict': (line, { random }) =>
    line.replace(/ -[jg] \S+/, ` ${random.pick(['-j', '-g'])} ${random.pick(verdicts)}`),
};

/** `line` with one change, whichever. */
export function changed(line: string, random: Random): string {
  const change = changes[random.pick(Object.keys(changes)) ?? ''];
  return change?.(line, { random, extensions: [], other: () => line }) ?? line;
}
