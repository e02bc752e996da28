/** Packets that are likely to get to a rule: of the sets that lead to it, and of those that every node sees. */
import { type Family, formatAddress, parseAddress } from '../../values/address.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import { type Space, TRACKED } from '../../rules/iptables/reach/asked.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { Ranges } from '../../rules/iptables/reach/ranges.ts';
import type { Towards } from '../../rules/iptables/reach/towards.ts';
import type { Analysis } from '../analysis.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { containerBehind } from '../containerNetworks.ts';
import { outsideAddresses } from '../form/outsideAddress.ts';
import { hex, markOf } from '../words/clauses.ts';
import { matchNamed, matchOption, valueOf } from '../words/ruleView.ts';

/** Addresses of Services and endpoints that are tried; a large cluster has very many. */
const MOST_KNOWN = 8;
const MOST_PORTS = 50;
/** Rules before the one asked about that are looked at for a mark. */
const MOST_BEFORE = 50;

/** Addresses that packets have here. */
interface Known {
  readonly family: Family;
  readonly pods: readonly string[];
  readonly frontends: readonly {
    readonly address: string;
    readonly port: number;
    readonly protocol: string;
  }[];
  /** Of somebody behind an interface; null where nobody is known to be. */
  behind(name: string): string | null;
}

/** In the order in which they are best tried. */
export function* likelyPackets(
  ways: readonly Towards[],
  space: Space,
  analysis: Analysis,
): Generator<FlowForm, void> {
  const known = knownTo(analysis, space.family);
  for (const way of ways) yield* packetsOn(way, space, known);
  for (const { address, port, protocol } of known.frontends)
    for (const from of ['pod', 'external', 'node'])
      yield { ...EMPTY, from, to: joinHostPort(address, port), protocol };
}

/** Nothing is said. */
export const EMPTY: FlowForm = {
  from: '',
  to: '',
  protocol: '',
  state: '',
  mark: '',
  interface: '',
  ttl: '',
  tcpFlags: '',
};

export function knownTo({ catalog, rulesets }: Analysis, family: Family): Known {
  const ports = catalog.ports.slice(0, MOST_PORTS);
  const pods = ports.flatMap(({ endpoints }) => endpoints).filter((each) => each.family === family);
  const frontends = ports.flatMap((port) => port.frontends).filter((each) => each.family === family);
  return {
    family,
    behind: (name) => containerBehind(rulesets[family], name),
    pods: [...new Set(pods.map(({ address }) => address))].slice(0, MOST_KNOWN),
    frontends: frontends
      .flatMap(({ address, port, protocol }) => (address === null ? [] : [{ address, port, protocol }]))
      .slice(0, MOST_KNOWN),
  };
}

function* packetsOn(way: Towards, space: Space, known: Known): Generator<FlowForm, void> {
  const { ranges } = way.packets;
  const protocol = protocolIn(ranges.protocol, known.family);
  const ported = PORTED.has(protocol);
  const port = ported ? portIn(ranges.destinationPort) : null;
  const mark = markOn(way);
  const input = ranges.input === undefined ? '' : (space.interfaces.nameIn(ranges.input) ?? '');
  // Only what the node sends to itself comes in by lo.
  if (input === 'lo')
    yield { ...EMPTY, protocol, from: 'node', to: `:${port ?? 0}`, state: stateIn(ranges.state) };
  const fields = {
    ...EMPTY,
    protocol,
    state: stateIn(ranges.state),
    interface: input,
  };
  const output = ranges.output === undefined ? '' : (space.interfaces.nameIn(ranges.output) ?? '');
  const sourcePort = ported && ranges.sourcePort !== undefined ? `:${portIn(ranges.sourcePort)}` : '';
  for (const to of destinations(way, output, known))
    for (const from of sources(way, known))
      // A rule before it may give the mark.
      for (const own of mark === '' ? [''] : ['', mark])
        yield {
          ...fields,
          mark: own,
          from: sourcePort === '' ? from : `${bracketed(from)}${sourcePort}`,
          to: to === null ? `:${port ?? 0}` : port === null ? to : joinHostPort(to, port),
        };
}

