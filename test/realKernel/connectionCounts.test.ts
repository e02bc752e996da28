/** Whom `-m connlimit` counts, in tables before and behind conntrack: each case on a node of its own, since rules forget nothing. */
import { expect, test } from 'vitest';
import type { Flow, TcpFlag } from '../../src/kernel/flow.ts';
import { dump, flow } from '../kernel/fixtures.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const NETWORK = '--connlimit-mask 0';
const COUNTS = [0, 1, 2, 3].map((limit) => `-m connlimit --connlimit-above ${limit} ${NETWORK}`);

const out = flow('client > 10.244.1.5:80 udp', { packet: { length: 60 } });
const back = flow('pod > 198.51.100.7:40000 udp', { from: { port: 80 }, packet: { length: 60 } });
const other = flow('client > 10.244.1.6:80 udp', { packet: { length: 60 } });
const echo = flow('client > 10.244.1.5 icmp', { packet: { icmpType: 8, icmpId: 7 } });
const tcp = (...tcpFlags: readonly TcpFlag[]): Flow =>
  flow('client > 10.244.1.5:80 tcp', { packet: { tcpFlags } });
const tcpBack = (...tcpFlags: readonly TcpFlag[]): Flow =>
  flow('pod > 198.51.100.7:40000 tcp', { from: { port: 80 }, packet: { tcpFlags } });
const opening = [tcp('SYN'), tcpBack('SYN', 'ACK'), tcp('ACK')];
const closing = [tcp('FIN', 'ACK'), tcpBack('FIN', 'ACK'), tcp('ACK')];
const own = flow('node > 192.168.0.2:80 udp');
const away = flow('node > 198.51.100.7:80 udp');
const wide = flow('node > 192.168.0.255:80 udp');

/** Rules by table, the packets: the last is looked at. */
interface Case {
  readonly name: string;
  readonly rules: Readonly<Record<string, readonly string[]>>;
  readonly packets: readonly Flow[];
}

function about(name: string, rules: Case['rules'], ...packets: readonly Flow[]): Case {
  return { name, rules, packets };
}

const raw = { raw: COUNTS.map((match) => `-A PREROUTING ${match}`) };
const filter = { filter: COUNTS.map((match) => `-A FORWARD ${match}`) };
const twice = (...hooks: readonly string[]) => ({
  raw: [...hooks.map((hook) => `-A ${hook} -j limit`), ...COUNTS.map((match) => `-A limit ${match}`)],
});
const mangleTwice = (...hooks: readonly string[]) => ({
  mangle: [...hooks.map((hook) => `-A ${hook} -j limit`), ...COUNTS.map((match) => `-A limit ${match}`)],
});
const track = { filter: ['-A FORWARD -m conntrack --ctstate INVALID'] };

/** Rules before those that count take what opens a connection of TCP, so that only what is assured is counted. */
const late = {
  filter: [
    '-A FORWARD -p tcp -m conntrack --ctstate NEW -j ACCEPT',
    '-A FORWARD -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j ACCEPT',
    ...filter.filter,
    '-A FORWARD -p udp -j DROP',
  ],
};

const assuredOnes: readonly Case[] = [
  about('an assured one first', late, ...opening),
  about('an assured one first, and again', late, ...opening, tcpBack('ACK')),
  about('an assured one after a dropped one', late, other, ...opening),
  about('an assured one after a dropped one, again', late, other, ...opening, tcp('ACK')),
  about('a dropped one after an assured one', late, ...opening, other),
  about('its close', filter, ...opening, ...closing),
  about('its close, and it opens again', filter, ...opening, ...closing, tcp('SYN')),
  about('its reset', filter, ...opening, tcpBack('RST')),
  about('another one while it closes', filter, ...opening, ...closing.slice(0, 2), other),
  about('a SYN after the server’s reset', track, ...opening, tcpBack('RST'), tcp('SYN')),
  about('a SYN after its own reset', track, ...opening, tcp('RST'), tcp('SYN')),
  about('a SYN after the server’s reset, which counts', filter, ...opening, tcpBack('RST'), tcp('SYN')),
];

