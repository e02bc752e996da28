/** What words of nftables mean, in a sentence each (nft(8), nft 1.1.1). */
import { lookup } from '../../text/lookup.ts';
import { ctKeys, metaKeys } from '../../rules/nftables/catalogue/keys.ts';
import { extensionHeaders, payloads } from '../../rules/nftables/catalogue/payloads.ts';
import { typeMeanings } from './typeMeanings.ts';

/** Words that begin a statement. */
export const statementMeanings: Readonly<Record<string, string>> = lookup({
  accept:
    'Ends the rules of this base chain for the packet and lets it on; base chains that come later at the same hook still see it.',
  drop: 'Drops the packet at once: no later chain sees it.',
  continue: 'Goes on with the next rule, as if nothing were written.',
  return: 'Goes back behind the jump that led here; in a base chain the policy decides.',
  jump: 'Goes to the rules of a chain, and comes back behind this rule where that chain ends.',
  goto: 'Goes to the rules of a chain and does not come back here: where that chain ends, the rules behind the last jump follow.',
  counter: 'Counts packets and bytes that come to this place of the rule.',
  limit: 'Matches while the rate is not above the limit; with `over` only what is above it.',
  quota: 'Matches until so many bytes have passed; with `over` only behind them.',
  last: 'Keeps when the rule matched last.',
  log: 'Writes the packet to the kernel’s log, or to a program (`group`); the packet goes on.',
  reject: 'Drops the packet and answers the sender with an ICMP message or a TCP reset.',
  snat: 'Changes the source of the connection; its replies are changed back.',
  dnat: 'Changes the destination of the connection; its replies are changed back.',
  masquerade:
    'Changes the source of the connection to the address of the interface on which the packet leaves.',
  redirect: 'Changes the destination of the connection to this machine.',
  tproxy: 'Hands the packet to a local socket without a change of its addresses.',
  synproxy: 'Answers TCP’s handshake in place of the server, and asks it only once the client has answered.',
  notrack: 'Takes the packet out of connection tracking; it must stand before that, at priority raw.',
  queue: 'Hands the packet to a program (libnetfilter_queue), which decides on it.',
  dup: 'Sends a copy of the packet to another address or interface.',
  fwd: 'Sends the packet out of another interface, and no further here.',
  flow: 'Puts the connection in a flowtable, so that its packets go past most hooks.',
  add: 'Puts an element into a set as packets come by.',
  update: 'Puts an element into a set as packets come by, or begins its timeout anew.',
  delete: 'Takes an element out of a set as packets come by.',
  meter: 'Keeps a state for each value of a key, in a set that this rule makes.',
  vmap: 'Looks the value up in a map of verdicts, and does what stands there; the rule goes on where nothing does.',
  map: 'Looks the value up in a map, and takes what stands there; the rule does not match where nothing does.',
  reset: 'Overwrites an option of TCP.',
  xt: 'An extension of iptables that nft has no words for: the rule was written by iptables-nft, whose iptables-save shows it.',
  comment: 'A comment on the rule, kept in the kernel with it.',
});

/** Words of tables, chains and sets. */
export const blockMeanings: Readonly<Record<string, string>> = lookup({
  table:
    'Holds chains, sets and objects of one family. Names are of their table; a rule cannot use those of another.',
  chain:
    'A list of rules. With `type … hook … priority …` packets come to it by themselves, else by jumps only.',
  set: 'A named set of values, which rules look up as `@name`.',
  flowtable: 'Connections that go past most hooks.',
  type: 'Of a chain: what it is for (`filter`, `nat`, `route`). Of a set: the type of its elements.',
  typeof: 'The type of the elements is that of this expression.',
  hook: 'The place in the packet’s way where the chain is asked.',
  priority:
    'Of the chains at a hook the one with the smallest number comes first. Connection tracking is at -200, translation of destinations at -100, of sources at 100.',
  policy: 'Of a base chain: what becomes of a packet that no rule decided on. Of a set: what it is made for.',
  flags:
    'Of a set: `constant`, `interval`, `timeout`, `dynamic`. Of a table: `dormant` takes it out of the packets’ way.',
  elements: 'What the set holds.',
  timeout: 'Elements leave the set after so long.',
  'gc-interval': 'How often elements whose time is over are taken away.',
  'auto-merge': 'Intervals that touch or overlap become one.',
  size: 'At most so many elements.',
  define: 'A name for a value, written `$name` further down.',
  include: 'Reads another file in this place. It is not read here.',
  flush: 'Takes away all that is in it.',
});

