/** Rulesets that nft takes, each changed in one word or line, so that nft may take it or not. */
import { readFileSync } from 'node:fs';
import type { Random } from '../random.ts';

export interface Mutated {
  readonly text: string;
  /** What was done, to tell causes apart. */
  readonly cause: string;
  /** What it was before. */
  readonly base: string;
}

const fixtures = new URL('../../../rules/nftables/fixtures/', import.meta.url);
const every = readFileSync(new URL('every.nft', fixtures), 'utf8');
const script = readFileSync(new URL('script.nft', fixtures), 'utf8');
const tables = every.split(/(?<=^\}\n)/mu);

/** Rules of each chain that stay, so that nft is asked often. */
const MOST_RULES = 2;

/** A table with all of its sets, and few rules of each chain. */
function someOf(random: Random, table: string): string {
  let inChain = false;
  let isKept = true;
  const lines = table.split('\n').filter((line) => {
    if (line.startsWith('\tchain')) inChain = true;
    if (line === '\t}') inChain = false;
    if (!inChain || !line.startsWith('\t\t') || /^\t\t(?:type|comment)/u.test(line)) return true;
    if (/^\t\t(?:\t|\})/u.test(line)) return isKept;
    isKept = random.chance(MOST_RULES / 8);
    return isKept;
  });
  return lines.join('\n');
}

export function mutatedRuleset(random: Random): Mutated {
  const base = random.chance(0.3) ? script : someOf(random, random.pick(tables));
  const [cause, change] = random.pick(changes);
  return { cause, base, text: change(random, base) };
}

interface Word {
  readonly start: number;
  readonly text: string;
}

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/"[^"\n]*"|#[^\n]*|[\w./:-]+|[^\s\w]/gu)]
    .map((found) => ({ start: found.index, text: found[0] }))
    .filter((word) => !word.text.startsWith('#'));
}

function put(text: string, { start, text: old }: Word, word: string): string {
  return text.slice(0, start) + word + text.slice(start + old.length);
}

const VOCABULARY: readonly string[] =
  'ip ip6 inet arp bridge netdev filter nat route prerouting input forward output postrouting ingress egress accept drop reject jump goto return continue masquerade redirect dnat snat tcp udp icmp icmpv6 saddr daddr sport dport meta ct state mark 10.0.0.1 fd00::1 80 65536 -1 0x10 "eth0" @blocked @hosts 10.0.0.0/8 1-9 established new lo counter log limit set vmap map { } ; , : == != raw mangle srcnat dstnat ipv4_addr ipv6_addr inet_service verdict interval timeout dynamic'.split(
    ' ',
  );

type Change = (random: Random, text: string) => string;

const changes: readonly (readonly [cause: string, change: Change])[] = [
  ['nothing', (_random, text) => text],
  ['a word less', (random, text) => put(text, random.pick(wordsOf(text)), '')],
  [
    'a word twice',
    (random, text) => {
      const word = random.pick(wordsOf(text));
      return put(text, word, `${word.text} ${word.text}`);
    },
  ],
  [
    'a word of the text for another',
    (random, text) => put(text, random.pick(wordsOf(text)), random.pick(wordsOf(text)).text),
  ],
  ['another word', (random, text) => put(text, random.pick(wordsOf(text)), random.pick(VOCABULARY))],
  ['another word', (random, text) => put(text, random.pick(wordsOf(text)), random.pick(VOCABULARY))],
  [
    'a word more',
    (random, text) => {
      const word = random.pick(wordsOf(text));
      return put(text, word, `${word.text} ${random.pick(VOCABULARY)}`);
    },
  ],
  [
    'words swapped',
    (random, text) => {
      const words = wordsOf(text);
      const at = random.below(words.length - 1);
      const [one, other] = [words[at], words[at + 1]];
      if (one === undefined || other === undefined) return text;
      return put(put(text, other, one.text), one, other.text);
    },
  ],
  [
    'a letter wrong',
    (random, text) => {
      const word = random.pick(wordsOf(text).filter((each) => each.text.length > 2));
      const at = 1 + random.below(word.text.length - 2);
      return put(
        text,
        word,
        `${word.text.slice(0, at)}${random.pick(['', 'x', '7'])}${word.text.slice(at + 1)}`,
      );
    },
  ],
  ['a line less', (random, text) => withoutLine(random, text)],
  [
    'a line twice',
    (random, text) => {
      const lines = text.split('\n');
      const at = random.below(lines.length);
      return lines.toSpliced(at, 0, lines[at] ?? '').join('\n');
    },
  ],
];

function withoutLine(random: Random, text: string): string {
  const lines = text.split('\n');
  return lines.toSpliced(random.below(lines.length), 1).join('\n');
}
