/**
 * Virtual servers of IPVS out of a text that was pasted: what stands around their lines is replaced by as many blanks, which
 * mean nothing to ipvsadm's lists, so that every offset stays what it is. Lines that are neither stay, and are told as such.
 */
import { logPrefix } from '../rules/iptables/paste/prefixes.ts';
import { formOf, PROMPT } from '../rules/iptables/paste/wording.ts';

const ESCAPE = String.fromCharCode(27);

/** A longer text is no paste, and is not looked through. */
const LONGEST = 8 * 1024 * 1024;
/** Nobody's line of a list is longer. */
const LONGEST_LINE = 1_000;

/** `IP Virtual Server version …`, `Prot LocalAddress:Port …`, `-> RemoteAddress:Port …`, `IPVS connection entries`, `pro expire …` */
const HEADER =
  /^(?:IP Virtual Server version |Prot\s+LocalAddress:Port\b|->\s+RemoteAddress:Port\b|IPVS connection entries|pro\s+expire\s+state\b)/u;
/** `TCP  10.96.0.1:443 rr`, `UDP  [fd00::a]:53 rr`, `FWM  1 wlc`, with `--stats` numbers in place of the scheduler */
const VIRTUAL = /^(?:(?:TCP|UDP|SCTP)\s+\S+:\w*|FWM\s+\d+)\s+\S/u;
/** `-> 10.244.1.5:8080   Masq    1      0          0` */
const SERVER = /^->\s+\S+:\S+(?:\s|$)/u;
/** `TCP 14:54  ESTABLISHED 10.0.0.1:40000 10.96.0.1:443 192.168.0.2:6443` */
const CONNECTION = /^(?:TCP|UDP|SCTP|ICMP|IP)\s+\d{1,9}:\d\d\s+\S+\s+\S+:/u;
/** `-A -t 10.96.0.1:443 -s rr`, `ipvsadm -a -t 10.96.0.1:443 -r 10.244.1.5:8443 -m` */
const COMMAND =
  /^(?:ipvsadm\s+)?(?:-[Aa]|--add-se(?:rvice|rver))\s+(?:-[tuf]|--(?:tcp|udp|sctp|fwmark)-service)\s/u;
/** Lines by which a text is known to hold a list: a server alone may be a drawing. */
const TELLING = [HEADER, VIRTUAL, CONNECTION, COMMAND];
const LINES = [...TELLING, SERVER];

/** What is put before a line: by a mail, `grep -n`, a diff, a terminal. */
const PREFIXES = [
  /^[ \t]*[>\u2502\u2503][ \t]?/u,
  /^\+/u,
  /^[ \t]*\d{1,7}(?:[:.)-]|[ \t]*\||\t)[ \t]?/u,
  PROMPT,
];
const MOST_PREFIXES = 4;

/** The arrow as pages write it. */
const ARROW = /-&(?:amp;)?gt;|[\u2010-\u2015\u2212]>|[ \u00a0]\u2192/gu;
/** Colours of a terminal, which stand within words. */
const COLOUR = new RegExp(`${ESCAPE}\\[[\\d;?]*[A-Za-z]`, 'gu');

/** How any of these lines begins: most lines of other texts are told apart by a letter. */
const FIRST = /^\s*(?:[-FIPSTUp]|ipvsadm)/u;

/** Whether a line is one of ipvsadm's, however it is indented. */
export function isIpvsLine(line: string): boolean {
  if (!FIRST.test(line)) return false;
  const start = line.slice(0, LONGEST_LINE).trimStart();
  return LINES.some((form) => form.test(start));
}

/** Whether such a line may be the first one. */
export function beginsIpvs(line: string): boolean {
  if (!FIRST.test(line)) return false;
  const start = line.slice(0, LONGEST_LINE).trimStart();
  return TELLING.some((form) => form.test(start));
}

/** As long as what was pasted, with the same lines; the same text where nothing is to be taken away. Never throws. */
export function readIpvsPaste(written: string): string {
  if (written.length > LONGEST) return written;
  return written.split('\n').map(readLine).join('\n');
}

function readLine(written: string): string {
  const line = written
    .replaceAll(ARROW, (arrow) => '->'.padEnd(arrow.length))
    .replaceAll(COLOUR, '')
    .padEnd(written.length);
  if (isIpvsLine(line)) return line;
  const log = logPrefix(line);
  let at = log;
  for (let count = 0; count <= MOST_PREFIXES; count++) {
    const rest = line.slice(at);
    if (isIpvsLine(rest)) return ' '.repeat(at) + rest;
    const length = PREFIXES.map((prefix) => prefix.exec(rest)?.[0].length ?? 0).find((each) => each > 0);
    if (length === undefined) break;
    at += length;
  }
  return isNoise(line, log) ? ' '.repeat(line.length) : line;
}

/** A fence, a prompt with a command, a message of kubectl, what a diff or `grep -A` puts between, and a line that was taken away. */
function isNoise(line: string, log: number): boolean {
  const rest = line.slice(log).replace(/^[ \t]*(?:[>\u2502\u2503][ \t]?)*/u, '');
  if (
    PROMPT.test(rest) ||
    /^(?:[#$+]\s*)?(?:\S[^\n]{0,200}\s)?(?:\S*\/)?ipvsadm(?:-save)?(?:\s+-|\s*$)/u.test(rest)
  )
    return true;
  if (/^-(?!>)/u.test(rest) && isIpvsLine(rest.slice(1))) return true;
  return (
    ['fence', 'message', 'separator', 'diffHeading', 'blank'].includes(formOf(rest)) ||
    /^\s*\.{3}\s*$/u.test(rest)
  );
}

/** Whether the text holds a list of ipvsadm's, and no rules of another program beside it. */
export function isIpvsPaste(written: string): boolean {
  if (written.length > LONGEST) return false;
  let found = false;
  for (let at = 0; at < written.length;) {
    const feed = written.indexOf('\n', at);
    const end = feed === -1 ? written.length : feed;
    const line = readLine(written.slice(at, end));
    if (beginsIpvs(line)) found = true;
    else if (isOfOther(line)) return false;
    at = end + 1;
  }
  return found;
}

function isOfOther(line: string): boolean {
  return /^(?:rules|listing|command)$/u.test(formOf(line)) || /^table (?:\w+ )?\S+ \{/u.test(line);
}
