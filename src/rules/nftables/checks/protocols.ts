/** Which protocols a rule has pinned, and what it may ask after that (src/proto.c, src/payload.c of nft 1.0.6). */
import { lookup } from '../../../text/lookup.ts';
import type { Span } from '../../../text/span.ts';
import type { Expression } from '../expressions.ts';
import type { MatchStatement } from '../statements.ts';
import type { Problems } from './problem.ts';

/** What a header is: of a frame, above it, above that. */
const layers: Readonly<Record<string, 'link' | 'network' | 'transport'>> = lookup({
  ether: 'link',
  vlan: 'link',
  arp: 'network',
  ip: 'network',
  ip6: 'network',
  icmp: 'transport',
  icmpv6: 'transport',
  igmp: 'transport',
  tcp: 'transport',
  udp: 'transport',
  udplite: 'transport',
  sctp: 'transport',
  dccp: 'transport',
  ah: 'transport',
  esp: 'transport',
  comp: 'transport',
});

const ofFamilies: Readonly<Record<string, string>> = lookup({ ip: 'ip', ip6: 'ip6', arp: 'arp' });

/** Options and extension headers stand behind a header of IP alone. */
const withOptions: Readonly<Record<string, string>> = lookup({ 'ip option': 'ip', exthdr: 'ip6' });

/** Protocols that one family alone has. */
export const networkOf: Readonly<Record<string, string>> = lookup({ icmp: 'ip', igmp: 'ip', icmpv6: 'ip6' });

export function isTransport(protocol: string): boolean {
  return protocol === 'th' || layers[protocol] === 'transport';
}

/** Whether it is asked which protocol is above IP. */
export function isProtocol(expression: Expression): boolean {
  if (expression.kind === 'meta') return expression.key === 'l4proto';
  return expression.kind === 'payload' && (expression.field === 'protocol' || expression.field === 'nexthdr');
}

export class Protocols {
  readonly #family: string;
  readonly #problems: Problems;
  #asksFamily = false;
  network: string | null;
  transport: string | null = null;
  #asksTransport = false;

  constructor(family: string, problems: Problems) {
    this.network = ofFamilies[family] ?? null;
    this.#family = family;
    this.#problems = problems;
  }

  /** Whether the rule sees packets of one of both families alone, as far as nft notices (nat_evaluate_family). */
  get isOfOneFamily(): boolean {
    return this.network !== null || this.#asksFamily;
  }

  /** Whether the rule asks for protocols above IP, be it for several: what nft wants before a port is translated. */
  get isOfTransport(): boolean {
    return this.transport !== null || this.#asksTransport;
  }

  /** A header that a rule reads is there from then on. */
  take(expression: Expression): void {
    switch (expression.kind) {
      case 'payload':
        if (expression.tunnel === null) this.#takeHeader(expression, expression.protocol);
        break;
      case 'option':
        this.#asks(expression, withOptions[expression.of]);
        break;
      case 'ct':
        if (expression.key.includes(' ')) this.#asks(expression, expression.key.split(' ')[0]);
        break;
      case 'meta':
        if (expression.key === 'nfproto') this.#takeFamily(expression);
        break;
      default:
    }
  }

  #takeHeader(at: Span, protocol: string): void {
    const layer = layers[protocol];
    if (layer === 'network') {
      this.#asks(at, protocol);
      if (protocol === 'arp' && this.#family === 'inet') this.#conflict(at, 'inet', protocol);
      this.network ??= protocol;
    }
    if (layer === 'transport') {
      if (this.network === 'arp') this.#conflict(at, 'arp', protocol);
      if (this.transport !== null && this.transport !== protocol)
        this.#conflict(at, this.transport, protocol);
      this.transport ??= protocol;
      // Only a field of it says so: `meta l4proto icmp` leaves the family open.
      this.network ??= networkOf[protocol] ?? null;
    }
  }

  /** What is asked is of this network protocol. */
  #asks(at: Span, network: string | undefined): void {
    if (network !== undefined && this.network !== null && this.network !== network)
      this.#conflict(at, this.network, network);
  }

  #takeFamily(at: Span): void {
    this.#asksFamily = true;
    if (this.#family === 'inet') return;
    const message = `A table of family ${this.#family} sees packets of that family alone: “meta nfproto” is for inet.`;
    this.#problems.add('nft-misplaced', at, message);
  }

  #conflict(expression: Span, known: string, asked: string): void {
    this.#problems.add(
      'nft-misplaced',
      expression,
      `The rule is about packets of ${known} already, which are none of ${asked}.`,
    );
  }

  /** `meta l4proto tcp`, `meta nfproto ipv4` */
  learn({ left, operator, right }: MatchStatement): void {
    if (operator !== '==') return;
    const asksTransport = isProtocol(left);
    this.#asksTransport ||= asksTransport;
    if (right.kind !== 'value') return;
    const word = right.text === 'ipv6-icmp' ? 'icmpv6' : right.text;
    if (asksTransport && layers[word] === 'transport') this.transport = word;
    if (left.kind === 'meta' && left.key === 'nfproto')
      this.network = word === 'ipv4' ? 'ip' : word === 'ipv6' ? 'ip6' : null;
    // In an inet table nft takes `meta protocol` for a number alone.
    const isNetwork =
      (left.kind === 'meta' && left.key === 'protocol' && this.#family !== 'inet') ||
      (left.kind === 'payload' && left.protocol === 'ether' && left.field === 'type');
    if (isNetwork && layers[word] === 'network') this.network = word;
  }
}
