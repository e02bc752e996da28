/**
 * HOT PATH: the frontends of Services, read from the rules that hand their packets on, as text: there are ten thousand of
 * them, and most are traced by another one of their class.
 */
import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt, SourceId } from '../../../kernel/ruleAt.ts';
import type { Chain, Ruleset } from '../../../rules/iptables/nodes.ts';
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import { readServiceComment } from '../../modes/iptables/comments.ts';
import { readDispatchRule } from '../../modes/iptables/dispatchRule.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { placeOf } from '../../modes/iptables/source.ts';
import { chainNamed } from '../../rulesets.ts';

/** Where packets to one address and port are handed on. */
export interface Member {
  readonly family: Family;
  /** Its first rule, or element of a map, or its virtual server. */
  readonly taken: () => RuleAt;
  /** Null for a node port. */
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  /** `shop/web:http`; null where no rule says. */
  readonly name: string | null;
  /** The chain that it leads to; null where its rules lead to several, or are not in kube-proxy's own words. */
  readonly target: string | null;
  /** What its rules say but for its own values, and where they stand. */
  readonly template: string;
}

export interface Members {
  readonly members: readonly Member[];
  /** The rules of a chain that are those of members, by their index. */
  readonly linesOf: ReadonlyMap<Chain, ReadonlySet<number>>;
  /** Networks that these rules name. */
  readonly networks: ReadonlySet<string>;
}

/** `-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X` */
const OWN =
  /^(?:\[\d+:\d+\] )?-A KUBE-(?:SERVICES|NODEPORTS)(?: -d ([\da-f.:]+)\/(\d+))? -p (tcp|udp|sctp)(?: -m comment --comment (?:"([^"\\]*)"|([^\s"]+)))? -m \3 --dport (\d+)(?: -m nfacct --nfacct-name {1,2}\w+)? -j (KUBE-(?:SVC|SVL|EXT|FW|XLB)-[A-Z2-7]{16})$/;

/** Of one family's rules. */
export function membersOf(ruleset: Ruleset, source: SourceId, family: Family): Members {
  const found = new Map<string, Member>();
  const linesOf = new Map<Chain, Set<number>>();
  const networks = new Set<string>();
  for (const name of ['KUBE-SERVICES', 'KUBE-NODEPORTS']) {
    const chain = chainNamed(ruleset, 'nat', name);
    if (chain === null) continue;
    const own = new Set<number>();
    linesOf.set(chain, own);
    for (const [index, line] of textsOf(ruleset, chain).entries()) {
      const read = readOwn(line, family) ?? readOther(ruleset, chain, index);
      if (read === null) continue;
      const before = index - own.size;
      if (read.own) own.add(index);
      if (read.network !== '') networks.add(read.network);
      const key = `${read.address} ${read.protocol} ${read.port}`;
      const place = `${name} ${before} ${read.words}`;
      const known = found.get(key);
      const taken = (): RuleAt => takenBy(source, chain, index);
      found.set(key, joined(known, { ...read, family, taken, template: place }));
    }
  }
  return { members: [...found.values()], linesOf, networks };
}

function takenBy(source: SourceId, { table, name, rules }: Chain, index: number): RuleAt {
  const rule = rules[index];
  if (rule === undefined) throw new RangeError(`no rule ${index} in ${name}`);
  return placeOf(source, table, name, rule);
}

interface Read extends Pick<Member, 'address' | 'port' | 'protocol' | 'name' | 'target'> {
  readonly own: boolean;
  /** The network of `-d`, where it is no single address. */
  readonly network: string;
  readonly words: string;
}

function readOwn(line: string, family: Family): Read | null {
  const found = OWN.exec(line);
  if (found === null) return null;
  const [, host, length, protocol = '', quoted, bare, port = '', target = ''] = found;
  const comment = readServiceComment(quoted ?? bare ?? '');
  const isHost = Number(length) === (family === 4 ? 32 : 128);
  const network = host === undefined || isHost ? '' : `${host}/${length}`;
  const kind = target.slice(0, -SUFFIX);
  const counts = line.includes(' -m nfacct ') ? 'counts' : '';
  return {
    own: true,
    address: isHost ? (host ?? null) : null,
    network,
    port: Number(port),
    protocol,
    name: named(comment?.name),
    target,
    words: `${network} ${comment?.kind} ${counts} ${kind}`,
  };
}

const SUFFIX = 16;

/** In other words than kube-proxy's own: of no class. */
function readOther(ruleset: Ruleset, chain: Chain, index: number): Read | null {
  const rule = chain.rules[index];
  const read = rule === undefined ? null : readDispatchRule(rule, ruleset.text);
  const to = read === null ? null : readFamilyChain(read.target);
  if (read === null || to === null || to.kind === 'sep') return null;
  const { address, port, protocol, comment } = read;
  const name = named(readServiceComment(comment)?.name);
  return { own: false, address, network: '', port, protocol, name, target: null, words: '' };
}

/** Up to 1.18 an unnamed port has its colon. */
function named(name: string | undefined): string | null {
  return name === undefined ? null : name.endsWith(':') ? name.slice(0, -1) : name;
}

/** A node port has a rule for its own network and one for all others. */
function joined(known: Member | undefined, member: Member & Partial<Read>): Member {
  const { family, taken, address, port, protocol, name, target, template } = member;
  if (known === undefined) return { family, taken, address, port, protocol, name, target, template };
  return {
    ...known,
    target: known.target === target ? target : null,
    template: `${known.template} | ${template}`,
  };
}
