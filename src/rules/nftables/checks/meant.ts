/** What was most likely meant by words that nft does not know: as people write from memory, or from iptables. */
import { nearest } from '../../../text/nearest.ts';
import { families } from '../catalogue/families.ts';
import { bareKeys } from '../catalogue/keys.ts';
import { payloads } from '../catalogue/payloads.ts';
import { constantsOfTypes } from '../catalogue/constants.ts';

/** `hint` is a sentence; `newText` stands for the whole of what is not known, null where no words can. */
export interface Meant {
  readonly hint: string;
  readonly newText: string | null;
}

const verdicts: readonly string[] = ['accept', 'drop', 'return', 'continue', 'jump', 'goto', 'queue'];
/** Words that a statement may begin with. */
const beginnings: readonly string[] = [
  ...verdicts,
  ...'log reject snat dnat masquerade redirect tproxy dup fwd notrack counter quota limit meter synproxy flow'.split(
    ' ',
  ),
  ...'meta ct fib rt socket numgen jhash symhash ipsec osf exthdr'.split(' '),
  ...bareKeys,
  ...payloads.keys(),
];
const commands: readonly string[] =
  'add create insert delete replace reset flush list rename destroy table define include'.split(' ');

type Reader = (written: string) => Meant | null;

/** What a rule holds that is no statement, from where it is not understood to the end of the rule. */
export function meantByStatement(written: string): Meant | null {
  return first(ofStatements, written);
}

/** A line that is no command, from its beginning. */
export function meantByCommand(written: string): Meant | null {
  return first(ofCommands, written);
}

/** A word that is none of a type with words of its own. */
export function meantByWord(written: string, type: string): Meant | null {
  const known = [...(constantsOfTypes.get(type)?.keys() ?? [])];
  const other = iptablesNames.get(written.toLowerCase());
  const found = other !== undefined && known.includes(other) ? other : nearest(written, known);
  // The beginning of two words may be either.
  if (found === null || known.filter((word) => word.startsWith(written)).length > 1) return null;
  return { hint: didYouMean(written, found), newText: found };
}

/** As iptables calls them. */
const iptablesNames: ReadonlyMap<string, string> = new Map([
  ['ping', 'echo-request'],
  ['pong', 'echo-reply'],
  ['neighbour-solicitation', 'nd-neighbor-solicit'],
  ['neighbor-solicitation', 'nd-neighbor-solicit'],
  ['neighbour-advertisement', 'nd-neighbor-advert'],
  ['neighbor-advertisement', 'nd-neighbor-advert'],
  ['router-solicitation', 'nd-router-solicit'],
  ['router-advertisement', 'nd-router-advert'],
  ['nd-neighbour-solicit', 'nd-neighbor-solicit'],
  ['nd-neighbour-advert', 'nd-neighbor-advert'],
  ['ip4', 'ipv4'],
  ['ip6', 'ipv6'],
  ['all', 'fin'],
]);

function first(readers: readonly Reader[], written: string): Meant | null {
  for (const read of readers) {
    const found = read(written);
    if (found !== null) return found;
  }
  return null;
}

function didYouMean(written: string, word: string): string {
  return written.toLowerCase() === word
    ? `nft writes it in small letters: ${word}.`
    : `Did you mean ${word}?`;
}

/** `-p tcp --dport 22`, `-j ACCEPT` */
const ofIptables: Reader = (written) =>
  /^!? ?-{1,2}[a-zA-Z]/u.test(written)
    ? {
        hint: 'That is how iptables writes it; nft writes "ip saddr 10.0.0.1 tcp dport 22 accept".',
        newText: null,
      }
    : null;

/** `tcp dport = 22`, `tcp dport == 22` is right. */
const equals: Reader = (written) => {
  const found = /^([\w ]+?) ?=(?!=) ?(.*)$/su.exec(written);
  return found === null
    ? null
    : { hint: 'A value stands behind its key without "=".', newText: `${found[1]} ${found[2]}` };
};

/** `saddr 10.0.0.1`, `dport 22`: of which header, nft cannot know. */
const withoutHeader: Reader = (written) => {
  const [word = '', value = ''] = written.split(/\s+/u);
  if (/^(?:saddr|daddr)$/u.test(word)) {
    const header = value.includes(':') ? 'ip6' : 'ip';
    return { hint: `Name the header before it: ${header} ${word}.`, newText: `${header} ${written}` };
  }
  return /^(?:sport|dport)$/u.test(word)
    ? { hint: `Name the header before it: tcp ${word}, udp ${word}, or th ${word} for both.`, newText: null }
    : null;
};

/** `tcp port 22`: a header without such a field. */
const otherField: Reader = (written) => {
  const found = /^(\w+) ([\w-]+)(?= |$)/u.exec(written);
  const fields = payloads.get(found?.[1] ?? '');
  const field = found?.[2] ?? '';
  if (found === null || fields === undefined || fields.has(field)) return null;
  const near = field === 'port' && fields.has('dport') ? 'dport' : nearest(field, [...fields.keys()]);
  if (near === null) return null;
  return {
    hint: `${found[1]} has no field ${field}. ${didYouMean(field, near)}`,
    newText: `${found[1]} ${near}${written.slice(found[0].length)}`,
  };
};

