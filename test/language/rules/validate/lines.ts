/** Lines of rules to ask iptables about: of real dumps, of its manual, and made of what its help says; then changed at random. */
import type { Extension, HelpOption } from './extensions.ts';
import type { Random } from './random.ts';

/** A rule in the table where it belongs; `from`: where it was taken from. */
export interface Line {
  readonly text: string;
  readonly table: string;
  readonly family: 4 | 6;
  readonly from: 'dump' | 'help' | 'manual';
}

/** A dump's rules, each with its table. */
export function linesOfDump(text: string, family: 4 | 6): readonly Line[] {
  let table = '';
  return text.split('\n').flatMap((line): Line[] => {
    if (line.startsWith('*')) table = line.slice(1).trim();
    return /^(\[\d+:\d+\] )?-A /.test(line) && table !== ''
      ? [{ text: line, table, family, from: 'dump' }]
      : [];
  });
}

const tables = ['filter', 'nat', 'mangle', 'raw'] as const;
const chains = { filter: 'FORWARD', nat: 'PREROUTING', mangle: 'PREROUTING', raw: 'PREROUTING' } as const;

/** A rule with one extension, with some of its options; many are wrong. */
export function lineOfHelp(extensions: readonly Extension[], random: Random): Line | null {
  const extension = random.pick(extensions);
  if (extension === undefined) return null;
  const family = random.pick(extension.families) ?? 4;
  const table = random.pick(tables);
  const options = Array.from({ length: random.below(4) }, () => random.pick(extension.options)).flatMap(
    (option) => (option === undefined ? [] : [optionWords(option, extension, family, random)]),
  );
  const own = `${extension.target ? '-j' : '-m'} ${extension.name} ${options.join(' ')}`.trim();
  const protocol = random.below(2) === 0 ? `-p ${random.pick(protocols)} ` : '';
  const verdict = extension.target ? '' : ` -j ${random.pick(['ACCEPT', 'DROP', 'RETURN', 'X'])}`;
  const chain = random.below(4) === 0 ? 'X' : chains[table];
  return { text: `-A ${chain} ${protocol}${own}${verdict}`, table, family, from: 'help' };
}

const protocols = [
  'tcp',
  'udp',
  'icmp',
  'icmpv6',
  'sctp',
  'dccp',
  'esp',
  'ah',
  '47',
  'all',
  'mh',
  'udplite',
] as const;

function optionWords(
  { name, form }: HelpOption,
  extension: Extension,
  family: 4 | 6,
  random: Random,
): string {
  const negation = random.below(6) === 0 ? '! ' : '';
  const wantsValue = form !== '' ? random.below(20) > 0 : random.below(8) === 0;
  const words = wantsValue ? ` ${valueFor(form, extension, family, random)}` : '';
  const second =
    form.includes(' ') && random.below(3) > 0 ? ` ${valueFor(form, extension, family, random)}` : '';
  return `${negation}${name}${words}${second}`;
}

/** A value: what the form's own words suggest, or anything. */
function valueFor(form: string, extension: Extension, family: 4 | 6, random: Random): string {
  const one = oneValue(form, extension, family, random);
  switch (random.below(12)) {
    case 0:
      return `${one},${oneValue(form, extension, family, random)}`;
    case 1:
      return `${one}:${oneValue(form, extension, family, random)}`;
    case 2:
      return `${one}/${oneValue(form, extension, family, random)}`;
    case 3:
      return `${one}-${oneValue(form, extension, family, random)}`;
    default:
      return one;
  }
}

const addresses = {
  4: [
    '10.0.0.1',
    '192.0.2.0/24',
    '10.0.0.1-10.0.0.9',
    '10.0.0.300',
    '0.0.0.0/0',
    '10.0.0.1:80',
    '10.0.0.1:80-90',
  ],
  6: ['fd00::1', '2001:db8::/32', 'fd00::1-fd00::9', 'fd00::g', '::/0', '[fd00::1]:80', '[fd00::1]:80-90'],
} as const;
const numbers = [
  '0',
  '1',
  '2',
  '7',
  '63',
  '64',
  '80',
  '255',
  '256',
  '1024',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '-1',
  '0x10',
  '0xffffffff',
  '010',
  '1.5',
  '18446744073709551616',
] as const;
const oddities = [
  '',
  'x',
  'eth0',
  'lo',
  'a+',
  '10/second',
  '5/sec',
  '1/day',
  '12:30',
  '23:59:59',
  '2026-01-01T00:00:00',
  'Mon,Tue',
  '02:00:00:00:00:01',
  '"a b"',
  'web',
  'SYN,ACK',
  'SYN',
  'new',
  'NEW,ESTABLISHED',
  'high',
  'root',
  'any',
] as const;

