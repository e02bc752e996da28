/**
 * HOT PATH, written for speed: which chains of Service ports and endpoints are written exactly as kube-proxy writes them. A node
 * has a hundred thousand such rules, all alike: whoever looks for what is wrong leaves these chains out, and reads the words of
 * the others alone. Lines are compared as text; what is written in any other way is not regular, which claims nothing.
 */
import { ByChain } from '../../../rules/iptables/compact/byChain.ts';
import { blockOf, countOf, textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { KeptByPart } from '../../../text/kept.ts';
import { finish, type Steps } from '../../../values/steps.ts';
import { familyKindOf } from './roles.ts';

/** What such a chain says, but for names, comments and chances. */
export type RegularChain =
  /** `to`: `10.244.1.5:8080`, `[fd00::5]:8080`; `address`: `10.244.1.5`, `fd00::5`. `remembers`: whom it has served. */
  | {
      readonly kind: 'endpoint';
      readonly to: string;
      readonly address: string;
      readonly remembers: boolean;
    }
  /** `mark`: its first rule, where that marks who is no pod. `remembered`: clients go back to the endpoint that served them. */
  | {
      readonly kind: 'balance';
      readonly mark: string | null;
      readonly remembered: boolean;
      readonly endpoints: readonly Chain[];
    };

export interface RegularChains {
  /** Balances evenly, over endpoint chains that each stand there once and are there, and remembers clients of all of these or of none; or one endpoint that is marked for itself, and translated to. */
  readonly regular: Pick<ByChain<RegularChain>, 'get' | 'has' | 'keys' | 'size'>;
  /** All other chains of Service ports and endpoints, in order. */
  readonly others: readonly Chain[];
  /** What chains take for the network of pods, as they write it: `10.244.0.0/16` → the chains. */
  readonly podNetworks: ReadonlyMap<string, readonly Chain[]>;
}

const NONE: RegularChains = { regular: new ByChain(), others: [], podNetworks: new Map() };

/** Of table nat; of any other none is regular. Worked out once for each version of the rules. */
export function regularChains(ruleset: Ruleset, table: Table | null): RegularChains {
  return table === null || table.name !== 'nat' ? NONE : ruleset.kept.of(byTable).of(table);
}

/** Works it out in turns, where it is not known yet. */
export function* prepareRegularChains(ruleset: Ruleset, table: Table | null): Steps<void> {
  if (table === null || table.name !== 'nat') return;
  const known = ruleset.kept.of(byTable);
  if (!known.has(table)) known.put(table, yield* find(ruleset, table));
}

function byTable(ruleset: Ruleset): KeptByPart<Table, RegularChains> {
  return new KeptByPart((table) => finish(find(ruleset, table)));
}

const CHAINS_PER_STEP = 500;

function* find(ruleset: Ruleset, table: Table): Steps<RegularChains> {
  const regular = new ByChain<RegularChain>();
  const others: Chain[] = [];
  const podNetworks = new Map<string, Chain[]>();
  let looked = 0;
  for (const chain of table.chains.values()) {
    const kind = familyKindOf(chain.name);
    if (kind === null) continue;
    let read: RegularChain | null = null;
    if (kind === 'sep') read = readEndpoint(blockOf(ruleset, chain));
    else {
      const lines = textsOf(ruleset, chain);
      const marks = MARKS.exec(lines[0] ?? '');
      if (marks?.[1] !== undefined) {
        const same = podNetworks.get(marks[1]);
        if (same === undefined) podNetworks.set(marks[1], [chain]);
        else same.push(chain);
      }
      if (kind === 'svc' || kind === 'svl') read = readBalance(lines, marks !== null, table);
    }
    if (read === null) others.push(chain);
    else regular.put(chain, read);
    if (++looked % CHAINS_PER_STEP === 0) yield;
  }
  return { regular, others, podNetworks };
}

/**
 * `-A KUBE-SEP-X -s 10.244.1.5/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ`, and then
 * `… -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080`
 */
const ENDPOINT =
  /^(?:\[\d+:\d+\] )?-A [\w-]+ -s ([\da-f.:]+)\/(?:32|128)(?: -m comment --comment "[^"\\\n]*")? -j KUBE-MARK-MASQ\n(?:\[\d+:\d+\] )?-A ([\w-]+) -p (tcp|udp|sctp)(?: -m comment --comment "[^"\\\n]*")?( -m recent --set --name \2 --mask [\da-f.:]+ --rsource)? -m \3 -j DNAT --to-destination (\[?\1\]?:\d+)$/;

function readEndpoint(block: string): RegularChain | null {
  const found = ENDPOINT.exec(block);
  const [, address, , , list, to] = found ?? [];
  if (address === undefined || to === undefined) return null;
  return { kind: 'endpoint', to, address, remembers: list !== undefined };
}

/** `-A KUBE-SVC-X -m comment --comment "shop/web:http -> 10.244.1.5:8080" -m statistic --mode random --probability 0.5 -j KUBE-SEP-Y` */
const BALANCE =
  /^(?:\[\d+:\d+\] )?-A [\w-]+(?: -m comment --comment "[^"\\]*")?(?: -m statistic --mode random --probability ([\d.]+))? -j (KUBE-SEP-[A-Z2-7]{16})$/;

/** `-A KUBE-SVC-X -m comment --comment "shop/web:http" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-Y --mask 255.255.255.255 --rsource -j KUBE-SEP-Y` */
const REMEMBERED =
  /^(?:\[\d+:\d+\] )?-A [\w-]+(?: -m comment --comment "[^"\\]*")? -m recent --rcheck --seconds \d+ --reap --name (KUBE-SEP-[A-Z2-7]{16}) --mask [\da-f.:]+ --rsource -j \1$/;

/** `-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.7.7/32 … -j KUBE-MARK-MASQ` */
const MARKS = /^(?:\[\d+:\d+\] )?-A [\w-]+ ! -(?:s (\S+)|i \S+) .*-j KUBE-MARK-MASQ$/;

/** `marks`: the first line marks who is no pod. */
function readBalance(lines: readonly string[], marks: boolean, table: Table): RegularChain | null {
  const mark = marks ? (lines[0] ?? null) : null;
  const begin = mark === null ? 0 : 1;
  const remembered = rememberedIn(lines, begin);
  const first = begin + remembered.length;
  const count = lines.length - first;
  if (count < 1 || count > MOST_COMPARED) return null;
  if (remembered.length > 0 && remembered.length !== count) return null;
  const endpoints: Chain[] = [];
  for (let index = 0; index < count; index++) {
    const found = BALANCE.exec(lines[first + index] ?? '');
    const chain = found?.[2] === undefined ? undefined : table.chains.get(found[2]);
    if (chain === undefined || countOf(chain) === 0 || endpoints.includes(chain)) return null;
    if (!isEven(found?.[1], count - index)) return null;
    if (remembered.length > 0 && remembered[index] !== chain.name) return null;
    endpoints.push(chain);
  }
  return { kind: 'balance', mark, remembered: remembered.length > 0, endpoints };
}

/** The endpoint chains to which clients go back that are remembered, by the lines from `begin` on that say so. */
function rememberedIn(lines: readonly string[], begin: number): readonly string[] {
  const found: string[] = [];
  for (let index = begin; index < lines.length; index++) {
    const name =
      lines[index]?.includes(' -m recent ') === true ? REMEMBERED.exec(lines[index] ?? '')?.[1] : undefined;
    if (name === undefined) break;
    found.push(name);
  }
  return found;
}

/** Of very many endpoints the repeats are looked for in another way. */
const MOST_COMPARED = 200;

/** kube-proxy up to 1.14 wrote five digits, and the kernel rounds to 31 bits. */
const TOLERANCE = 0.00002;

/** `rest`: the endpoints that are left, of which the last one has no probability. */
function isEven(probability: string | undefined, rest: number): boolean {
  if (probability === undefined) return rest === 1;
  return rest > 1 && Math.abs(Number(probability) - 1 / rest) < TOLERANCE;
}
