/** What the kernel of a namespace did with one packet: which rules counted, where the packet came out, what was answered. */
import { normalAddress } from '../../../src/values/address.ts';
import type { Family } from '../../../src/kernel/flow.ts';
import { recordsOf, textOf } from '../../../src/kernel/node/json.ts';
import { isRecord } from '../../../src/text/json.ts';

export type Backend = 'nft' | 'legacy';

/** A packet seen at the end of INPUT or POSTROUTING, or an answer that the kernel made of itself. */
export interface Seen {
  readonly interface: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly mark: number;
}

export interface Observation {
  /** `ok`, or the name of the error that the sender got. */
  readonly sent: string;
  /** Rules that counted, `table/CHAIN/index`, as often as they did. */
  readonly rules: ReadonlyMap<string, number>;
  readonly delivered: readonly Seen[];
  readonly left: readonly Seen[];
  /** ICMP errors and resets that the kernel made, stopped before any rule could count them. */
  readonly answers: number;
  /** Rules of native tables that have a counter. */
  readonly native: ReadonlySet<string>;
}

interface Reading {
  readonly counters: Map<string, number>;
  readonly native: ReadonlySet<string>;
  readonly delivered: readonly Seen[];
  readonly left: readonly Seen[];
}

/**
 * Hooks behind all of iptables' chains note what arrives there and end it, so that nothing answers (but for broadcasts, of
 * which the node hears a copy, of no socket, whatever rules make of its address); one before them takes
 * out what the kernel itself makes (it belongs to no process), so that only the packet that was sent counts.
 */
const recorderTable = (quiet: string): string => `
table inet kpe {
  set passing { type nf_proto; }
  set in { type ifname; flags dynamic; }
  set in4 { type mark . ipv4_addr . ipv4_addr . inet_service . inet_service; flags dynamic; }
  set in6 { type mark . ipv6_addr . ipv6_addr . inet_service . inet_service; flags dynamic; }
  set out { type ifname; flags dynamic; }
  set out4 { type mark . ipv4_addr . ipv4_addr . inet_service . inet_service; flags dynamic; }
  set out6 { type mark . ipv6_addr . ipv6_addr . inet_service . inet_service; flags dynamic; }
  set heard { type nf_proto; flags dynamic; }
  counter answers { }
  chain arrive { type filter hook input priority 1000;
    add @in { iifname }
    add @in4 { meta mark . ip saddr . ip daddr . th sport . th dport }
    add @in6 { meta mark . ip6 saddr . ip6 daddr . th sport . th dport }
    meta nfproto @passing accept
    drop
  }
  chain leave { type filter hook postrouting priority 1000;
    oifname "lo" accept
    add @out { oifname }
    add @out4 { meta mark . ip saddr . ip daddr . th sport . th dport }
    add @out6 { meta mark . ip6 saddr . ip6 daddr . th sport . th dport }
    fib daddr type { broadcast, multicast } accept
    meta nfproto @heard accept
    meta nfproto @passing accept
    meta skuid >= 0 drop
    meta iif 0 oifname { "eth0", "eth1" } accept
    drop
  }
  chain own { type filter hook output priority -400;
    meta skuid >= 0 accept
    icmp type { destination-unreachable, time-exceeded, parameter-problem } counter name answers
    icmpv6 type { destination-unreachable, time-exceeded, parameter-problem } counter name answers
    tcp flags & rst == rst counter name answers
    drop
  }
  chain heard { type filter hook output priority -401;
    fib daddr type { broadcast, multicast } add @heard { meta nfproto }
  }
${quiet}
}
`;

const SETS = ['in', 'in4', 'in6', 'out', 'out4', 'out6'];

/** A namespace in which commands run. */
interface Place {
  run(command: readonly string[], input?: string): string;
}

/** While it is there, no packet leaves the namespace or reaches a process in it. */
export class Recorder {
  readonly #namespace: Place;
  readonly #backend: Backend;
  #counters = new Map<string, number>();

  /** `quiet`: more chains, for packets that are none of the test's (`recorderTable`). */
  constructor(namespace: Place, backend: Backend, quiet = '') {
    this.#namespace = namespace;
    this.#backend = backend;
    namespace.run(['nft', '-f', '-'], recorderTable(quiet));
  }

  /** Forgets connections and `recent` lists, and starts counting anew. */
  reset(): void {
    this.#counters = this.#read([4, 6], true).counters;
  }

  /** Whether packets go all the way, so that their connections stay; at first they do not. */
  letPass(passing: boolean): void {
    const command = passing ? 'add element inet kpe passing { ipv4, ipv6 }' : 'flush set inet kpe passing';
    this.#namespace.run(['nft', command]);
  }

