/**
 * Random native tables whose rules decide of packets: a statement a line, each rule with a counter before what ends it. Rules that
 * end in a look-up have none: a counter before it would count packets that find nothing.
 */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import { nativeMatch } from './nativeMatches.ts';
import {
  hostOf,
  hostsOf,
  NATIVE_HOOKS,
  type NativeHook,
  type NativePlace,
  netOf,
  portOf,
  portsOf,
} from './nativePlace.ts';
import { nativeEnding } from './nativeStatements.ts';

interface ChainKind extends Pick<NativePlace, 'type' | 'hook'> {
  readonly name: string;
  /** Of a chain at ingress. */
  readonly device?: string;
}

/** Sets and maps that rules change. */
const DYNAMIC = ['seen', 'rates', 'tallies', 'learned'];

class NativeRules {
  readonly #random: Random;
  readonly #family: Family;
  readonly #table: string;

  constructor(random: Random, family: Family, name: string) {
    this.#random = random;
    this.#family = family;
    this.#table = `${random.pick([family === 4 ? 'ip' : 'ip6', 'inet'])} ${name}`;
  }

  lines(): readonly string[] {
    const kinds = this.#kinds();
    return [
      `add table ${this.#table}`,
      ...this.#sets(),
      ...kinds.map((kind) => `add chain ${this.#table} ${kind.name}${this.#head(kind)}`),
      ...this.#verdictMaps(),
      ...kinds.flatMap((kind) =>
        Array.from(
          { length: 2 + this.#random.below(6) },
          () => `add rule ${this.#table} ${kind.name} ${this.#rule(kind)}`,
        ),
      ),
    ];
  }

  #kinds(): readonly ChainKind[] {
    const random = this.#random;
    const chain = (type: 'filter' | 'nat' | 'route', hook: NativeHook): ChainKind => ({
      name: `${type}_${hook}_${random.below(1000)}`,
      type,
      hook,
    });
    const filters = Array.from({ length: 3 + random.below(4) }, () =>
      chain('filter', random.pick(NATIVE_HOOKS)),
    );
    const translating = NATIVE_HOOKS.filter((hook) => hook !== 'forward' && random.chance(0.6));
    const routes = random.chance(0.4) ? [chain('route', 'output')] : [];
    const devices = random.chance(0.3) ? [this.#ofDevice()] : [];
    const all = [...filters, ...translating.map((hook) => chain('nat', hook)), ...routes, ...devices];
    return [
      ...random.shuffled(all),
      { name: 'u0', type: null, hook: null },
      { name: 'u1', type: null, hook: null },
    ];
  }

  /** Of `inet` at ingress, of `netdev` a table would have to be its own. */
  #ofDevice(): ChainKind {
    const device = this.#random.pick(['eth0', 'eth1', 'vethpods']);
    return { name: `ingress_${device}`, type: 'filter', hook: null, device };
  }

