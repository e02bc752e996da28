/** Damages a dump in the ways that editors, terminals, cut-off copies and people do. Everything follows from the seed. */

/** A small generator of random numbers from 0 to 1 (mulberry32): the same numbers for the same seed, everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Words that mean something to the reader of rules, and some that should not. */
const words = [
  '!',
  '"',
  "'",
  '\\',
  '-m',
  '-j',
  '-g',
  '-p',
  '-s',
  '-d',
  '-i',
  '-o',
  '-A',
  '-N',
  '-P',
  '-X',
  '-4',
  '-6',
  '-f',
  '--dport',
  '--sports',
  '--probability',
  '--ctstate',
  '--mark',
  '--set-xmark',
  '--to-destination',
  '--comment',
  '--mode nth --every 3 --packet 1',
  '-m statistic --mode random --probability 1.5',
  '-m set --match-set X src,dst',
  '-m recent --rcheck --seconds 10800 --reap --name Y --rsource',
  '-m addrtype ! --dst-type LOCAL',
  '-m limit --limit 5/min',
  '-m multiport --dports 1,2,3:99999',
  '-m string --string x --algo bm',
  '-m time --timestart 10:00',
  '-j RETURN',
  '-j REDIRECT --to-ports 0-70000',
  '-j SNAT --to-source 1.2.3.4-1.2.3.9:1-5',
  '-j MASQUERADE --random-fully',
  '-j TPROXY',
  '-j CT --notrack',
  '-j NETMAP --to 10.0.0.0/8',
  '-j LOG --log-prefix "x',
  '-j KUBE-SERVICES',
  '-g KUBE-SERVICES',
  '*nat',
  '*filter',
  '*raw',
  '*mangle',
  '*security',
  '*foo',
  'COMMIT',
  ':X - [0:0]',
  ':INPUT DROP [1:2]',
  '[5:10]',
  '#',
  '0',
  '4294967295',
  '18446744073709551616',
  '-1',
  '0x',
  '0x4000/0x4000',
  '1/0',
  '10.0.0.0/33',
  '::/0',
  'fe80::1%eth0',
  '255.255.255.255/255.0.255.0',
  '\u0000',
  '\u001B[31m',
  '\uFEFF',
  '\uD800',
  'é',
  '🚀',
  '\r',
  '\r\n',
  '\t',
  ' ',
  '\n\n',
];

/** `text` with one to four damages. */
export function mutate(text: string, random: () => number): string {
  let damaged = text;
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) damaged = damage(damaged, random);
  return damaged;
}

function damage(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const word = words[Math.floor(random() * words.length)] ?? '';
  switch (Math.floor(random() * 9)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 40));
    case 2:
      return `${text.slice(0, at)} ${word} ${text.slice(at)}`;
    case 3:
      return text.slice(0, at) + word + text.slice(at);
    case 4:
      return text.slice(0, at);
    case 5:
      return withLines(text, (lines) => swapped(lines, random));
    case 6:
      return withLines(text, (lines) => lines.flatMap((line) => (random() < 0.02 ? [line, line] : [line])));
    case 7:
      return withLines(text, (lines) => lines.filter(() => random() > 0.02));
    default:
      return withWord(text, at, word);
  }
}

function withLines(text: string, change: (lines: string[]) => readonly string[]): string {
  return change(text.split('\n')).join('\n');
}

function swapped(lines: readonly string[], random: () => number): readonly string[] {
  const [a, b] = [Math.floor(random() * lines.length), Math.floor(random() * lines.length)];
  return lines.map((line, index) => (index === a ? lines[b] : index === b ? lines[a] : line) ?? '');
}

/** Puts `word` in the place of the word at `at`. */
function withWord(text: string, at: number, word: string): string {
  const start = Math.max(text.lastIndexOf(' ', at), text.lastIndexOf('\n', at)) + 1;
  const [end = start] = [text.indexOf(' ', at), text.indexOf('\n', at), text.length].filter(
    (each) => each >= start,
  );
  return text.slice(0, start) + word + text.slice(end);
}