  /** What counted and was seen since the last time. `forgetting`: of the packet's connection and `recent` lists. */
  observe(family: Family, sent: string, forgetting = true): Observation {
    const { counters, native, delivered, left } = this.#read([family], forgetting);
    const rules = new Map<string, number>();
    for (const [place, count] of counters) {
      const more = count - (this.#counters.get(place) ?? 0);
      if (more > 0) rules.set(place, more);
      this.#counters.set(place, count);
    }
    const answers = rules.get('answers') ?? 0;
    rules.delete('answers');
    return { sent, rules, delivered, left, answers, native };
  }

  /** The same observation with what came in since. */
  observeMore(family: Family, before: Observation): Observation {
    const more = this.observe(family, before.sent);
    const rules = new Map(before.rules);
    for (const [place, count] of more.rules) rules.set(place, (rules.get(place) ?? 0) + count);
    return {
      sent: before.sent,
      rules,
      delivered: [...before.delivered, ...more.delivered],
      left: [...before.left, ...more.left],
      answers: before.answers + more.answers,
      native: more.native,
    };
  }

  #read(families: readonly Family[], forgetting: boolean): Reading {
    const script = observationScript(this.#backend, families, forgetting);
    const [saved = '', listed = ''] = this.#namespace.run(['sh', '-c', script]).split('=====\n');
    const counters = readCounters(saved);
    const sets = new Map<string, Tuples>();
    const parsed: unknown = JSON.parse(listed);
    const items = isRecord(parsed) ? recordsOf(parsed, 'nftables') : [];
    const native = nativeCounters(items, families);
    for (const [place, count] of native) counters.set(place, count);
    for (const item of items) {
      const set = item['set'];
      const counter = item['counter'];
      if (isRecord(counter) && typeof counter['packets'] === 'number')
        counters.set('answers', counter['packets']);
      if (isRecord(set)) sets.set(textOf(set, 'name') ?? '', tuplesOf(set['elem']));
    }
    return {
      counters,
      native: new Set(native.keys()),
      delivered: seenOf(sets, 'in'),
      left: seenOf(sets, 'out'),
    };
  }

  /** Lets packets through again. */
  remove(): void {
    this.#namespace.run(['nft', 'delete', 'table', 'inet', 'kpe']);
  }
}

const FORGET =
  'conntrack -F 2>/dev/null; for list in /proc/net/xt_recent/*; do [ -e "$list" ] && echo / > "$list"; done; true';

function observationScript(backend: Backend, families: readonly Family[], forgetting: boolean): string {
  const flush = [...SETS, 'heard'].map((name) => `flush set inet kpe ${name}`).join('; ');
  return [
    ...families.map((family) => `echo ${family}; ip${family === 6 ? '6' : ''}tables-${backend}-save -c`),
    'echo =====',
    'nft -j list ruleset',
    `nft '${flush}'`,
    ...(forgetting ? [FORGET] : []),
  ].join('; ');
}

/** `[3:180] -A FORWARD -j ACCEPT` → 3 of `filter/FORWARD/0`. Both families: an IPv6 place begins with `6:`. */
function readCounters(saved: string): Map<string, number> {
  const counters = new Map<string, number>();
  const lengths = new Map<string, number>();
  let [family, table] = ['4', ''];
  for (const line of saved.split('\n')) {
    if (line === '4' || line === '6') family = line;
    if (line.startsWith('*')) table = line.slice(1);
    const rule = /^\[(\d+):\d+\] -A (\S+)/.exec(line);
    if (rule === null) continue;
    const chain = `${family}:${table}/${rule[2] ?? ''}`;
    const index = lengths.get(chain) ?? 0;
    lengths.set(chain, index + 1);
    counters.set(`${chain}/${index}`, Number(rule[1]));
  }
  return counters;
}

/** `4:ip t0/chain/0` of each rule with a counter, in tables that are not iptables' nor the recorder's. */
function nativeCounters(
  items: readonly Readonly<Record<string, unknown>>[],
  families: readonly Family[],
): Map<string, number> {
  const counters = new Map<string, number>();
  const lengths = new Map<string, number>();
  for (const { rule } of items) {
    if (!isRecord(rule) || !/^t\d$/.test(textOf(rule, 'table') ?? '')) continue;
    const chain = `${textOf(rule, 'family')} ${textOf(rule, 'table')}/${textOf(rule, 'chain')}`;
    const index = lengths.get(chain) ?? 0;
    lengths.set(chain, index + 1);
    const packets = recordsOf(rule, 'expr')
      .map(({ counter }) => (isRecord(counter) ? counter['packets'] : null))
      // One that is named by a map is a record, too.
      .find((count) => typeof count === 'number');
    if (packets === undefined) continue;
    for (const family of families) counters.set(`${family}:${chain}/${index}`, packets);
  }
  return counters;
}

/** A listing without the recorder's own table, which is the last one. */
export function withoutRecorder(listing: string): string {
  return listing.replace(/^table inet kpe \{\n[^]*?^\}\n/mu, '');
}

type Tuples = readonly (readonly string[])[];

/** `["eth0"]`, `[{"concat":[16384,"10.0.0.1"]}]`: the elements of a set, as tuples. */
function tuplesOf(elements: unknown): Tuples {
  if (!Array.isArray(elements)) return [];
  return elements.flatMap((element) => {
    if (typeof element === 'string') return [[element]];
    const values: unknown = isRecord(element) ? element['concat'] : null;
    return Array.isArray(values) ? [values.map(String)] : [];
  });
}

/**
 * One packet at a time is under way, by one interface; but a copy that the node hears of its own may have another mark, or
 * addresses, than the packet itself. (nft 1.0.6 has no more than five fields in an element.)
 */
function seenOf(sets: ReadonlyMap<string, Tuples>, hook: 'in' | 'out'): readonly Seen[] {
  const tuples = [...(sets.get(`${hook}4`) ?? []), ...(sets.get(`${hook}6`) ?? [])];
  const [[face = ''] = []] = sets.get(hook) ?? [];
  return tuples.map(([mark, source = '', destination = '', sourcePort, destinationPort]) => ({
    interface: face,
    source: normalAddress(source),
    destination: normalAddress(destination),
    sourcePort: Number(sourcePort),
    destinationPort: Number(destinationPort),
    mark: Number(mark),
  }));
}