export const hookMeanings: Readonly<Record<string, string>> = lookup({
  prerouting: 'every packet that comes in, before its route is looked up',
  input: 'packets to this machine',
  forward: 'packets that go through this machine',
  output: 'packets that this machine sends',
  postrouting: 'every packet that leaves, after its route was looked up',
  ingress: 'every frame that an interface takes in, before all else',
  egress: 'every frame that an interface sends, behind all else',
});

const metaMeanings: Readonly<Record<string, string>> = lookup({
  length: 'The length of the packet in bytes',
  protocol: 'The protocol of the frame: `ip`, `ip6`, `arp`',
  nfproto: 'The family of the packet: `ipv4` or `ipv6`',
  l4proto: 'The protocol above IP: `tcp`, `udp`, `icmp`; behind extension headers of IPv6',
  mark: 'The packet’s mark, a number that only this machine knows',
  priority: 'The class of traffic control',
  iif: 'The interface on which the packet came in, by its number: the name must exist as the rules are loaded',
  iifname: 'The name of the interface on which the packet came in',
  oif: 'The interface on which the packet leaves, by its number: the name must exist as the rules are loaded',
  oifname: 'The name of the interface on which the packet leaves',
  skuid: 'The user whose socket sends the packet',
  skgid: 'The group whose socket sends the packet',
  pkttype: 'To whom the frame was sent: `host`, `broadcast`, `multicast`, `other`',
  nftrace: 'Whether the packet is traced by `nft monitor trace`',
  cpu: 'The processor that works on the packet',
  cgroup: 'The control group of the socket',
  random: 'A number by chance',
  hour: 'The hour of the day, in the time zone of who loads the rules',
  day: 'The day of the week',
  time: 'The moment at which the packet came',
});

const ctMeanings: Readonly<Record<string, string>> = lookup({
  state: 'The state of the connection: `new`, `established`, `related`, `invalid`, `untracked`',
  direction: 'Whether the packet goes as the first of its connection did (`original`) or back (`reply`)',
  status: 'What was done with the connection: `snat`, `dnat`, `assured`, `confirmed` …',
  mark: 'The mark of the connection, which all its packets share',
  label: 'Labels of the connection',
  zone: 'The zone: connections of different zones are kept apart',
  helper: 'The helper that reads the connection’s protocol',
  expiration: 'How long the connection is still known without a packet',
  count: 'How many connections there are',
  bytes: 'Bytes of the connection so far',
  packets: 'Packets of the connection so far',
  saddr: 'The source that the connection’s first packet had',
  daddr: 'The destination that the connection’s first packet had, before it was translated',
  'proto-src': 'The source port that the connection’s first packet had',
  'proto-dst': 'The destination port that the connection’s first packet had, before it was translated',
});

/** `ip saddr` → what it reads, with its type; null for what is no selector. `words` are those of the selector. */
export function selectorMeaning(words: readonly string[]): string | null {
  const [first = '', second = ''] = words;
  const key = words.at(-1) ?? '';
  if (first === 'meta' || metaKeys.has(first))
    return withType(metaMeanings[key] ?? `\`${key}\` of the packet`, metaKeys.get(key));
  if (first === 'ct') return withType(ctMeanings[key] ?? `\`${key}\` of the connection`, ctKeys.get(key));
  if (first === 'fib') return 'What the routing tables say of the packet’s address';
  const field =
    payloads.get(first)?.get(words.slice(1).join(' ')) ?? extensionHeaders.get(first)?.get(second);
  return field === undefined
    ? null
    : withType(`\`${field.name}\` of the ${first} header, ${field.bits} bits`, field.type);
}

function withType(meaning: string, type: string | undefined): string {
  const of = type === undefined ? undefined : typeMeanings[type];
  return type === undefined
    ? `${meaning}.`
    : `${meaning}. Type \`${type}\`${of === undefined ? '' : `: ${of}`}.`;
}