const cases: readonly Case[] = [
  about('raw: the same packet', { ...raw, ...track }, out, out),
  about('raw: its answer', { ...raw, ...track }, out, back),
  about('raw: its answer, and again', { ...raw, ...track }, out, back, out),
  about('raw: answers', { ...raw, ...track }, out, back, back),
  about('raw: two', { ...raw, ...track }, out, other),
  about(
    'raw: two that are dropped',
    { ...raw, filter: ['-A FORWARD -m conntrack --ctstate NEW -j DROP'] },
    out,
    other,
  ),
  about(
    'raw: the first dropped',
    { ...raw, filter: ['-A FORWARD -m conntrack --ctstate NEW -d 10.244.1.5 -j DROP'] },
    out,
    other,
    out,
  ),
  about('raw: untracked', { raw: [...raw.raw, '-A PREROUTING -j NOTRACK'], ...track }, out, out, other),
  about(
    'raw: translated',
    { ...raw, nat: ['-A PREROUTING -p udp -j DNAT --to-destination 10.244.1.9:81'] },
    out,
    out,
    other,
  ),
  about(
    'raw: answer to the translated',
    { ...raw, nat: ['-A PREROUTING -d 10.244.1.6/32 -p udp -j DNAT --to-destination 10.244.1.5:80'] },
    other,
    back,
    other,
  ),
  about('raw: echo', { ...raw, ...track }, echo, echo),
  about('raw: a closed one', { ...raw, ...track }, tcp('SYN'), tcp('RST'), tcp('SYN')),
  about('raw: in a zone', { raw: ['-A PREROUTING -j CT --zone 5', ...raw.raw], ...track }, out, out, back),
  about(
    'raw: in a zone by mark',
    { raw: ['-A PREROUTING -j CT --zone mark', ...raw.raw], ...track },
    out,
    out,
    back,
  ),
  about('raw: a closed one, and another', { ...raw, ...track }, tcp('SYN'), tcp('RST'), other, out),
  about(
    'raw: in a zone of one direction',
    { raw: ['-A PREROUTING -j CT --zone-orig 5', ...raw.raw], ...track },
    out,
    out,
    back,
    out,
  ),
  about(
    'raw: in a zone of answers',
    { raw: ['-A PREROUTING -j CT --zone-reply 5', ...raw.raw], ...track },
    out,
    out,
    back,
    out,
  ),
  about(
    'raw: later in a zone',
    { raw: [...raw.raw, '-A PREROUTING -j CT --zone 5'], ...track },
    out,
    out,
    other,
  ),
  about(
    'raw: some in a zone',
    { raw: ['-A PREROUTING -d 10.244.1.6/32 -j CT --zone 5', ...raw.raw], ...track },
    out,
    other,
    out,
    other,
  ),
  about(
    'filter: in zones',
    { raw: ['-A PREROUTING -d 10.244.1.6/32 -j CT --zone 5'], ...filter },
    out,
    other,
    out,
    other,
  ),
  about(
    'filter: in a zone of one direction',
    { raw: ['-A PREROUTING -d 10.244.1.6/32 -j CT --zone-orig 5'], ...filter },
    out,
    back,
    other,
  ),
  about('filter: its answer', filter, out, back),
  about('filter: a closed one', filter, tcp('SYN'), tcp('RST'), out),
  about(
    'filter: a dropped one',
    { filter: [...filter.filter, '-A FORWARD -d 10.244.1.6/32 -j DROP'] },
    other,
    out,
  ),
  about(
    'filter: a confirmed one after a dropped one',
    {
      filter: [
        '-A FORWARD -m conntrack --ctstate NEW -d 10.244.1.5/32 -j ACCEPT',
        ...filter.filter,
        '-A FORWARD -d 10.244.1.6/32 -j DROP',
      ],
    },
    out,
    other,
    back,
    out,
  ),
  about(
    'filter: a confirmed one first',
    { filter: ['-A FORWARD -m conntrack --ctstate NEW -j ACCEPT', ...filter.filter] },
    out,
    back,
    out,
  ),
  about('filter: invalid ones', filter, tcp('FIN'), out, tcp('FIN')),
  about('raw: by lo', twice('OUTPUT', 'PREROUTING'), own),
  about('raw: by lo, again', twice('OUTPUT', 'PREROUTING'), own, own),
  about('mangle: by lo', mangleTwice('OUTPUT', 'INPUT'), own),
  about('mangle: by lo, later alone', mangleTwice('INPUT'), own, own),
  about('mangle: by lo, thrice', mangleTwice('OUTPUT', 'POSTROUTING', 'PREROUTING', 'INPUT'), own),
  about('raw: OUTPUT', twice('OUTPUT'), away, away),
  about('mangle: a copy of a broadcast', mangleTwice('OUTPUT', 'PREROUTING', 'INPUT'), wide),
  about('raw: a copy of a broadcast', twice('OUTPUT', 'PREROUTING'), wide),
  about('raw and later', { ...twice('PREROUTING'), ...filter }, out, back),
  about(
    'raw: an assured one after a dropped one',
    {
      raw: ['-A PREROUTING -p tcp -m tcp --tcp-flags SYN SYN -j ACCEPT', ...raw.raw],
      filter: ['-A FORWARD -p udp -j DROP', ...track.filter],
    },
    other,
    ...opening,
  ),
  ...assuredOnes.map((each) => ({ ...each, name: `filter: ${each.name}` })),
];

/** The rules of `filter` as `nft` writes them. */
function native({ filter: rules = [] }: Case['rules']): readonly string[] {
  return rules.map((rule) => {
    const words = rule
      .replace('-A FORWARD ', '')
      .replace(/-m connlimit --connlimit-above (\d) .*/, 'ct count over $1')
      .replace('-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK', 'tcp flags & (syn|ack) == (syn|ack)')
      .replace(/-m conntrack --ctstate (\w+)/, 'ct state $1')
      .replace(/-p (tcp|udp)/, 'meta l4proto $1')
      .replace(/ ?-j (\w+)$|$/, ' counter $1');
    return `add rule inet t0 forward ${words.toLowerCase()}`;
  });
}

async function judge(lab: Lab, packets: readonly Flow[]): Promise<void> {
  try {
    const after = packets.slice(0, -1);
    const last = packets.at(-1);
    expect(last).toBeDefined();
    if (last === undefined) return;
    const { differences, unsure } = await runFlows(lab, [after.length === 0 ? last : { ...last, after }]);
    expect([...differences, ...unsure]).toEqual([]);
  } finally {
    lab.close();
  }
}

describeWithKernel('whom connlimit counts', labTools, () => {
  test.each(cases)('$name', async ({ rules, packets }) => {
    const text = dump(rules).replaceAll(' (nf_tables)', '');
    await judge(new Lab({ backend: 'legacy', rules: { 4: text } }), packets);
  });

  test.each(assuredOnes)('ct count: $name', async ({ rules, packets }) => {
    const base = 'add chain inet t0 forward { type filter hook forward priority 0; }';
    const lines = ['add table inet t0', base, ...native(rules)];
    await judge(new Lab({ backend: 'nft', rules: {}, native: lines }), packets);
  });
});
