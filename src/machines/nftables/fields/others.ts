/** `rt nexthop`, options of headers, `numgen`, `jhash`: nft_rt.c, nft_exthdr.c, nft_numgen.c, nft_hash.c. */
import { question } from '../../../kernel/answers.ts';
import { type Fact, numberFact } from '../../../kernel/facts.ts';
import { realmsOf } from '../../../kernel/passage/realms.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import { DCCP, SCTP, TCP } from '../../../kernel/packet.ts';
import type { Expression, Hash, HeaderOption, Lookup, Numgen } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { jhash, swapped, wordsOf, scaled } from '../../../values/jhash.ts';
import { type RuleContext, ruleNamed, type Visit } from '../program/context.ts';
import { IncCounters } from '../state/incCounters.ts';
import type { Datum } from '../values/datum.ts';
import type { Spec } from '../values/spec.ts';
import { absent, openField, openReader, type Reader } from './reader.ts';

export function lookupReader(expression: Lookup, context: RuleContext): Reader {
  if (expression.kind === 'rt' && expression.key === 'nexthop') return nexthopReader(expression, context);
  if (expression.kind === 'rt' && expression.key === 'classid') return realmReader(expression, context);
  if (expression.kind === 'rt' && expression.key === 'ipsec')
    return (visit) => (isUnrouted(visit) ? null : 0n);
  // No packet of a flow came out of IPsec, or goes into it.
  if (expression.kind === 'ipsec') return absent;
  return openReader(expression, context);
}

/** Before it is routed a packet has no route, but a copy of the node's own keeps the one by which it left. */
function isUnrouted({ packet, hook }: Visit): boolean {
  return hook === 'PREROUTING' && !packet.local && !packet.isOwnCopy;
}

/** `meta rtclassid`, `rt classid`: dst.tclassid. */
export function realmReader(expression: Expression, context: RuleContext): Reader {
  const open = openReader(expression, context);
  return (visit) => {
    if (isUnrouted(visit)) return null;
    const own = realmsOf(visit.packet, visit.run);
    return own === null ? open(visit) : BigInt(own);
  };
}

/** What is delivered has its own destination. */
function nexthopReader(expression: Lookup, context: RuleContext): Reader {
  const [asked] = expression.before;
  if (asked !== undefined && context.family !== (asked === 'ip' ? 4 : 6)) return absent;
  const open = openReader(expression, context);
  return (visit) => {
    const { packet, hook } = visit;
    if (isUnrouted(visit)) return null;
    if (hook === 'INPUT' || packet.gateway === null) return packet.destination;
    if (packet.gateway === undefined) return open(visit);
    return packet.gateway.family === context.family ? packet.gateway.value : packet.destination;
  };
}

/** Protocols in whose header options, or chunks, are looked for. */
const transports = { 'tcp option': TCP, 'sctp chunk': SCTP, 'dccp option': DCCP } as const;

/**
 * Options of TCP are open, but for packets that have no room for any; those of IP are in no packet of a flow. `exists` is asked
 * of every packet of the family that has such headers, a field ends the rule where its option is missing (nft_exthdr.c).
 */
export function optionReader(expression: HeaderOption, context: RuleContext): Reader {
  const asksPresence = expression.field === null;
  const missing = asksPresence ? 0n : null;
  if (expression.of === 'ip option') return context.family === 4 ? () => missing : absent;
  if (expression.of === 'exthdr') return context.family === 6 ? () => missing : absent;
  const open = openReader(expression, context);
  const wanted = transports[expression.of];
  return (visit) => {
    const { family, protocol, length, lengthAssumed } = visit.packet;
    if (protocol !== wanted) return missing;
    if (wanted !== TCP) return open(visit);
    const bare = (family === 4 ? 20 : 40) + 20;
    return !lengthAssumed && length === bare ? missing : open(visit);
  };
}