/** `limit rate 5/sec`, `limit rate 5 per minute` */
const rate: Reader = (written) => {
  const found = /^(limit rate (?:over )?\d+)\s*(?:\/|per)\s*(sec|min|hour|day|week)\w*(.*)$/su.exec(written);
  if (found === null) return null;
  const unit =
    ({ sec: 'second', min: 'minute' } as Readonly<Record<string, string>>)[found[2] ?? ''] ?? found[2];
  return { hint: `A rate is written as 5/${unit}.`, newText: `${found[1]}/${unit}${found[3]}` };
};

/** `reject with tcp-reset`, `reject with icmp-port-unreachable` */
const reason: Reader = (written) => {
  const found = /^reject with (tcp|icmpv6|icmpx|icmp6|icmp)-([\w-]+)(.*)$/su.exec(written);
  if (found === null) return null;
  const header = found[1] === 'icmp6' ? 'icmpv6' : found[1];
  const words = found[1] === 'tcp' ? 'tcp reset' : `${header} ${found[2]}`;
  return {
    hint: `It is written with a blank: reject with ${words}.`,
    newText: `reject with ${words}${found[3]}`,
  };
};

/** `quota over 10 mb` */
const amount: Reader = (written) => {
  const found = /^(quota (?:over |until )?\d+) ?([kmg])b?(?= |$)(.*)$/isu.exec(written);
  const unit = `${found?.[2]?.toLowerCase() ?? ''}bytes`;
  if (found === null || unit === 'gbytes') return null;
  return { hint: `An amount is in bytes, kbytes or mbytes.`, newText: `${found[1]} ${unit}${found[3]}` };
};

/** `tcp dport { 22 80 }`: commas between. */
const blanksInSet: Reader = (written) => {
  const found = /^([^{}]+\{)([^{}:]+)(\}.*)$/su.exec(written);
  const items = found?.[2]?.trim().split(/[\s,]+/u) ?? [];
  if (found === null || items.length < 2 || !items.every((item) => /^["\w./-]+$/u.test(item))) return null;
  return {
    hint: 'Elements of a set have commas between.',
    newText: `${found[1]} ${items.join(', ')} ${found[3]}`,
  };
};

const bareMap: Reader = (written) =>
  /^v?map\b/u.test(written)
    ? { hint: 'What is looked up stands before it: tcp dport vmap { 22 : accept }.', newText: null }
    : null;

/** `accepted`, `ACCEPT`, `masq` */
const otherWord: Reader = (written) => {
  const [word = ''] = written.split(/[\s;]/u);
  const near = wordsOfOthers.get(word.toLowerCase()) ?? nearest(word, beginnings);
  if (near === null || word.length < 3 || near === word) return null;
  return { hint: didYouMean(word, near), newText: `${near}${written.slice(word.length)}` };
};

/** `not tcp dport 22`, `! tcp dport 22` */
const negated: Reader = (written) =>
  /^(?:not|!)\s/u.test(written) ? { hint: 'nft negates the value: tcp dport != 22.', newText: null } : null;

/** `established related` */
const stateBeside: Reader = (written) => {
  const [word = ''] = written.split(/[\s;]/u);
  return constantsOfTypes.get('ct_state')?.has(word.toLowerCase()) === true
    ? { hint: 'States have commas between: ct state established,related.', newText: null }
    : null;
};

/** `redirect 8080`, `dnat to 10.0.0.1 8080` */
const bareNumber: Reader = (written) =>
  /^\d+(?=[\s;]|$)/u.test(written)
    ? { hint: 'A port stands behind a colon (redirect to :8080), a list in braces.', newText: null }
    : null;

/** `log prefix dropped: drop` */
const openText: Reader = (written) =>
  /^:\s/u.test(written) ? { hint: 'Text with a colon or a blank stands in quotes.', newText: null } : null;

/** `meta mark set 0x1/0xff` */
const mask: Reader = (written) =>
  written.startsWith('/0x')
    ? { hint: 'A mask is written with "and" and "or": meta mark set meta mark or 0x1.', newText: null }
    : null;

const wordsOfOthers: ReadonlyMap<string, string> = new Map([
  ['allow', 'accept'],
  ['accepted', 'accept'],
  ['permit', 'accept'],
  ['deny', 'drop'],
  ['dropped', 'drop'],
  ['block', 'drop'],
  ['masq', 'masquerade'],
]);

const ofStatements: readonly Reader[] = [
  negated,
  ofIptables,
  stateBeside,
  bareNumber,
  openText,
  mask,
  withoutHeader,
  rate,
  reason,
  amount,
  otherField,
  bareMap,
  blanksInSet,
  equals,
  otherWord,
];

/** `table inet6 filter` */
const otherFamily: Reader = (written) => {
  const word = /^(?:(?:add|create|list|delete|flush) )?table (inet[46]|ipv[46]|ip4)\b/u.exec(written)?.[1];
  return word === undefined ? null : { hint: `Families are ${families.join(', ')}.`, newText: null };
};

/** `nft add table …` in a file for nft. */
const program: Reader = (written) =>
  /^(?:sudo )?nft /u.test(written)
    ? { hint: 'A file for nft has its commands without the name of the program.', newText: null }
    : null;

const otherCommand: Reader = (written) => {
  const [word = ''] = written.split(/\s/u);
  const near = nearest(word, commands);
  return near === null || near === word ? null : { hint: didYouMean(word, near), newText: null };
};

const ofCommands: readonly Reader[] = [program, otherFamily, otherCommand];