const PROTOCOLS: Readonly<Record<Family, readonly (readonly [number, string])[]>> = {
  4: [
    [6, 'tcp'],
    [17, 'udp'],
    [132, 'sctp'],
    [1, 'icmp'],
  ],
  6: [
    [6, 'tcp'],
    [17, 'udp'],
    [132, 'sctp'],
    [58, 'icmp'],
  ],
};

const PORTED: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);

function protocolIn(ranges: Ranges | undefined, family: Family): string {
  const named = PROTOCOLS[family].find(([number]) => ranges === undefined || holds(ranges, BigInt(number)));
  return named?.[1] ?? String(ranges?.[0]?.from ?? 6);
}

function holds(ranges: Ranges, value: bigint): boolean {
  return ranges.some(({ from, to }) => from <= value && value <= to);
}

function portIn(ranges: Ranges | undefined): number {
  const usual = [80n, 443n, 53n, 8080n].find((port) => ranges === undefined || holds(ranges, port));
  const first = ranges?.find(({ to }) => to > 0n);
  return Number(usual ?? (first === undefined ? 0n : first.from > 0n ? first.from : 1n));
}

function stateIn(ranges: Ranges | undefined): string {
  const states = TRACKED.filter((_, index) => ranges === undefined || holds(ranges, BigInt(index)));
  return states.includes('NEW') ? '' : (states[0] ?? '').toLowerCase();
}

/** The mark that a rule on the way wants, or that one before it in the last chain lets pass. */
function markOn({ rules, chain }: Towards): string {
  const last = rules.at(-1);
  for (const rule of rules) {
    const mark = markAsked(rule, false);
    if (mark !== null) return mark;
  }
  for (const rule of chain.rules) {
    if (rule === last || rule.index > MOST_BEFORE) break;
    const mark = markAsked(rule, true);
    if (mark !== null) return mark;
  }
  return '';
}

function markAsked(rule: Rule, negated: boolean): string | null {
  const option = matchOption(matchNamed(rule, 'mark'), '--mark');
  const mark = (option?.negation !== null) === negated ? markOf(valueOf(option)) : null;
  return mark === null || mark.value === 0 ? null : hex(mark.value);
}

/** Null for the node itself. */
function destinations({ hook, packets }: Towards, output: string, known: Known): readonly (string | null)[] {
  const { destination } = packets.ranges;
  const services = known.frontends.map(({ address }) => address);
  const outside = outsideAddresses[known.family][0];
  if (destination !== undefined)
    return addressesIn(destination, [...services, ...known.pods, outside], known.family);
  const [pod = outside] = known.pods;
  if (hook === 'INPUT') return known.family === 4 ? [null, '127.0.0.1'] : ['::1'];
  if (hook === 'OUTPUT') return [outside, pod, null];
  return output === ''
    ? [pod, outside, null]
    : [known.behind(output) ?? pod, outside, someoneNear[known.family], null];
}

/** Of no public network, so that it may be behind any interface. */
const someoneNear: Readonly<Record<Family, string>> = { 4: '10.213.0.9', 6: 'fd00:213::9' };

function sources({ hook, packets }: Towards, known: Known): readonly string[] {
  const { source } = packets.ranges;
  const likely = [...known.pods, outsideAddresses[known.family][0]];
  const given = source === undefined ? null : addressesIn(source, likely, known.family);
  if (hook === 'OUTPUT') return given?.map((address) => `node:${bracketed(address)}`) ?? ['node'];
  if (given !== null)
    return given.flatMap((address) => [
      bracketed(address),
      `pod:${bracketed(address)}`,
      `external:${bracketed(address)}`,
    ]);
  return hook === 'INPUT' ? ['external', 'pod', 'node'] : ['pod', 'external', 'node'];
}

/** Known ones first, then the first of a network that a host can have. */
function addressesIn(ranges: Ranges, likely: readonly string[], family: Family): readonly string[] {
  const known = likely.filter((text) => {
    const address = parseAddress(text);
    return address !== null && holds(ranges, address.value);
  });
  const first = ranges.map(({ from, to }) =>
    formatAddress({ family, value: from === to ? from : from + 1n }),
  );
  return [...new Set([...known, ...first])].slice(0, 3);
}

function bracketed(address: string): string {
  return address.includes('::') || /:.*:/u.test(address) ? `[${address}]` : address;
}
