/** `conntrack -L -o save` and `-o xml` (conntrack-tools 1.4.5 and later) as lines of `conntrack -L`, which one reader takes. */
import { lookup } from '../../../text/lookup.ts';

/** `-A -t 99 -u SEEN_REPLY,ASSURED -s 10.0.0.1 -d 10.96.0.1 -r 10.244.1.5 -q 10.0.0.1 -p tcp …` */
export function isSavedConnection(line: string): boolean {
  return /^-A -t \d+ -u [A-Z_,]+ /.test(line);
}

/** `<flow><meta direction="original">…`, the lines around it too. */
export function isFlowLine(line: string): boolean {
  return /^\s*(<flow[\s>]|<\/?conntrack>)/.test(line) || /^<\?xml .*>\s*$/.test(line);
}

/** What the form of such lines leaves out, without a full stop; null for one that tells all. */
export function leftOut(text: string): string | null {
  return /^-A -t \d+ -u /m.test(text)
    ? '"conntrack -o save" tells no marks of connections, so that 0 is taken for each'
    : null;
}

/**
 * The line as `conntrack -L` prints it; what has no connection in it as an empty one. Any other line stays, and so does an
 * ICMP query as XML, which lacks its identifier.
 */
export function asListed(line: string): string {
  if (isSavedConnection(line)) return fromSaved(line);
  return isFlowLine(line) ? fromFlow(line) : line;
}

const NUMBERS: Readonly<Record<string, number>> = lookup({
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
});

function written(name: string, value: string | null): string {
  return value === null ? '' : ` ${name}=${value}`;
}

function fromSaved(line: string): string {
  const option = (name: string): string | null => new RegExp(` ${name} (\\S+)`).exec(line)?.[1] ?? null;
  const words = (names: readonly (readonly [string, string])[]): string =>
    names.map(([name, flag]) => written(name, option(flag))).join('');
  const protocol = option('-p') ?? '';
  const number = NUMBERS[protocol] ?? Number(protocol);
  if (!Number.isInteger(number)) return line;
  const status = (option('-u') ?? '').split(',');
  const query = words(['type', 'code', 'id'].map((name) => [name, `--${protocol}-${name}`]));
  const original = words([
    ['src', '-s'],
    ['dst', '-d'],
    ['sport', '--sport'],
    ['dport', '--dport'],
  ]);
  const reply = words([
    ['src', '-r'],
    ['dst', '-q'],
    ['sport', '--reply-port-src'],
    ['dport', '--reply-port-dst'],
  ]);
  const state = option('--state');
  const unreplied = status.includes('SEEN_REPLY') ? '' : ' [UNREPLIED]';
  const assured = status.includes('ASSURED') ? ' [ASSURED]' : '';
  const zones = words([
    ['zone', '-w'],
    ['zone-orig', '--orig-zone'],
    ['zone-reply', '--reply-zone'],
  ]);
  const begin = `${protocol} ${number} ${option('-t') ?? 0}${state === null ? '' : ` ${state}`}`;
  return `${begin}${original}${query}${unreplied}${reply}${answered(query)}${assured}${zones}`;
}

/** An answer to an echo request is of type 0, of IPv6 of 129; no form but this one leaves it out. */
function answered(query: string): string {
  return query.replace(/ type=(\d+)/, (_, type: string) => ` type=${REPLIES[type] ?? type}`);
}

const REPLIES: Readonly<Record<string, string>> = lookup({
  8: '0',
  13: '14',
  15: '16',
  17: '18',
  128: '129',
});

function fromFlow(line: string): string {
  const [, original, reply, meta] =
    /<meta direction="original">(.*?)<\/meta><meta direction="reply">(.*?)<\/meta><meta direction="independent">(.*?)<\/meta>/.exec(
      line,
    ) ?? [];
  if (original === undefined || reply === undefined || meta === undefined) return '';
  const [, number = '', name = ''] = /<layer4 protonum="(\d+)" protoname="([a-z0-9-]+)"/.exec(original) ?? [];
  if (number === '1' || number === '58') return line;
  const flag = (tag: string): string => (meta.includes(`<${tag}/>`) ? ` [${tag.toUpperCase()}]` : '');
  const state = tagged(meta, 'state');
  const zones = `${inTag(meta, 'zone', 'zone')}${inTag(original, 'zone', 'zone-orig')}${inTag(reply, 'zone', 'zone-reply')}`;
  const begin = `${name} ${number} ${tagged(meta, 'timeout') ?? 0}${state === null ? '' : ` ${state}`}`;
  const ends = `${tupleOf(original)}${flag('unreplied')}${tupleOf(reply)}${flag('assured')}`;
  return `${begin}${ends}${inTag(meta, 'mark', 'mark')}${zones}`;
}

function tupleOf(meta: string): string {
  return ['src', 'dst', 'sport', 'dport', 'type', 'code', 'id', 'srckey', 'dstkey']
    .map((name) => inTag(meta, name, name))
    .join('');
}

function inTag(text: string, tag: string, name: string): string {
  return written(name, tagged(text, tag));
}

/** What stands in a tag: addresses, numbers and words of states alone. */
function tagged(text: string, tag: string): string | null {
  return new RegExp(`<${tag}>([\\w.:]+)</${tag}>`).exec(text)?.[1] ?? null;
}
