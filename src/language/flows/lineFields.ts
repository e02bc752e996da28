/** The fields of a line of a flows file, as docs/flows.md lists them; a test holds both to each other. */
import { verdicts, type Verdict } from '../../kernel/trace.ts';

/** A field by its way from the line: `to.address`. Those of `after`, `then` and `packet.quote` are those of a line. */
export interface LineField {
  readonly path: string;
  /** In plain text. */
  readonly meaning: string;
  /** What it may be; empty where that is open. */
  readonly values: readonly FieldValue[];
  /** What is written behind the name where the value is chosen later: `""`, `{}`, `0`. */
  readonly blank: string;
}

interface FieldValue {
  /** As JSON. */
  readonly json: string;
  readonly meaning: string;
}

const endsOf: Readonly<Record<Verdict, string>> = {
  forward: 'It leaves this node, as for an endpoint.',
  local: 'It is delivered to the node itself.',
  drop: 'It is dropped: who sends it hears nothing.',
  reject: 'It is refused, and who sends it is told.',
  unknown: 'What becomes of it is not known.',
};

function values(...all: readonly (string | readonly [string, string])[]): readonly FieldValue[] {
  return all.map((each) => {
    const [word, meaning] = typeof each === 'string' ? [each, ''] : each;
    return { json: JSON.stringify(word), meaning };
  });
}

const kinds = values(
  ['pod', 'A Pod’s network.'],
  ['external', 'Outside of the cluster.'],
  ['node', 'This node itself.'],
);
const states = values('new', 'established', 'related', 'invalid', 'untracked');
const flags = values('SYN', 'ACK', 'FIN', 'RST', 'PSH', 'URG', 'ECE', 'CWR');

function field(path: string, meaning: string, blank = '""', known: readonly FieldValue[] = []): LineField {
  return { path, meaning, values: known, blank };
}

export const lineFields: readonly LineField[] = [
  field('id', 'The test’s name; it comes back in the answer.'),
  field(
    'expect',
    'How every outcome has to end. A list: each outcome ends in one of them, and each of them happens.',
    '""',
    values(...verdicts.map((verdict) => [verdict, endsOf[verdict]] as const)),
  ),
  field('assume', 'What is decided of open questions: a list of CODE=yes, CODE=no, CODE=WORD.', '[]'),
  field('from', 'Who sends it: in words (default/client, external, node) or an object.'),
  field('to', 'Where it goes: in words (default/web:http, 10.96.0.10:53) or an object.'),
  field(
    'protocol',
    'tcp, udp, sctp, icmp (ICMPv6 in IPv6), or a number as text.',
    '""',
    values('tcp', 'udp', 'sctp', 'icmp'),
  ),
  field('state', 'The connection’s state; left out, conntrack works it out.', '""', states),
  field('mark', 'The mark as it enters; default 0.', '0'),
  field('family', '4 or 6; left out, that of to.address.', '4', [
    { json: '4', meaning: 'IPv4' },
    { json: '6', meaning: 'IPv6' },
  ]),
  field('interface', 'Of ends in words: where it comes in.'),
  field('ttl', 'Of ends in words: the TTL; default 64.', '64'),
  field('tcpFlags', 'Of ends in words: flags of TCP, as "SYN,ACK".'),
  field('icmpType', 'Of ends in words: the type of ICMP, as "echo-request" or "3/4".'),
  field('uid', 'Of ends in words: the process’s user.', '0'),
  field('gid', 'Of ends in words: the process’s group.', '0'),
  field('from.kind', 'Who sends it.', '""', kinds),
  field('from.address', 'Its address; null for a process of the node that leaves it to routing.'),
  field('from.port', 'Its port; left out, a high one.', '40000'),
  field('from.interface', 'Where it comes in; null: made by the node; left out: worked out from the routes.'),
  field('from.uid', 'The process’s user.', '0'),
  field('from.gid', 'The process’s group.', '0'),
  field('to.kind', 'Whose the address is said to be; left out, it is worked out or stays open.', '""', kinds),
  field('to.address', 'Where it goes.'),
  field('to.port', 'The port that it goes to.', '80'),
  field('packet', 'Details of the packet.', '{}'),
  field('packet.tcpFlags', 'Flags of TCP; default ["SYN"].', '[]', flags),
  field('packet.icmpType', 'Default an echo request.', '8'),
  field('packet.icmpCode', 'Default 0.', '0'),
  field('packet.ttl', 'Default 64.', '64'),
  field('packet.tos', 'Default 0; the two lowest bits are ECN.', '0'),
  field('packet.length', 'Of the whole IP packet, in bytes; left out, headers only.', '100'),
  field('packet.l2', 'Addressed, on layer 2, to another Pod on the same bridge.', '""', values('bridged')),
  field('packet.quote', 'The flow that an ICMP error quotes.', '{}'),
  field('sourceMac', 'The hardware address that its frame comes from.'),
  field('listeners', 'All sockets of the node that could take it.', '[]'),
  field('listeners.protocol', 'tcp or udp.', '""', values('tcp', 'udp')),
  field('listeners.address', 'What it is bound to; null, 0.0.0.0 or :: is any.'),
  field('listeners.port', 'Its port.', '80'),
  field('listeners.transparent', 'With IP_TRANSPARENT, as TPROXY wants it.', 'true', [
    { json: 'true', meaning: '' },
    { json: 'false', meaning: '' },
  ]),
  field('queues', 'All NFQUEUE queues that a program listens to.', '[]'),
  field('clock', 'When it passes.', '{}'),
  field('clock.utc', 'As 2026-11-29T13:50:00Z.'),
  field('clock.minutesWest', 'The kernel’s time zone, for --kerneltz.', '0'),
  field('after', 'Flows sent before, on the same fresh connection table.', '[]'),
  field('then', 'Flows sent after it; the answer is then of all of them together.', '[]'),
];
