/** Flows and results as JSON: the command line's machine contract. */
import { parseAddress } from '../values/address.ts';
import { readMac } from '../values/names.ts';
import { isRecord, type JsonRecord } from '../text/json.ts';
import { formatEndpoint } from './endpoint.ts';
import type {
  Clock,
  Family,
  Flow,
  FlowSource,
  GivenState,
  Listener,
  PacketDetails,
  SourceKind,
  TcpFlag,
} from './flow.ts';
import { hasPorts } from './packet.ts';
import { protocolNumber } from './protocols.ts';
import { placeText } from './ruleAt.ts';
import type { Assumption, Decision, JointTrace, Outcome, Trace } from './trace.ts';

export type FlowReading =
  { readonly kind: 'flow'; readonly flow: Flow } | { readonly kind: 'error'; readonly message: string };

/** A flow may quote or follow others, and those again; nobody means more than this. */
const DEEPEST = 8;

/**
 * Reads one parsed line of a flows file, strictly: what is there must make sense. Fields that are answers in recorded
 * flows, and any others, are ignored. The message of an error names the field.
 */
export function readFlow(value: unknown): FlowReading {
  try {
    return { kind: 'flow', flow: new FlowReader('', DEEPEST).flow(value) };
  } catch (error) {
    if (error instanceof FlowError) return { kind: 'error', message: error.message };
    throw error;
  }
}

class FlowError extends Error {}

const states: readonly GivenState[] = ['new', 'established', 'related', 'invalid', 'untracked'];
const kinds: readonly SourceKind[] = ['pod', 'external', 'node'];
/** `2026-11-29T13:50:00Z`, `2026-11-29T13:50Z` */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/;
const tcpFlags: readonly TcpFlag[] = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** Reads at one place of the value; `path` is where, for messages: `after[0].`. */
class FlowReader {
  readonly #path: string;
  readonly #depth: number;

  constructor(path: string, depth: number) {
    this.#path = path;
    this.#depth = depth;
  }

  flow(value: unknown, inherited: Family | null = null): Flow {
    if (this.#depth === 0) throw new FlowError(`${this.#path.slice(0, -1)}: flows are nested too deep`);
    const row = this.#record(value, '');
    const to = this.#record(row['to'], 'to');
    const from = this.#record(row['from'], 'from');
    const family = this.#family(row, to, inherited);
    const protocol = this.#protocol(row, family);
    const ported = hasPorts(protocolNumber(protocol, family) ?? 0);
    const packet = row['packet'] === undefined ? undefined : this.#packet(row['packet'], family);
    const id = this.#id(row['id']);
    const lists: { -readonly [K in 'after' | 'then']?: readonly Flow[] } = {};
    for (const name of ['after', 'then'] as const) {
      if (row[name] !== undefined) lists[name] = this.#flows(row[name], name, family);
    }
    const state = this.#oneOf(row['state'], 'state', states);
    const mark = this.#number(row['mark'], 'mark', 0xffffffff);
    const sourceMac = this.#mac(row['sourceMac']);
    const whose = this.#oneOf(to['kind'], 'to.kind', kinds);
    const clock = this.#clock(row['clock']);
    const listeners = this.#list(row['listeners'], 'listeners', (each) => this.#listener(each));
    const queues = this.#list(row['queues'], 'queues', (each) => this.#number(each, 'queues', 65535) ?? 0);
    return {
      ...(id === undefined ? {} : { id }),
      family,
      from: this.#source(from, family),
      to: {
        ...(whose === undefined ? {} : { kind: whose }),
        address: this.#address(to['address'], 'to.address', family),
        port: this.#port(to['port'], 'to.port', ported),
      },
      protocol,
      ...(packet === undefined ? {} : { packet }),
      ...(state === undefined ? {} : { state }),
      ...(mark === undefined ? {} : { mark }),
      ...(sourceMac === undefined ? {} : { sourceMac }),
      ...(listeners === undefined ? {} : { listeners }),
      ...(queues === undefined ? {} : { queues }),
      ...(clock === undefined ? {} : { clock }),
      ...lists,
    };
  }

  #id(value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw this.#error('id', 'must be text or a number');
  }

