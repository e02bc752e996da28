/** What the kernel did with a node's packets, held against the engine. */
import { formatEndpoint } from '../../../src/kernel/endpoint.ts';
import type { Engine } from '../../../src/kernel/engine.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { IPVS } from '../../../src/kernel/ruleAt.ts';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { Outcome, Trace } from '../../../src/kernel/trace.ts';
import { recordsOf } from '../../../src/kernel/node/json.ts';
import { difference, matchingOutcome } from '../../realKernel/support/judge.ts';
import { OPEN_ENDED } from '../../realKernel/support/random/openEnded.ts';
import { observationOf, type Traced } from './observation.ts';
import type { IpvsNode } from './random/ipvsNode.ts';

type Line = Readonly<Record<string, unknown>>;

interface Records {
  readonly files: ReadonlyMap<SnapshotFileName, string>;
  readonly engines: { readonly any: Engine; readonly ordered: Engine };
  readonly places: ReadonlyMap<string, string>;
  /** Of the guest, about this node. */
  readonly lines: readonly Line[];
  readonly sight: Sight;
}

/** Where the kernel did what the engine does not foresee. */
export function judged(node: IpvsNode, flows: readonly Flow[], records: Records): readonly string[] {
  const { engines, places, lines, sight } = records;
  const interfaces = interfacesOf(records.files);
  return lines.flatMap((line) => {
    const flow = flows[Number(line['flow'])];
    const datagrams = line['seen'];
    if (line['flow'] === undefined || flow === undefined || !Array.isArray(datagrams)) return [];
    const seen = observationOf(String(line['sent']), datagrams.map(String), { places, interfaces });
    const ordered = engines.ordered.trace(flow);
    sight.add(node, flow, seen, matchingOutcome(flow, ordered, seen));
    if (saysItDoesNotKnow(ordered)) return [];
    // What an earlier packet made IPVS remember of this client is not in a listing: then the order alone tells nothing.
    const isHeld = ordered.assumptions.some(({ code }) => code === 'ipvs-template-unknown');
    const odd = isHeld ? null : (difference(flow, ordered, seen) ?? oddTtl(flow, engines.ordered, seen));
    const anyOdd = odd === null ? difference(flow, engines.any.trace(flow), seen) : null;
    const open = ordered.outcomes.some(
      ({ assuming, verdict }) => verdict === 'unknown' || assuming.length > 0,
    );
    return [
      ...(odd === null ? [] : [odd]),
      ...(anyOdd === null ? [] : [`whatever the order of servers: ${anyOdd}`]),
      ...(open && !ordered.assumptions.some(({ message }) => OPEN.test(message) || OPEN_ENDED.test(message))
        ? [`unsure: ${JSON.stringify(flow)}: ${ordered.assumptions.map(({ message }) => message).join(' ')}`]
        : []),
    ];
  });
}

/**
 * The packet around what IPVS tunnels has a source that is not known, so rules that look at it are open; and what schedule_icmp does
 * is named, not followed.
 */
function saysItDoesNotKnow({ assumptions, outcomes }: Trace): boolean {
  const has = (code: string): boolean => assumptions.some((each) => each.code === code);
  const isOpen = outcomes.some(({ assuming, verdict }) => verdict === 'unknown' || assuming.length > 0);
  return has('ipvs-schedule-icmp-assumed') || (has('ipvs-tunnel') && isOpen);
}

/** No flow tells them. */
const OPEN = /picks the source port at random|port of the packet is not known|node’s sockets are not known/;

/** The TTL on the wire, which the other judges leave out. */
function oddTtl(flow: Flow, engine: Engine, seen: Traced): string | null {
  const outcome = matchingOutcome(flow, engine.trace(flow), seen);
  const end = outcome?.verdict === 'forward' ? seen.left[0] : seen.delivered[0];
  if (outcome === null || end === undefined || outcome.ttl === null || outcome.ttl === end.ttl) return null;
  return `${JSON.stringify(flow)}: ttl ${end.ttl}, not ${outcome.ttl}`;
}

function interfacesOf(files: Records['files']): ReadonlyMap<number, string> {
  const links: unknown = JSON.parse(files.get('ip-addr.json') ?? '[]');
  return new Map(
    recordsOf({ links }, 'links').map((link) => [Number(link['ifindex']), String(link['ifname'])]),
  );
}

/** How often what was seen: a judge that never saw a thing says nothing of it. */
export class Sight {
  readonly #counts = new Map<string, number>();
  packets = 0;

  add(node: IpvsNode, flow: Flow, seen: Traced, outcome: Outcome | null): void {
    this.packets++;
    const ends = seen.left.length > 0 ? 'left' : seen.delivered.length > 0 ? 'delivered' : 'gone';
    this.#note(`the packet ${ends}`);
    this.#note(`a node ${node.kind.replace(/,.*/, '')}`);
    if (flow.after !== undefined) this.#note('after other packets');
    if (flow.packet?.quote !== undefined) this.#note('an ICMP error about a connection');
    if (seen.answers > 0) this.#note('answered by the kernel');
    for (const step of outcome?.steps ?? []) {
      if (step.kind !== 'rule' || step.at.source !== IPVS) continue;
      this.#note(`IPVS: ${step.at.table} ${step.effect.kind}`);
      if (step.effect.kind === 'dnat' && outcome !== null)
        this.#note(`sent by ${schedulerOf(node, formatEndpoint(step.effect.was), flow.protocol)}`);
    }
  }

  #note(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** One line each; with what the machine says of its time. */
  toString(lines: readonly Line[]): string {
    const times = lines.flatMap((line) =>
      ['up', 'done'].flatMap((key) => (key in line ? [`${key} ${String(line[key])} s`] : [])),
    );
    return [
      `${this.packets} packets; the machine was ${times.join(', ')}`,
      ...[...this.#counts]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([what, count]) => `${String(count).padStart(6)}  ${what}`),
    ].join('\n');
  }
}

function schedulerOf({ ipvs }: IpvsNode, virtual: string, protocol: string): string {
  const option = { tcp: '-t', udp: '-u' }[protocol] ?? '--sctp-service';
  const line = ipvs.split('\n').find((each) => each.startsWith(`-A ${option} ${virtual} `));
  return line === undefined ? 'a mark' : (/-s (\S+)/.exec(line)?.[1] ?? '?');
}
