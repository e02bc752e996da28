/** `meta mark`, `iifname`: net/netfilter/nft_meta.c. */
import { presume, question } from '../../../kernel/answers.ts';
import { type Fact, nameFact, numberFact, ownerFact } from '../../../kernel/facts.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { addressType } from '../../../kernel/node/routing.ts';
import { addressOf } from '../../../kernel/packet.ts';
import { askForDevice } from '../../../kernel/passage/frameAsked.ts';
import { interfaceQuestion } from '../../../kernel/passage/interfaceAsked.ts';
import type { Run } from '../../../kernel/run.ts';
import { numberOfWord } from '../../../rules/nftables/catalogue/words.ts';
import type { Meta } from '../../../rules/nftables/expressions.ts';
import { MAX_16, MAX_32, readNumber } from '../../../values/numbers.ts';
import { type RuleContext, ruleWords, type Visit } from '../program/context.ts';
import type { Datum, Open } from '../values/datum.ts';
import type { Spec } from '../values/spec.ts';
import { realmReader } from './others.ts';
import { absent, openReader, type Reader } from './reader.ts';

/** Ether types, as `meta protocol` has them. */
const PROTOCOLS = { 4: 0x0800n, 6: 0x86ddn } as const;
/** `meta nfproto`: include/uapi/linux/netfilter.h. */
const FAMILIES = { 4: 2n, 6: 10n } as const;

export function metaReader(expression: Meta, context: RuleContext): Reader {
  const { family } = context;
  switch (expression.key) {
    case 'mark':
      return ({ packet }) => BigInt(packet.mark);
    case 'l4proto':
      return ({ packet }) => BigInt(packet.protocol);
    case 'nfproto':
      return () => FAMILIES[family];
    case 'protocol':
      return () => PROTOCOLS[family];
    case 'length':
      return ({ packet, run }) => lengthOf(packet, run);
    case 'iif':
    case 'iifname':
      return (visit) => interfaceOf('input', visit, context);
    case 'oif':
    case 'oifname':
      return (visit) => interfaceOf('output', visit, context);
    case 'iiftype':
    case 'oiftype':
      return typeReader(expression, context);
    case 'iifgroup':
    case 'oifgroup':
      return groupReader(expression, context);
    case 'iifkind':
    case 'oifkind':
      return kindReader(expression, context);
    case 'skuid':
      return ownerReader('uid', context);
    case 'skgid':
      return ownerReader('gid', context);
    case 'pkttype':
      return ({ packet, run }) => packetType(packet, run);
    case 'priority':
      return priorityReader(expression, context);
    case 'random':
      return () => ({ kind: 'drawn', from: 0n, count: 1n << 32n });
    case 'rtclassid':
      return realmReader(expression, context);
    case 'ipsec':
    case 'secpath':
      return () => 0n;
    case 'ibriport':
    case 'obriport':
    case 'ibrname':
    case 'obrname':
    case 'ibrpvid':
    case 'ibrvproto':
    case 'ibrhwaddr':
    case 'broute':
      return absent;
    default:
      return openReader(expression, context);
  }
}

/** The whole packet. A length that nobody says is that of bare headers. */
export function lengthOf(packet: Packet, run: Run, less = 0): Datum {
  const length = BigInt(packet.length - less);
  if (!packet.lengthAssumed) return length;
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) => {
      const fits = spec.kind === 'range' && length >= spec.range.from && length <= spec.range.to;
      const variable = `${run.scope}length:${packet.length}`;
      const message = `The packet’s length is not given; it is taken to be ${packet.length} bytes, without payload and options.`;
      const unknown = 'The length of the ICMP error is not given, nor how much it quotes.';
      const claim = `the packet is ${spec.text} bytes long${less === 0 ? '' : ` behind the first ${less}`}`;
      const ranges =
        spec.kind === 'range'
          ? [{ from: Number(spec.range.from) + less, to: Number(spec.range.to) + less }]
          : [];
      const meaning = { is: [numberFact(variable, ranges, MAX_16)] };
      const key = `${variable}:${less}:${spec.text}`;
      // How much an ICMP error quotes is for who makes it to choose.
      if (packet.quote !== null) return question(key, 'length-unknown', unknown, claim, meaning);
      return presume(fits, key, 'length-assumed', message, claim, meaning);
    },
  };
}

type End = 'input' | 'output';

/** A missing interface has an empty name, and the index 0. */
function interfaceOf(end: End, { packet }: Visit, context: RuleContext): Datum {
  const name = packet[end];
  if (name !== undefined) return name ?? '';
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec, run) => {
      const pattern =
        spec.kind === 'name' ? { name: spec.name, prefix: spec.prefix } : { name: spec.text, prefix: false };
      return interfaceQuestion({ end, pattern, text: spec.text, rule: ruleWords(context) }, packet, run);
    },
  };
}

function priorityReader(expression: Meta, context: RuleContext): Reader {
  const open = openReader(expression, context);
  return (visit) => (visit.packet.priority === null ? open(visit) : BigInt(visit.packet.priority));
}

function endOf(key: string): End {
  return key.startsWith('i') ? 'input' : 'output';
}

/**
 * Without an interface the rule ends. In POSTROUTING `iiftype` is that of the interface that the packet leaves by: it is
 * that of the packet's device, which is the new one by then.
 */