/** `inc` steps a counter of this rule alone, whose place at the beginning is not known. */
export function numgenReader(expression: Numgen, context: RuleContext): Reader {
  const { mod, offset, mode } = expression;
  if (mod < 1) return openReader(expression, context);
  const drawn: Datum = { kind: 'drawn', from: BigInt(offset), count: BigInt(mod) };
  if (mode === 'random') return () => drawn;
  if (mod > MOST_STEPS) return openReader(expression, context);
  return ({ run }) => {
    run.assume(
      `numgen:${placeText(context.at)}`,
      'nth-unknown',
      `Where the counter of “numgen inc mod ${mod}” stands is not in a listing; each position is taken to be as likely.`,
    );
    const value = run.state(IncCounters).next(expression, mod, (count) => run.pick(count));
    run.lastChance = 1 / mod;
    return BigInt(value + offset);
  };
}

/** Positions of a counter that are explored one by one. */
const MOST_STEPS = 1024;

export interface HashedField {
  readonly read: Reader;
  readonly bytes: number;
  /** It lies there in the order of the machine, which is taken to be little-endian. */
  readonly ownOrder: boolean;
}

/** With a seed the hash is worked out; without one the kernel took a seed of its own. */
export function hashReader(expression: Hash, fields: readonly HashedField[], context: RuleContext): Reader {
  const { mod, seed, offset, kind } = expression;
  const text = printExpression(expression);
  const of: Range = { first: offset, count: mod };
  if (kind === 'symhash' || mod < 1) return () => openHash({ text, of: text, data: '' }, of, context);
  // Each jhash without a seed draws one of its own (nft_jhash_init).
  const own = seed === null ? `${text} ${placeText(context.at)}` : text;
  return (visit) => {
    const read = readAll(fields, visit);
    if (read === null) return null;
    const known = read.every((datum) => typeof datum === 'bigint');
    if (seed === null || !known)
      return openHash({ text, of: own, data: read.map(String).join(' ') }, of, context);
    return BigInt(scaled(hashOf(read, fields, seed), mod) + offset);
  };
}

function readAll(fields: readonly HashedField[], visit: Visit): readonly Datum[] | null {
  const read: Datum[] = [];
  for (const field of fields) {
    const datum = field.read(visit);
    if (datum === null) return null;
    read.push(datum);
  }
  return read;
}

/** Fields lie in registers of 32 bits, most in the order of the network; the machine that hashes them reads little-endian. */
function hashOf(data: readonly Datum[], fields: readonly HashedField[], seed: number): number {
  const words = data.flatMap((datum, index) => {
    const { bytes: size = 4, ownOrder = false } = fields[index] ?? {};
    const count = Math.ceil(size / 4);
    const value = typeof datum === 'bigint' ? datum << BigInt((count * 4 - size) * 8) : 0n;
    const read = wordsOf(value, count);
    return ownOrder ? read : read.map(swapped);
  });
  const [only] = fields;
  const bytes = fields.length === 1 && only !== undefined ? only.bytes : words.length * 4;
  return jhash(words, (seed + bytes - words.length * 4) >>> 0);
}

interface Range {
  readonly first: number;
  readonly count: number;
}

/** One of the values of a hash excludes the others, and where all others are excluded it is that one. */
function drawnFact(variable: string, spec: Spec, { first, count }: Range): Fact | null {
  if (spec.kind === 'name') return null;
  const from = Math.max(0, Number(spec.range.from) - first);
  const to = Math.min(count - 1, Number(spec.range.to) - first);
  return to < from ? null : numberFact(variable, [{ from, to }], count - 1);
}

interface Hashed {
  readonly text: string;
  /** What has the seed: all that says the same hashes alike. */
  readonly of: string;
  readonly data: string;
}

/** The same packet has the same hash wherever the seed is the same; which, nobody knows. */
function openHash({ text, of: seeded, data }: Hashed, of: Range, context: RuleContext): Datum {
  const open = openField(text, context);
  return {
    ...open,
    few: { from: BigInt(of.first), count: BigInt(of.count) },
    ask: (spec) => {
      const where = seeded === text ? '' : ` in ${ruleNamed(context)}`;
      const claim = `${text} is ${spec.text} for this packet${where}`;
      const asked = question(
        `nft-hash:${seeded} ${data} ${spec.text}`,
        'hash-unknown',
        `Whether ${claim} is not known: the kernel’s seed is not in a listing.`,
        claim,
        { is: [drawnFact(`nft-hash:${seeded} ${data}`, spec, of)] },
      );
      return { ...asked, ofHeader: data === '' };
    },
  };
}
