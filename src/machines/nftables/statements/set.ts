/** `meta mark set 0x1`, `ct mark set meta mark`, `ip dscp set ef`: nft_meta.c, nft_ct.c, nft_payload.c. */
import { ConnectionLabels } from '../../../kernel/conntrack/labels.ts';
import { attachTemplate } from '../../../kernel/conntrack/template.ts';
import type { WantedZone } from '../../../kernel/conntrack/zone.ts';
import { hasPorts, type Packet, TCP } from '../../../kernel/packet.ts';
import { typeOf } from '../../../rules/nftables/catalogue/typeOf.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Expression, RawPayload } from '../../../rules/nftables/expressions.ts';
import type { Statement } from '../../../rules/nftables/statements.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import { payloadReader } from '../fields/payload.ts';
import { numberOf, operandOf } from '../values/operand.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { type Done, endBy, type Operation } from './control.ts';
import { unknownStatement } from './unknown.ts';

type SetStatement = Extract<Statement, { readonly kind: 'set' }>;
type Write = (visit: Visit, value: bigint, done: Done) => void;

/** What is set is looked up first: a map without an element ends the rule, and sets nothing. */
export function setOperation(statement: SetStatement, context: RuleContext): Operation {
  const { target, value } = statement;
  const write = writeOf(target, context);
  const operand = write === null ? null : operandOf(value, [typeOf(target)], context);
  const name = `${printExpression(target)} set`;
  const isThere = presenceOf(target, context);
  if (write === null || operand === null) {
    const unknown = unknownStatement(statement, context, name, 'which is not followed');
    return {
      ...unknown,
      why: () => 'the packet has no such field',
      run: (visit, done) => (isThere(visit) ? unknown.run(visit, done) : 'break'),
    };
  }
  return {
    span: statement,
    acts: true,
    why: (visit) =>
      isThere(visit) ? 'the map has no element for the packet' : 'the packet has no such field',
    run: (visit, done) => {
      if (!isThere(visit)) return 'break';
      const parts = operand(visit);
      if (parts === null || parts[0] === null) return 'break';
      if (write === 'nothing') {
        visit.packet.rewrites++;
        return 'next';
      }
      const number = numberOf(parts[0], visit);
      if (number === null) {
        const end = endBy(context, 'unknown', null, `what ${name} gives is not known`);
        return { effect: { kind: 'unknown', target: name }, control: end };
      }
      write(visit, number, done);
      return 'next';
    },
  };
}

/**
 * A field is set where it is: nft puts a test of the header's protocol before it, and does not print it (payload_gen_dependency).
 * An option of TCP that the packet lacks is left alone; a packet of another protocol does not match (nft_exthdr_tcp_set_eval).
 */
function presenceOf(target: Expression, context: RuleContext): (visit: Visit) => boolean {
  if (target.kind === 'option') return ({ packet }) => packet.protocol === TCP;
  if (target.kind !== 'payload') return () => true;
  const read = payloadReader(target, context);
  return (visit) => read(visit) !== null;
}

/** `nothing`: no value that a rule or route of this node looks at; null where it is not followed. */
function writeOf(target: Expression, context: RuleContext): Write | 'nothing' | null {
  switch (target.kind) {
    case 'meta':
      if (target.key === 'mark') return setMark;
      if (target.key === 'priority') return setPriority;
      return target.key === 'pkttype' ? null : 'nothing';
    case 'ct':
      if (target.key === 'mark') return setConnectionMark;
      if (target.key === 'label') return setLabels;
      if (target.key === 'zone') return zoneSetter(target.direction ?? 'both');
      return 'nothing';
    case 'payload':
      return payloadWriter(target.protocol, target.field, context);
    case 'raw':
      return rawWriter(target, context);
    // An option may be asked again: what was known of the header before is not.
    case 'option':
      return 'nothing';
    default:
      return null;
  }
}

/** Where the fields that are followed begin, and how long they are, in bits: `64,8` of IPv4 is the TTL. */
const rawFields: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  4: { '64,8': 'ttl', '96,32': 'saddr', '128,32': 'daddr' },
  6: { '56,8': 'hoplimit', '64,128': 'saddr', '192,128': 'daddr' },
};

