/** `fib saddr . iif oif`, `fib daddr type`: net/ipv4/netfilter/nft_fib_ipv4.c and its IPv6 twin. */
import { type Address, type Family, formatAddress } from '../../../values/address.ts';
import { fibTypeOf, isUnicast, type LookedUpBy } from '../../../kernel/node/addressTypes.ts';
import { question } from '../../../kernel/answers.ts';
import type { AddressType } from '../../../kernel/node/node.ts';
import { localQuestion } from '../../../kernel/passage/ownAddress.ts';
import { lookupReverse } from '../../../kernel/node/routing.ts';
import { isIPv6Multicast, isOfOneLink } from '../../../kernel/node/sourceAddressIPv6.ts';
import { elsewhere, NO_TRAFFIC } from '../../../kernel/node/traffic.ts';
import { addressOf, ICMPV6, type Packet } from '../../../kernel/packet.ts';
import { askIn } from '../../../kernel/passage/traffic.ts';
import type { Run } from '../../../kernel/run.ts';
import { numberOfWord } from '../../../rules/nftables/catalogue/words.ts';
import type { Fib } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import type { Open } from '../values/datum.ts';
import type { Spec } from '../values/spec.ts';
import { openField, type Reader } from './reader.ts';

export function fibReader(expression: Fib, context: RuleContext): Reader {
  return expression.result === 'type' ? typeReader(expression) : routeReader(expression, context);
}

function limitOf(flags: readonly string[], packet: Packet): string | null | undefined {
  if (flags.includes('iif')) return packet.input;
  return flags.includes('oif') ? packet.output : null;
}

function typeReader(expression: Fib): Reader {
  const { flags } = expression;
  const end = flags.includes('saddr') ? 'source' : 'destination';
  const otherEnd = end === 'source' ? 'destination' : 'source';
  return ({ packet, run }) => {
    if (end === 'source' ? packet.sourceUnknown : packet.destinationUnknown) return LOCAL;
    const address = addressOf(packet, end);
    const limit = limitOf(flags, packet);
    const by = lookedUpBy(run, packet, addressOf(packet, otherEnd), flags.includes('mark'));
    const type = limit === undefined ? null : fibTypeOf(run.node, address, limit, by);
    const number = type === null ? null : numberOfWord('fib_addrtype', type);
    return number === null ? openType(packet, run, address, limit) : BigInt(number);
  };
}

const LOCAL = 2n;
const UNICAST = 1n;

/** Where the node's files do not say; what is not its own is unicast, as far as anybody can guess. */
function openType(packet: Packet, run: Run, address: Address, limit: string | null | undefined): Open {
  const text = formatAddress(address);
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) => {
      const [local, unicast] = [isIn(spec, LOCAL), isIn(spec, UNICAST)];
      if (limit === null && local !== unicast) {
        const asked = localQuestion(run, packet, address);
        return local ? asked : { ...asked, negated: true };
      }
      const claim = `${text} is of type ${spec.text}`;
      const where = limit === null ? '' : ` on ${limit ?? 'that interface'}`;
      return question(
        `type:${text}:${spec.text}:${limit ?? ''}`,
        'local-addresses-unknown',
        `Whether ${claim}${where} is not known.`,
        `${claim}${where}`,
      );
    },
  };
}

function isIn(spec: Spec, value: bigint): boolean {
  return spec.kind === 'range' && spec.range.from <= value && value <= spec.range.to;
}

const LIMITED_BROADCAST = 0xffffffffn;

function routeReader(expression: Fib, context: RuleContext): Reader {
  const text = printExpression(expression);
  return (visit) => {
    const found = routeOf(expression, visit);
    if (found === undefined) return openField(text, context);
    if (expression.result === 'check') return found === null ? 0n : 1n;
    // A route that is missing has an empty name, and the index 0.
    return found ?? '';
  };
}

/** The interface of the route; null where there is none, undefined where that is not known. */
function routeOf({ flags }: Fib, { packet, run, hook }: Visit): string | null | undefined {
  const { input } = packet;
  const isArriving = hook === 'PREROUTING' || hook === 'INPUT';
  if (isArriving && (input === 'lo' || packet.isOwnCopy)) return input;
  const isSource = flags.includes('saddr');
  const [asked, other] = isSource
    ? [addressOf(packet, 'source'), addressOf(packet, 'destination')]
    : [addressOf(packet, 'destination'), addressOf(packet, 'source')];
  const early = withoutRoute(packet);
  if (early !== null) return early;
  const limit = limitOf(flags, packet);
  if (limit === undefined) return undefined;
  const device = limit ?? packet.input;
  const entry = hook === 'FORWARD' && isSource && flags.includes('iif') ? packet.output : null;
  if (entry === undefined) return undefined;
  return lookUp(run, packet, { asked, other, limit, device, entry, withMark: flags.includes('mark') });
}

/** What never has a route: a source of zeros to everybody, and ICMPv6 of addresses that are none yet. */
function withoutRoute(packet: Packet): string | null {
  const { input, source } = packet;
  if (typeof input !== 'string' || packet.sourceUnknown || packet.destinationUnknown) return null;
  const destination = addressOf(packet, 'destination');
  if (packet.family === 4) {
    const isToAll = destination.value === LIMITED_BROADCAST || destination.value >> 8n === 0xe00000n;
    return source >> 24n === 0n && isToAll ? input : null;
  }
  return packet.protocol === ICMPV6 && source === 0n && isIPv6Multicast(destination) ? input : null;
}

/** What is the node's own is none, nor, in IPv6, what is anycast; a broadcast, and ff00::/8, are routes as others. */
const FOUND: Readonly<Record<Family, readonly AddressType[]>> = {
  4: ['UNICAST', 'BROADCAST', 'MULTICAST', 'ANYCAST'],
  6: ['UNICAST', 'MULTICAST'],
};

/** What a look-up tells policy rules of the packet: of its ports nothing. */
function lookedUpBy(run: Run, packet: Packet, other: Address, withMark: boolean): LookedUpBy {
  return {
    source: isUnicast(other) ? other : null,
    mark: withMark ? packet.mark : 0,
    tos: packet.tos,
    traffic: { ...NO_TRAFFIC, protocol: packet.protocol, ask: elsewhere(askIn(run, packet)) },
  };
}

interface Asked {
  readonly asked: Address;
  readonly other: Address;
  readonly limit: string | null;
  /** By which the packet came: `skb->dev` wherever a route may be asked for. */
  readonly device: string | null | undefined;
  /** By which an answer would come in: the way back of a packet that is forwarded (6.5). Null: as if the node itself sent it. */
  readonly entry: string | null;
  readonly withMark: boolean;
}

function lookUp(
  run: Run,
  packet: Packet,
  { asked, other, limit, device, entry, withMark }: Asked,
): string | null | undefined {
  // An address of the link is looked for behind the interface alone.
  const isStrict = packet.family === 6 && isOfOneLink(asked);
  if (isStrict && device === undefined) return undefined;
  const found = lookupReverse(run.node, packet.family, {
    ...lookedUpBy(run, packet, other, withMark),
    destination: asked,
    inputInterface: entry,
    outputInterface: isStrict ? (device ?? null) : null,
  });
  if (found.kind === 'unknown') return undefined;
  if (found.kind === 'none') return null;
  const { route, hops } = found;
  if (!FOUND[packet.family].includes(route.type)) return null;
  const names = [...hops, ...route.nexthops].map((hop) => hop.interface);
  if (limit === null) return route.interface ?? names[0] ?? undefined;
  return names.includes(limit) || route.interface === limit ? limit : null;
}