  #mac(value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    const reading = typeof value === 'string' ? readMac(value) : null;
    if (reading?.kind !== 'value') throw this.#error('sourceMac', 'must be like 02:00:00:00:01:05');
    return reading.value;
  }

  #list<T>(value: unknown, name: string, read: (each: unknown) => T): readonly T[] | undefined {
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw this.#error(name, 'must be a list');
    return value.map((each: unknown) => read(each));
  }

  #listener(value: unknown): Listener {
    const row = this.#record(value, 'listeners');
    const protocol = this.#oneOf(row['protocol'], 'listeners.protocol', ['tcp', 'udp'] as const);
    if (protocol === undefined) throw this.#error('listeners.protocol', 'must be tcp or udp');
    const address = row['address'] ?? null;
    if (address !== null && (typeof address !== 'string' || parseAddress(address) === null))
      throw this.#error('listeners.address', 'must be an IP address, or null for any');
    const port = this.#port(row['port'], 'listeners.port', true) ?? 0;
    const transparent = row['transparent'] ?? false;
    if (typeof transparent !== 'boolean') throw this.#error('listeners.transparent', 'must be true or false');
    return { protocol, address, port, transparent, ...this.#owner(row, 'listeners') };
  }

  #owner(row: JsonRecord, name: string): { readonly uid?: number; readonly gid?: number } {
    const [uid, gid] = (['uid', 'gid'] as const).map((key) =>
      this.#number(row[key], `${name}.${key}`, 0xffffffff),
    );
    return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  }

  #clock(value: unknown): Clock | undefined {
    if (value === undefined || value === null) return undefined;
    const row = this.#record(value, 'clock');
    const { utc, minutesWest } = row;
    if (typeof utc !== 'string' || !UTC.test(utc) || Number.isNaN(Date.parse(utc)))
      throw this.#error('clock.utc', 'must be like 2026-11-29T13:50:00Z');
    if (minutesWest === undefined || minutesWest === null) return { utc };
    const west = Number.isInteger(minutesWest) ? Number(minutesWest) : NaN;
    if (!(Math.abs(west) <= 24 * 60)) throw this.#error('clock.minutesWest', 'must be a number of minutes');
    return { utc, minutesWest: west };
  }

  #source(from: JsonRecord, family: Family): FlowSource {
    const kind = this.#oneOf(from['kind'], 'from.kind', kinds);
    if (kind === undefined) throw this.#error('from.kind', `must be one of ${kinds.join(', ')}`);
    const address = from['address'] ?? null;
    if (address === null && kind !== 'node') throw this.#error('from.address', 'is missing');
    const name = from['interface'];
    if (name !== undefined && name !== null && (typeof name !== 'string' || name === '')) {
      throw this.#error('from.interface', 'must be the name of an interface, or null');
    }
    return {
      kind,
      address: address === null ? null : this.#address(address, 'from.address', family),
      port: this.#port(from['port'], 'from.port', false),
      ...(name === undefined ? {} : { interface: name }),
      ...this.#owner(from, 'from'),
    };
  }

  #packet(value: unknown, family: Family): PacketDetails {
    const row = this.#record(value, 'packet');
    const flags = row['tcpFlags'];
    if (flags !== undefined && !Array.isArray(flags)) throw this.#error('packet.tcpFlags', 'must be a list');
    const l2 = this.#oneOf(row['l2'], 'packet.l2', ['bridged'] as const);
    const byte = (name: string): number | undefined => this.#number(row[name], `packet.${name}`, 255);
    const length = this.#number(row['length'], 'packet.length', 65535);
    const quote = row['quote'];
    const tcp = flags?.map((flag: unknown) => this.#flag(flag));
    const quoted =
      quote === undefined || quote === null ? null : this.#inside('packet.quote').flow(quote, family);
    const details: { -readonly [K in keyof PacketDetails]: PacketDetails[K] } = {};
    for (const name of ['icmpType', 'icmpCode', 'ttl', 'tos'] as const) {
      const number = byte(name);
      if (number !== undefined) details[name] = number;
    }
    const id = this.#number(row['icmpId'], 'packet.icmpId', 65535);
    if (id !== undefined) details.icmpId = id;
    if (tcp !== undefined) details.tcpFlags = tcp;
    if (length !== undefined) details.length = length;
    if (l2 !== undefined) details.l2 = l2;
    if (quoted !== null) details.quote = quoted;
    return details;
  }

  #flag(value: unknown): TcpFlag {
    const flag = this.#oneOf(value, 'packet.tcpFlags', tcpFlags);
    if (flag === undefined) throw this.#error('packet.tcpFlags', `must be of ${tcpFlags.join(', ')}`);
    return flag;
  }

  #flows(value: unknown, name: string, family: Family): readonly Flow[] {
    if (!Array.isArray(value)) throw this.#error(name, 'must be a list of flows');
    return value.map((flow: unknown, index) => this.#inside(`${name}[${index}]`).flow(flow, family));
  }

  #inside(name: string): FlowReader {
    return new FlowReader(`${this.#path}${name}.`, this.#depth - 1);
  }

  /** As given, as of the flow around it, or that of the destination. */
  #family(row: JsonRecord, to: JsonRecord, inherited: Family | null): Family {
    const family = row['family'];
    if (family === 4 || family === 6) return family;
    if (family !== undefined && family !== null) throw this.#error('family', 'must be 4 or 6');
    const text = to['address'];
    const address = typeof text === 'string' ? parseAddress(text) : null;
    return inherited ?? address?.family ?? 4;
  }

  #protocol(row: JsonRecord, family: Family): string {
    const name = row['protocol'];
    const text = typeof name === 'number' ? String(name) : name;
    if (typeof text !== 'string')
      throw this.#error('protocol', 'must be tcp, udp, sctp, icmp or a number as text');
    const lower = text.toLowerCase();
    const number = protocolNumber(lower, family);
    if (number === null || number === 0) throw this.#error('protocol', `“${text}” is not known`);
    return lower;
  }

  #address(value: unknown, name: string, family: Family): string {
    if (typeof value !== 'string')
      throw this.#error(name, value === undefined ? 'is missing' : 'must be text');
    const address = parseAddress(value);
    if (address === null) throw this.#error(name, `“${value}” is not an IP address`);
    if (address.family !== family) throw this.#error(name, `“${value}” is not an IPv${family} address`);
    return value;
  }

  #port(value: unknown, name: string, needed: boolean): number | null {
    if (value === undefined || value === null) {
      if (needed) throw this.#error(name, 'is missing');
      return null;
    }
    return this.#number(value, name, 65535) ?? null;
  }

  #number(value: unknown, name: string, max: number): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
    throw this.#error(name, `must be a whole number from 0 to ${max}`);
  }

  #oneOf<T extends string>(value: unknown, name: string, allowed: readonly T[]): T | undefined {
    if (value === undefined || value === null) return undefined;
    const found = allowed.find((known) => known === value);
    if (found === undefined) throw this.#error(name, `must be one of ${allowed.join(', ')}`);
    return found;
  }

  #record(value: unknown, name: string): JsonRecord {
    if (isRecord(value)) return value;
    if (name === '') throw new FlowError(`${this.#path.slice(0, -1) || 'a flow'}: must be an object`);
    throw this.#error(name, value === undefined ? 'is missing' : 'must be an object');
  }

  #error(name: string, what: string): FlowError {
    return new FlowError(`${this.#path}${name}: ${what}`);
  }
}

