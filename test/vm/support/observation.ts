/** What became of one packet, out of the kernel's trace of it and of what else it made go about. */
import type { Observation, Seen } from '../../realKernel/support/recorder.ts';
import { formatAddress } from '../../../src/values/address.ts';
import { traceMessages, type TraceMessage } from './traceMessages.ts';

/**
 * Before and behind all other chains. A packet is traced from the first one on. What the kernel itself answers, with its own TTL,
 * ends in OUTPUT, so that connections stay as the packets leave them; what IPVS sends has a TTL less by one.
 */
export const GUARDS = `
table inet guards {
  chain start { type filter hook prerouting priority -450;
    icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 137, 143 } accept
    meta nftrace set 1
  }
  chain own { type filter hook output priority -450;
    icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 137, 143 } accept
    meta nftrace set 1
    meta skuid >= 0 accept
    ip ttl 64 meta l4proto icmp drop
    ip ttl 64 tcp flags & rst == rst drop
    ip6 hoplimit 64 meta l4proto ipv6-icmp drop
    ip6 hoplimit 64 tcp flags & rst == rst drop
  }
  chain arrive { type filter hook input priority 1000; accept; }
  chain leave { type filter hook postrouting priority 1000; accept; }
}
`;

const GUARD = 'inet:guards';

/** The end of a packet, as the guard there saw it. */
export interface SeenEnd extends Seen {
  readonly ttl: number;
}

export interface Traced extends Observation {
  readonly delivered: readonly SeenEnd[];
  readonly left: readonly SeenEnd[];
}

export interface Naming {
  /** As `rulePlaces` gives them. */
  readonly places: ReadonlyMap<string, string>;
  readonly interfaces: ReadonlyMap<number, string>;
}

/** `sent`: what the sender was told. */
export function observationOf(sent: string, datagrams: readonly string[], naming: Naming): Traced {
  const rules = new Map<string, number>();
  const [delivered, left]: [SeenEnd[], SeenEnd[]] = [[], []];
  let answers = 0;
  const own = new Own(naming);
  let last: SeenEnd | null = null;
  for (const message of traceMessages(datagrams)) {
    if (!own.has(message)) {
      if (message.dropped && message.table === GUARD && message.chain === 'own') answers++;
      continue;
    }
    const place = naming.places.get(`${message.table}/${message.chain} ${message.handle}`);
    if (message.table !== GUARD && message.handle !== null)
      rules.set(place ?? '?', (rules.get(place ?? '?') ?? 0) + 1);
    const end: SeenEnd | null = endOf(message, naming, last);
    if (end === null) continue;
    last = end;
    if (message.table !== GUARD || message.handle === null) continue;
    own.isAt(message.chain, end);
    if (message.chain === 'arrive') delivered.push(end);
    if (message.chain === 'leave' && end.interface !== 'lo') left.push(end);
  }
  return { sent, rules, delivered, left, answers, native: new Set() };
}

/** Which messages are about the packet that was sent: its number changes where it comes in again, by lo or by a bridge. */
class Own {
  readonly #naming: Naming;
  /** Of each number whether it is the packet's. */
  readonly #known = new Map<number, boolean>();
  /** As it left by lo. */
  #looping: SeenEnd | null = null;

  constructor(naming: Naming) {
    this.#naming = naming;
  }

  has(message: TraceMessage): boolean {
    let isOwn = this.#known.get(message.id) ?? null;
    if (isOwn !== true && this.#comesBack(message)) isOwn = true;
    isOwn ??= this.#known.size === 0 || !begins(message);
    this.#known.set(message.id, isOwn);
    return isOwn;
  }

  isAt(chain: string, end: SeenEnd): void {
    this.#looping = chain === 'leave' && end.interface === 'lo' ? end : null;
  }

  #comesBack(message: TraceMessage): boolean {
    if (this.#looping === null || message.table !== GUARD || message.chain !== 'start') return false;
    const end = endOf(message, this.#naming, null);
    return (
      end?.interface === 'lo' &&
      end.source === this.#looping.source &&
      end.destination === this.#looping.destination &&
      end.sourcePort === this.#looping.sourcePort
    );
  }
}

/** What the kernel makes itself is seen there first; what IPVS puts into a tunnel is the packet still. */
function begins({ table, chain, packet }: TraceMessage): boolean {
  if (table !== GUARD) return false;
  return chain === 'start' || (chain === 'own' && packet !== null && !isTunnel(packet.network));
}

function isTunnel(network: Buffer): boolean {
  return [4, 41].includes(network.readUInt8(isIPv4(network) ? 9 : 6));
}

/** `last`: of the same packet before. What is in a tunnel keeps its ends; the kernel shows no more of it than 20 bytes. */
function endOf(
  { packet, mark, chain }: TraceMessage,
  { interfaces }: Naming,
  last: SeenEnd | null,
): SeenEnd | null {
  if (packet === null) return null;
  const index = chain === 'leave' || chain === 'own' ? packet.output : packet.input;
  const where = { interface: interfaces.get(index) ?? `?${index}`, mark };
  const { network, transport } = packet;
  if (last !== null && isTunnel(network)) return { ...last, ttl: ttlOf(transport), ...where };
  const has = transport.length >= 4;
  return {
    ...addressesOf(network),
    ttl: ttlOf(network),
    sourcePort: has ? transport.readUInt16BE(0) : 0,
    destinationPort: has ? transport.readUInt16BE(2) : 0,
    ...where,
  };
}

function isIPv4(header: Buffer): boolean {
  return header.readUInt8(0) >> 4 === 4;
}

function ttlOf(header: Buffer): number {
  return header.readUInt8(isIPv4(header) ? 8 : 7);
}

function addressesOf(header: Buffer): Pick<SeenEnd, 'source' | 'destination'> {
  const [family, from, bytes] = isIPv4(header) ? ([4, 12, 4] as const) : ([6, 8, 16] as const);
  const address = (at: number): string =>
    formatAddress({ family, value: BigInt(`0x${header.toString('hex', at, at + bytes)}`) });
  return { source: address(from), destination: address(from + bytes) };
}
