/** Questions to the routing of a node, asked of the kernel (`ip route get`) and of ours. */
import { type Address, type Family, formatAddress, parseAddress } from '../../../src/values/address.ts';
import { isRecord } from '../../../src/text/json.ts';
import { readRows, textOf as textIn } from '../../../src/kernel/node/json.ts';
import { routeInput, routeOutput } from '../../../src/kernel/node/routing.ts';
import type { Nexthop, Node } from '../../../src/kernel/node/node.ts';
import type { Traffic } from '../../../src/kernel/node/traffic.ts';
import type { Namespace } from './namespace.ts';
import type { Random } from './random.ts';
import { interfaces, PORTS, type RandomNetwork } from './randomNetwork.ts';

export interface Query {
  readonly family: Family;
  readonly source: Address | null;
  readonly destination: Address;
  readonly inputInterface: string | null;
  readonly outputInterface: string | null;
  readonly mark: number;
  readonly tos: number;
  readonly traffic: Traffic;
}

export function randomQuery(random: Random, network: RandomNetwork): Query {
  const family: Family = random.chance(0.6) ? 4 : 6;
  const address = (odd: number): Address => {
    const text = family === 6 ? network.address6() : random.chance(odd) ? network.odd4() : network.address4();
    return parseAddress(text) ?? { family, value: 0n };
  };
  const arrives = random.chance(0.5);
  return {
    family,
    source: arrives || random.chance(0.2) ? address(0.1) : null,
    destination: address(0.1),
    inputInterface: arrives ? random.pick(interfaces) : null,
    outputInterface: !arrives && random.chance(0.2) ? random.pick(interfaces) : null,
    mark: random.pick([0, 0, 1, 0x10, 0x4000]),
    tos: random.pick([0, 0, 0, 0x10, 0x08, 0x28, 0xb8]),
    traffic: randomTraffic(random, family, arrives),
  };
}

/** What comes in belongs to nobody; to `ip route get` a packet without a protocol is UDP in IPv4. */
function randomTraffic(random: Random, family: Family, arrives: boolean): Traffic {
  const protocol = random.pick([6, 17, 17, family === 4 ? 1 : 58]);
  const ported = protocol === 6 || protocol === 17;
  return {
    protocol,
    sourcePort: ported ? random.pick(PORTS) : 0,
    destinationPort: ported ? random.pick(PORTS) : 0,
    uid: arrives ? 0 : random.pick([0, 0, 1000, 1500]),
    // No packet comes out of a tunnel here, which is all that is ever asked.
    ask: () => false,
  };
}

const NAMES: ReadonlyMap<number | null, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'ipv6-icmp'],
]);

export function commandOf(query: Query): string {
  const { source, destination, inputInterface, outputInterface, mark, tos, traffic } = query;
  return [
    query.family === 6 ? '-6' : '-4',
    `route get ${formatAddress(destination)}`,
    source === null ? '' : `from ${formatAddress(source)}`,
    inputInterface === null ? '' : `iif ${inputInterface}`,
    outputInterface === null ? '' : `oif ${outputInterface}`,
    mark === 0 ? '' : `mark ${mark}`,
    tos === 0 ? '' : `tos 0x${tos.toString(16)}`,
    NAMES.has(traffic.protocol) ? `ipproto ${NAMES.get(traffic.protocol) ?? ''}` : '',
    `uid ${traffic.uid ?? 0}`,
    traffic.sourcePort === 0 ? '' : `sport ${traffic.sourcePort ?? 0} dport ${traffic.destinationPort ?? 0}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

/** `TYPE INTERFACE GATEWAY SOURCE`, or `error`, of each query. */
export function askKernel(node: Namespace, queries: readonly Query[]): readonly string[] {
  const lines = queries.map((query) => commandOf(query).slice(3));
  const byFamily = ([4, 6] as const).map((family) => {
    const wanted = queries.flatMap((query, index) => (query.family === family ? [index] : []));
    const { failed, stdout } = node.ip(
      wanted.map((index) => lines[index] ?? ''),
      [`-${family}`, '-j'],
    );
    const found = stdout.split('\n').filter((line) => line.startsWith('['));
    let next = 0;
    return new Map(
      wanted.map((index, at) => [
        index,
        failed.has(at + 1) ? 'error' : describeRoute(found[next++] ?? '', queries[index]),
      ]),
    );
  });
  return queries.map((query, index) => byFamily[query.family === 4 ? 0 : 1]?.get(index) ?? 'no answer');
}

/** `[{"type":"local","dst":"10.0.0.1","dev":"lo","prefsrc":"10.0.0.1","flags":[]}]`: what `ip -j route get` prints. */
function describeRoute(line: string, query: Query | undefined): string {
  const rows = readRows(line);
  const get = rows.kind === 'rows' ? (rows.lists[0]?.[0] ?? {}) : {};
  const via = get['via'];
  const gateway = textIn(get, 'gateway') ?? (isRecord(via) ? textIn(via, 'host') : null) ?? '-';
  const source = query?.source === null ? (textIn(get, 'prefsrc') ?? '-') : '-';
  return [textIn(get, 'type') ?? 'unicast', textIn(get, 'dev'), gateway, source].join(' ');
}

interface OurAnswer {
  readonly text: string;
  readonly candidates: readonly Nexthop[];
  /** What it takes for granted. */
  readonly assuming: readonly string[];
}

export function ourAnswer(node: Node, query: Query): OurAnswer {
  const { family, source, destination, inputInterface, outputInterface, mark, tos, traffic } = query;
  if (inputInterface !== null && source !== null) {
    const answer = routeInput(node, family, { source, destination, inputInterface, mark, tos, traffic });
    switch (answer.kind) {
      case 'local':
        return said(`${answer.type.toLowerCase()} lo - -`, answer);
      case 'forward':
        return said(`${answer.type.toLowerCase()} ${answer.interface} ${textOf(answer.gateway)} -`, answer);
      case 'drop':
        return said(`error (${answer.reason})`, answer);
      default:
        return said(`unknown ${answer.reason}`, answer, answer.candidates);
    }
  }
  const answer = routeOutput(node, family, { source, destination, outputInterface, mark, tos, traffic });
  switch (answer.kind) {
    case 'send':
      return said(
        `${answer.type.toLowerCase()} ${answer.interface} ${textOf(answer.gateway)} ${textOf(source === null ? answer.source : null)}`,
        answer,
      );
    case 'error':
      return said(`error (${answer.reason})`, answer);
    default:
      return said(`unknown ${answer.reason}`, answer, answer.candidates);
  }
}

function said(
  text: string,
  { assuming }: { readonly assuming: readonly string[] },
  candidates: readonly Nexthop[] = [],
): OurAnswer {
  return { text, candidates, assuming };
}

function textOf(address: Address | null): string {
  return address === null ? '-' : formatAddress(address);
}

export function agree(ours: OurAnswer, theirs: string): boolean {
  if (ours.text.startsWith('error')) return theirs === 'error';
  if (ours.text.includes('by some the packet is dropped') && theirs === 'error') return true;
  if (ours.candidates.length > 0)
    return ours.candidates.some((hop) => theirs.split(' ')[1] === hop.interface);
  return ours.text === theirs;
}