function oneValue(form: string, { words }: Extension, family: 4 | 6, random: Random): string {
  const own = form.match(/[A-Za-z0-9][\w-]*/g) ?? [];
  const kind = random.below(10);
  if (kind < 4) return random.pick(numbers);
  if (kind < 6) return random.pick(addresses[family]);
  if (kind < 8) return random.pick(words) ?? '1';
  return random.pick([random.pick(own) ?? '1', random.pick(oddities)]);
}

const changes = [
  '!',
  '-j',
  '-m',
  'tcp',
  'udp',
  '-p',
  '--dport',
  '99999',
  'DROP',
  'ACCEPT',
  'RETURN',
  'NOPE',
  '-s',
  '10.0.0.1/33',
  '10.0.0.300',
  'fd00::1',
  '0x4000/0x4000',
  '0xzz',
  '--probability',
  '1.5',
  '0.5',
  '-i',
  'eth0',
  '-o',
  'LOCAL',
  'NEW',
  'BOGUS',
  'SNAT',
  'MASQUERADE',
  'REJECT',
  'owner',
  '--uid-owner',
  '0',
  'multiport',
  '--dports',
  '1,2,3',
  'icmp',
  'all',
  '"',
  '-g',
  'INPUT',
  'conntrack',
  '--ctstate',
  'MARK',
  '--set-mark',
  '-A',
  '-c',
  '5',
  '-v',
  '-4',
  '-6',
  '-n',
  '-t',
  'nat',
  '[1:2]',
  "'",
  '\\',
  '\t',
  '-I',
  '--jump',
  '--j',
  '--o',
  '-M',
  '-f',
  '-w',
  '--line-numbers',
  '#',
] as const;

/** `line` with one small change. */
export function changed(line: string, random: Random): string {
  const parts = line.split(' ');
  const at = random.below(parts.length);
  const cut = random.below(line.length);
  switch (random.below(9)) {
    case 0:
      return parts.toSpliced(at, 1).join(' ');
    case 1:
      return parts.with(at, random.pick(changes)).join(' ');
    case 2:
      return parts.toSpliced(at, 0, random.pick(changes)).join(' ');
    case 3:
      return parts.toSpliced(at, 0, parts[random.below(parts.length)] ?? '').join(' ');
    case 4:
      return line.slice(0, cut) + line.slice(cut + 1);
    case 5:
      return line.slice(0, cut) + String.fromCharCode(33 + random.below(94)) + line.slice(cut);
    case 6:
      return parts.with(at, abbreviated(parts[at] ?? '', random)).join(' ');
    case 7:
      return parts.with(at, (parts[at] ?? '').toUpperCase()).join(' ');
    default: {
      const second = random.below(parts.length);
      return parts
        .with(at, parts[second] ?? '')
        .with(second, parts[at] ?? '')
        .join(' ');
    }
  }
}

/** `--dport` → `--dp` */
function abbreviated(word: string, random: Random): string {
  return word.slice(0, 1 + random.below(Math.max(1, word.length)));
}

/** The whole text that is judged: the line, in its table, with the chains that it names. */
export function textAround({ table, family }: Line, changedText: string, original: string): string {
  const named = [...original.matchAll(/(?:^| )-(?:A|j|g) (\S+)/g)].map(([, name = '']) => name);
  const own = new Set(['X', 'Y', ...named.filter((name) => /^(KUBE|DOCKER|CNI|FLANNEL|cali)/.test(name))]);
  const declared = [...own].map((name) => `:${name} - [0:0]\n`).join('');
  const program = family === 6 ? 'ip6tables-save' : 'iptables-save';
  const header = `# Generated by ${program} v1.8.9 (nf_tables) on Sat Nov 21 03:31:10 2026\n`;
  return `${header}*${table}\n${declared}${changedText}\nCOMMIT\n`;
}