  #head({ type, hook, device }: ChainKind): string {
    if (type === null) return '';
    const random = this.#random;
    if (device !== undefined) {
      return ` { type filter hook ingress device ${device} priority ${random.pick([-10, 0, 10])} ; }`;
    }
    const priority = type === 'nat' ? random.pick([-150, -100, -50, 7, 100, 300]) : random.pick(PRIORITIES);
    const policy = random.chance(0.08) ? 'drop' : 'accept';
    return ` { type ${type} hook ${hook ?? ''} priority ${priority} ; policy ${policy} ; }`;
  }

  #place({ type, hook }: Pick<ChainKind, 'type' | 'hook'>): NativePlace {
    return { random: this.#random, family: this.#family, table: this.#table, type, hook };
  }

  #sets(): readonly string[] {
    const table = this.#table;
    const at = this.#place({ type: null, hook: null });
    const type = this.#type();
    return [
      `add set ${table} hosts { type ${type} ; elements = { ${hostsOf(at, 4).join(', ')} } ; }`,
      `add set ${table} nets { type ${type} ; flags interval ; elements = { ${netOf(at)} } ; }`,
      `add set ${table} rates { type ${type} ; flags dynamic ; size 100 ; }`,
      `add set ${table} tallies { type ${type} . inet_proto ; flags dynamic ; size 100 ; }`,
      `add map ${table} learned { type ${type} : mark ; flags dynamic,timeout ; timeout 1h ; size 100 ; }`,
      `add counter ${table} seen`,
      `add limit ${table} wide { rate 9000/second burst 9000 packets }`,
      `add limit ${table} narrow { rate over 9000/second burst 9000 packets }`,
      `add quota ${table} much { 10 mbytes }`,
      `add quota ${table} little { over 10 mbytes }`,
      `add set ${table} seen { type ${type} ; flags dynamic,timeout ; timeout 1h ; size 100 ; }`,
      `add set ${table} ports { type inet_service ; flags interval ; elements = { 1-79, 443, 3000-9000 } ; }`,
      `add set ${table} svcs { type ${type} . inet_proto . inet_service ; elements = { ${hostOf(at)} . tcp . ${portOf(at)}, ${hostOf(at)} . udp . ${portOf(at)} } ; }`,
      `add set ${table} pairs { type ${type} . ${type} ; flags interval ; elements = { ${netOf(at)} . ${hostOf(at)} } ; }`,
      `add set ${table} aged { type ${type} ; flags timeout ; timeout 1h ; elements = { ${hostOf(at)} timeout 30m, ${hostOf(at)} } ; }`,
      `add map ${table} spans { type ${type} . inet_service : mark ; flags interval ; elements = { ${netOf(at)} . 1-100 : 0x1, ${hostOf(at)} . 400-9000 : 0x4 } ; }`,
      `add map ${table} marks { type inet_service : mark ; elements = { 80 : 0x1, 443 : 0x2, 53 : 0x10, 8080 : 0x4 } ; }`,
      `add map ${table} nmarks { type ${type} : mark ; flags interval ; elements = { ${netOf(at)} : 0x4 } ; }`,
      `add map ${table} translations { type ${type} . inet_service : ${type} . inet_service ; elements = { ${this.#translations(at)} } ; }`,
    ];
  }

  #translations(at: NativePlace): string {
    const [one = 0, other = 0] = portsOf(at, 2);
    return `${hostOf(at)} . ${one} : ${hostOf(at)} . ${portOf(at)}, ${hostOf(at)} . ${other} : ${hostOf(at)} . ${portOf(at)}`;
  }

  #type(): string {
    return this.#family === 4 ? 'ipv4_addr' : 'ipv6_addr';
  }

  #verdictMaps(): readonly string[] {
    const at = this.#place({ type: null, hook: null });
    const [one = '', two = '', three = ''] = hostsOf(at, 3);
    return [
      `add map ${this.#table} verdicts { type ${this.#type()} . inet_service : verdict ; elements = { ${one} . 80 : jump u1, ${two} . 443 : accept, ${three} . ${portOf(at)} : goto u0 } ; }`,
      `add map ${this.#table} ranges { type inet_proto . inet_service : verdict ; flags interval ; elements = { tcp . 1-100 : jump u1, udp . ${portOf(at)} : goto u0, tcp . 8000-9000 : accept } ; }`,
      `add map ${this.#table} routes { type ${this.#type()} . inet_proto . inet_service : verdict ; flags interval ; elements = { ${netOf(at)} . tcp . 1-1023 : jump u1, ${hostOf(at)} . udp . 53 : goto u0 } ; }`,
      `add map ${this.#table} chains { type ${this.#type()} : verdict ; flags interval ; elements = { ${netOf(at)} : jump u0 } ; }`,
    ];
  }

  #rule(kind: ChainKind): string {
    const place = this.#place(kind);
    const matches = Array.from({ length: this.#random.pick([0, 0, 1, 1, 2, 2, 3]) }, () =>
      nativeMatch(place),
    );
    return [...matches, nativeEnding(place, kind.name)].join(' ').trim();
  }
}

const PRIORITIES = [-310, -300, -199, -150, -101, -99, -50, -5, 0, 0, 0, 5, 50, 99, 101, 150, 300];

/** `add …` lines of one or two tables, for packets of `family`. */
export function nativeRules(random: Random, family: Family): readonly string[] {
  const names = random.chance(0.5) ? ['t0'] : ['t0', 't1'];
  return names.flatMap((name) => new NativeRules(random, family, name).lines());
}

const FORGOTTEN = new RegExp(`^add (set|map) (\\S+ \\S+ (?:${DYNAMIC.join('|')})) `);

/** What forgets that packets came: for `nft`, of lines of `nativeRules`. */
export function linesToForget(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, kind, set] = FORGOTTEN.exec(line) ?? [];
    return kind === undefined ? [] : [`flush ${kind} ${set}`];
  });
}