function typeReader(expression: Meta, context: RuleContext): Reader {
  const open = openReader(expression, context);
  return (visit) => {
    const end = visit.hook === 'POSTROUTING' ? 'output' : endOf(expression.key);
    const name = visit.packet[end];
    if (name === null) return null;
    const type = name === undefined ? null : linkTypeOf(visit.run, name);
    return type ?? open(visit);
  };
}

/** The number of an interface's type; null where that is not known. */
export function linkTypeOf({ node }: Run, name: string): bigint | null {
  const type = (node.interfaces ?? node.glimpsed)?.get(name)?.linkType ?? (name === 'lo' ? 'loopback' : null);
  if (type === null) return null;
  const number = type === 'none' ? NO_HEADER : numberOfWord('iface_type', type);
  return number === null ? null : BigInt(number);
}

/** ARPHRD_NONE: tun, WireGuard. */
const NO_HEADER = 0xfffe;

function groupReader(expression: Meta, context: RuleContext): Reader {
  const open = openReader(expression, context);
  const end = endOf(expression.key);
  return (visit) => {
    const name = visit.packet[end];
    if (name === null) return null;
    const group = name === undefined ? null : (visit.run.node.interfaces?.get(name)?.group ?? null);
    if (group === 'default') return 0n;
    const number = group === null ? null : readNumber(group, MAX_32);
    return number?.kind === 'value' ? BigInt(number.value) : open(visit);
  };
}

/** `veth`, `bridge`: what `ip -d link` tells, and no file of a snapshot. The loopback interface has none. */
function kindReader(expression: Meta, context: RuleContext): Reader {
  const open = openReader(expression, context);
  const end = endOf(expression.key);
  return (visit) => {
    const name = visit.packet[end];
    if (name === null || name === 'lo') return null;
    if (name === undefined) return open(visit);
    if (visit.run.node.bridgePorts?.some(({ bridge }) => bridge === name) === true) return 'bridge';
    return openKind(name, context);
  };
}

function openKind(name: string, context: RuleContext): Open {
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) => {
      const claim = `${name} is an interface of kind ${spec.text}`;
      const message = `${ruleWords(context)} asks whether ${claim}, which no file of the node tells.`;
      const is = spec.kind === 'name' && !spec.prefix ? [nameFact(`kind:${name}`, spec.name)] : [];
      return question(`kind:${name}:${spec.text}`, 'interface-unknown', message, claim, { is });
    },
  };
}

/** Only a packet that a process of the node made has a socket, until it goes out, and one that TPROXY has given one. */
function ownerReader(field: 'uid' | 'gid', context: RuleContext): Reader {
  const noun = field === 'uid' ? 'user' : 'group';
  const sender = openOwner(context, (spec) => ({
    key: `owner:${noun}:${spec.text}`,
    claim: `the sending process runs as ${noun} ${spec.text}`,
    is: [ownerFact(noun, spec.text)],
  }));
  const listener = openOwner(context, (spec) => ({
    key: `listener:${noun}:${spec.text}`,
    claim: `the process that TPROXY hands the packet to runs as ${noun} ${spec.text}`,
    is: [],
  }));
  return ({ packet, hook }) => {
    const { socket } = packet;
    if (socket === null && (!packet.local || (hook !== 'OUTPUT' && hook !== 'POSTROUTING'))) return null;
    const id = socket === null ? packet[field] : socket[field];
    if (id !== null && id !== undefined) return BigInt(id);
    return socket === null ? sender : listener;
  };
}

interface OwnerAsked {
  readonly key: string;
  readonly claim: string;
  readonly is: readonly (Fact | null)[];
}

function openOwner(context: RuleContext, asked: (spec: Spec) => OwnerAsked): Open {
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec: Spec) => {
      const { key, claim, is } = asked(spec);
      const message = `${ruleWords(context)} asks whether ${claim}, which is not known.`;
      return question(key, 'owner-unknown', message, claim, { is });
    },
  };
}

const HOST = 0n;
const BROADCAST = 1n;
const MULTICAST = 2n;
const OTHER = 3n;

/** Types of frames as `-m pkttype` calls them. */
const FRAMES: ReadonlyMap<bigint, string> = new Map([
  [HOST, 'unicast'],
  [BROADCAST, 'broadcast'],
  [MULTICAST, 'multicast'],
  [OTHER, 'other'],
]);

/** Of the frame: what is for the node alone, or made by it, is for the host; what is to many may come either way. */
function packetType(packet: Packet, run: Run): Datum {
  const type = addressType(run.node, addressOf(packet, 'destination'));
  const isToMany = type === 'BROADCAST' || type === 'MULTICAST';
  if (packet.isOwnCopy) return type === 'MULTICAST' ? MULTICAST : BROADCAST;
  if (packet.local) return HOST;
  const alone = askForDevice(packet, run) ? HOST : OTHER;
  if (!isToMany) return alone;
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) => {
      const fits = spec.kind === 'range' && spec.range.from <= alone && alone <= spec.range.to;
      const isOne = spec.kind === 'range' && spec.range.from === spec.range.to;
      const name = (isOne ? FRAMES.get(spec.range.from) : null) ?? spec.text;
      const message =
        'The packet’s frame is taken to be addressed to the node alone, though the packet is not.';
      return presume(fits, `pkttype:${name}`, 'frame-assumed', message, `the frame is a ${name} one`, {
        is: [nameFact('pkttype', name)],
      });
    },
  };
}