/** `@nh,64,8 set 0x40`: a whole field of IP, else it is not followed. */
function rawWriter({ base, offset, length }: RawPayload, context: RuleContext): Write | null {
  const field = base === 'nh' ? rawFields[context.family][`${offset},${length}`] : undefined;
  return field === undefined ? null : ipWriter(field);
}

const setMark: Write = ({ packet }, value, done) => {
  const was = packet.mark;
  packet.mark = Number(value & 0xffffffffn);
  done.effect = { kind: 'mark', was, is: packet.mark };
};

const setPriority: Write = ({ packet }, value) => {
  packet.priority = Number(value & 0xffffffffn);
};

/** Without a connection, and on a template, nothing happens. */
const setConnectionMark: Write = ({ packet }, value, done) => {
  const { connection, template } = packet;
  if (connection === null || template !== null) return;
  const was = connection.mark;
  connection.mark = Number(value & 0xffffffffn);
  done.effect = { kind: 'connmark', was, is: connection.mark };
};

/** They are added to those that the connection has (nf_connlabels_replace). */
const setLabels: Write = ({ packet, run }, value) => {
  const { connection, template } = packet;
  if (connection !== null && template === null) run.state(ConnectionLabels).addBits(connection, value);
};

function zoneSetter(counts: WantedZone['counts']): Write {
  return ({ packet }, value) => attachTemplate(packet, { id: Number(value & 0xffffn), counts });
}

/** Fields that no rule here reads and no hop of this node looks at; what the others change is not followed. */
const unread: ReadonlySet<string> = new Set([
  'ether daddr',
  'ip id',
  'ip6 flowlabel',
  'tcp sequence',
  'tcp ackseq',
  'tcp window',
  'tcp urgptr',
]);

function payloadWriter(protocol: string, field: string, context: RuleContext): Write | 'nothing' | null {
  if (unread.has(`${protocol} ${field}`)) return 'nothing';
  if (protocol === 'ip' || protocol === 'ip6') {
    if (context.family !== (protocol === 'ip' ? 4 : 6)) return () => undefined;
    return ipWriter(field);
  }
  if (field === 'sport' || field === 'dport')
    return portWriter(field === 'sport' ? 'sourcePort' : 'destinationPort');
  if (field === 'flags' && protocol === 'tcp') {
    return ({ packet }, value) => {
      packet.tcpFlags = Number(value & 0xffn);
      packet.rewrites++;
    };
  }
  return null;
}

function portWriter(end: 'sourcePort' | 'destinationPort'): Write {
  return ({ packet }, value) => {
    if (hasPorts(packet.protocol)) packet[end] = Number(value & 0xffffn);
  };
}

/** The connection keeps its addresses: the packet alone is changed. */
function ipWriter(field: string): Write | null {
  switch (field) {
    case 'saddr':
      return ({ packet }, value) => {
        packet.source = value;
        packet.sourceUnknown = false;
      };
    case 'daddr':
      return ({ packet }, value) => {
        packet.destination = value;
        packet.destinationUnknown = false;
      };
    case 'dscp':
      return tosWriter('dscp', (tos, value) => (tos & 3) | ((value & 63) << 2));
    case 'ecn':
      return tosWriter('tos', (tos, value) => (tos & ~3) | (value & 3));
    case 'ttl':
    case 'hoplimit':
      return ({ packet }, value, done) => setTtl(packet, Number(value & 0xffn), done);
    default:
      return null;
  }
}

function tosWriter(field: 'dscp' | 'tos', next: (tos: number, value: number) => number): Write {
  return ({ packet }, value, done) => {
    const was = packet.tos;
    packet.tos = next(was, Number(value));
    done.effect = { kind: 'set', field, was, is: packet.tos };
  };
}

function setTtl(packet: Packet, ttl: number, done: Done): void {
  const was = packet.ttl;
  packet.ttl = ttl;
  if (ttl !== was) packet.rewrites++;
  done.effect = { kind: 'set', field: 'ttl', was, is: ttl };
}