/** An assumption as the command line prints it. */
interface AssumptionResult {
  readonly code: string;
  readonly message: string;
}

/** One outcome as the command line prints it. */
export interface OutcomeResult {
  readonly verdict: string;
  readonly probability: number;
  readonly source: string | null;
  readonly destination: string | null;
  readonly interface: string | null;
  readonly masqueraded: boolean;
  readonly mark: number | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly rejectWith: string | null;
  /** The rules that matched, in order: `nat/PREROUTING/0`. */
  readonly path: readonly string[];
  /** The base chains whose end was reached. */
  readonly policies: readonly string[];
  /** Of a branch at an unknown: the answers that lead here. */
  readonly assuming?: readonly Decision[];
}

export type FlowResult =
  | {
      readonly id: string | null;
      readonly outcomes: readonly OutcomeResult[];
      readonly assumptions: readonly AssumptionResult[];
    }
  | {
      readonly id: string | null;
      readonly joint: JointTrace['joint'];
      readonly assumptions: readonly AssumptionResult[];
    };

/** The result line of a flow. `tables`: what stands before the tables of iptables. */
export function flowResult(
  flow: Flow,
  answer: Pick<Trace, 'outcomes' | 'assumptions'> | JointTrace,
  tables: TablePrefix = '',
): FlowResult {
  const id = flow.id ?? null;
  const assumptions = answer.assumptions.map(({ code, message }: Assumption) => ({ code, message }));
  if ('joint' in answer) return { id, joint: answer.joint, assumptions };
  return { id, outcomes: answer.outcomes.map((each) => outcomeResult(each, tables)), assumptions };
}

/** What is put before names of tables of iptables, so that they are told from those of nftables. */
export type TablePrefix = '' | 'ip ' | 'ip6 ';

/** An outcome as the command line prints it; `tables` as of `flowResult`. */
export function outcomeResult(outcome: Outcome, tables: TablePrefix = ''): OutcomeResult {
  const { verdict, probability, source, destination, masqueraded, mark, by, reason, rejectWith } = outcome;
  return {
    verdict,
    probability,
    source: source === null ? null : formatEndpoint(source),
    destination: destination === null ? null : formatEndpoint(destination),
    interface: outcome.interface,
    masqueraded,
    mark,
    by: by === null ? null : told(by, tables),
    reason,
    rejectWith,
    ...passed(outcome, tables),
    ...(outcome.assuming.length === 0 ? {} : { assuming: outcome.assuming }),
  };
}

/** Ten thousand flows have half a million steps: no list is made for a step. */
function passed({ steps }: Outcome, tables: TablePrefix): Pick<OutcomeResult, 'path' | 'policies'> {
  const path: string[] = [];
  const policies: string[] = [];
  for (const step of steps) {
    if (step.kind === 'rule') path.push(told(placeText(step.at), tables));
    else if (step.kind === 'policy') policies.push(told(`${step.table}/${step.chain}`, tables));
  }
  return { path, policies };
}

/** `nat/PREROUTING/0` → `ip nat/PREROUTING/0`; all other tables are named with what they are of. */
function told(place: string, tables: TablePrefix): string {
  return tables !== '' && /^(?:raw|mangle|nat|filter|security)\//.test(place) ? `${tables}${place}` : place;
}
