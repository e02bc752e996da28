/** All files of a node's snapshot that one source can give. */
import type { MissingFile, RulesSource } from '../liveNode.ts';
import type { Answer, Asking } from './asking.ts';
import { withBothBackends } from './backends.ts';
import { type Command, commands } from './commands.ts';
import { procState } from './proc/procState.ts';
import { holdsIpvsSets, holdsProxyTable } from './proxyMode.ts';
import { append } from '../../text/lists.ts';

/**
 * What one source gave: `files` by their names in a snapshot, `takenAt` in milliseconds since the epoch, when the
 * rules had come.
 */
export interface CollectedFiles {
  readonly takenAt: number;
  readonly files: ReadonlyMap<string, string>;
  readonly missing: readonly MissingFile[];
  readonly warnings: readonly string[];
}

/** Gathers files and what is missing of them while several questions run at a time. */
class Gathering {
  readonly files = new Map<string, string>();
  readonly missing: MissingFile[] = [];
  readonly warnings: string[] = [];

  put(file: string, answer: Answer): void {
    if (answer.kind === 'text') this.files.set(file, answer.text);
    else this.missing.push({ file, reason: answer.reason });
  }
}

/** Rejects with a `ClusterFailure` when the IPv4 rules cannot be had; whatever else fails is `missing`. */
export async function collectFiles(asking: Asking): Promise<CollectedFiles> {
  const gathering = new Gathering();
  const [rules4, rules6] = await Promise.all([
    asking.require(commands.rules[4]),
    asking.ask(commands.rules[6]),
  ]);
  const takenAt = Date.now();
  await Promise.all([
    putRules(asking, gathering, 4, rules4),
    rules6.kind === 'text'
      ? putRules(asking, gathering, 6, rules6.text)
      : gathering.put('ip6tables-save.txt', rules6),
    putState(asking, gathering),
    putSets(asking, gathering),
    putNft(asking, gathering),
    putConntrack(asking, gathering),
  ]);
  if (holdsIpvsSets(gathering.files.get('ipset-save.txt') ?? '')) {
    gathering.put('ipvsadm-save.txt', await asking.ask(commands.ipvs));
  }
  return {
    takenAt,
    files: inOrder(gathering.files),
    missing: gathering.missing.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    warnings: gathering.warnings,
  };
}

async function putRules(asking: Asking, gathering: Gathering, family: 4 | 6, text: string): Promise<void> {
  const both = await withBothBackends(asking, family, text);
  gathering.files.set(commands.rules[family].produces, both.text);
  for (const [file, hidden] of both.hidden) gathering.files.set(file, hidden);
  append(gathering.missing, both.missing);
  append(gathering.warnings, both.warnings);
}

async function putSets(asking: Asking, gathering: Gathering): Promise<void> {
  gathering.put('ipset-save.txt', await asking.ask(commands.ipsets));
}

/**
 * Only where somebody else than iptables made tables: to list what it made costs the node's kernel some 20 seconds for
 * 10,000 Services, and says nothing new. The JSON only where kube-proxy itself speaks nftables.
 */
async function putNft(asking: Asking, gathering: Gathering): Promise<void> {
  const tables = await asking.ask(commands.nftTables);
  if (tables.kind === 'text' && !holdsForeignTables(tables.text)) {
    const reason = 'iptables made all tables of nftables on the node, and its own list shows them';
    if (tables.text.trim() === '') gathering.put('nft.txt', tables);
    else gathering.missing.push({ file: 'nft.txt', reason, shownElsewhere: true });
    return;
  }
  const answer = tables.kind === 'text' ? await asking.ask(commands.nft) : tables;
  gathering.put('nft.txt', answer);
  if (answer.kind === 'text' && holdsProxyTable(answer.text)) {
    gathering.put('nft.json', await asking.ask(commands.nftJson));
  }
}

/** `table ip nat`, one a line: those of iptables are called as its own tables. */
function holdsForeignTables(tables: string): boolean {
  const lines = tables.split('\n').filter((line) => line.startsWith('table '));
  return lines.some((line) => !/^table ip6? (?:raw|mangle|nat|filter|security)$/.test(line.trim()));
}

async function putConntrack(asking: Asking, gathering: Gathering): Promise<void> {
  const four = await asking.ask(commands.conntrack[4]);
  if (four.kind === 'text') {
    const six = await asking.ask(commands.conntrack[6]);
    gathering.put('conntrack.txt', { kind: 'text', text: four.text + (six.kind === 'text' ? six.text : '') });
    return;
  }
  const cat = await asking.ask(commands.catConntrack);
  gathering.put('conntrack.txt', cat.kind === 'none' && cat.noProgram ? four : cat);
}

async function putState(asking: Asking, gathering: Gathering): Promise<void> {
  const sysctls = await asking.askFirst(commands.sysctls, commands.greppedSysctls, commands.catSysctls);
  gathering.put('sysctl.txt', sysctls);
  gathering.put('bridge-link.txt', await asking.ask(commands.bridgePorts));
  const addresses = await asking.ask(commands.addresses);
  if (addresses.kind === 'text') await putRoutes(asking, gathering, addresses);
  else await putProcState(asking, gathering, addresses.reason);
}

async function putRoutes(asking: Asking, gathering: Gathering, addresses: Answer): Promise<void> {
  gathering.put('ip-addr.json', addresses);
  for (const family of [4, 6] as const) {
    gathering.put(commands.routes[family].produces, await asking.ask(commands.routes[family]));
  }
  const [four, six] = [await asking.ask(commands.policyRules[4]), await asking.ask(commands.policyRules[6])];
  gathering.put('ip-rule.json', four.kind === 'text' && six.kind === 'text' ? joined(four, six) : four);
}

/** Without `ip`, or with one that does not print JSON (BusyBox). */
async function putProcState(asking: Asking, gathering: Gathering, why: string): Promise<void> {
  const read = async (command: Command): Promise<string | null> => {
    const answer = await asking.ask(command);
    return answer.kind === 'text' ? answer.text : null;
  };
  const { fibTrie, route, addresses6, route6, devices } = commands.proc;
  const first = await asking.ask(fibTrie);
  const reason = first.kind === 'none' && first.noProgram ? `${why}, nor cat` : why;
  const state = procState(
    {
      fibTrie: first.kind === 'text' ? first.text : null,
      route: await read(route),
      addresses6: await read(addresses6),
      route6: await read(route6),
      devices: await read(devices),
    },
    reason,
  );
  for (const [file, text] of state.files) gathering.files.set(file, text);
  append(gathering.missing, state.missing);
}

/** The reader takes the second list for IPv6's. */
function joined(first: { readonly text: string }, second: { readonly text: string }): Answer {
  return { kind: 'text', text: `${first.text.trimEnd()}\n${second.text.trimEnd()}\n` };
}

/** Rules first, then what they are read with: a saved folder and a list in a view read alike. */
const ORDER = [
  'iptables-save.txt',
  'ip6tables-save.txt',
  'ipset-save.txt',
  'nft.txt',
  'nft.json',
  'ipvsadm-save.txt',
  'ip-addr.json',
  'ip-route.json',
  'ip6-route.json',
  'ip-rule.json',
  'bridge-link.txt',
  'sysctl.txt',
  'conntrack.txt',
];

function inOrder(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1)));
}

function rankOf(file: string): number {
  return ORDER.includes(file) ? ORDER.indexOf(file) : ORDER.length;
}

/** A command of the user's that prints rules and takes no program: nothing else can be had from it. */
export async function collectRulesOnly(asking: Asking, source: RulesSource): Promise<CollectedFiles> {
  const text = await asking.require(commands.rules[4]);
  const reason = `${source.kind === 'command' ? 'your own command' : 'the source'} prints only rules; with {program} in it, it would be asked for the rest too`;
  const { four, six } = splitFamilies(text);
  const files = new Map<string, string>();
  if (four !== '') files.set('iptables-save.txt', four);
  if (six !== '') files.set('ip6tables-save.txt', six);
  const rest = ORDER.filter((file) => !files.has(file) && !NOT_MISSED.includes(file));
  return { takenAt: Date.now(), files, missing: rest.map((file) => ({ file, reason })), warnings: [] };
}

/** Only a node in another mode has them. */
const NOT_MISSED = ['nft.json', 'ipvsadm-save.txt'];

/** `# Generated by ip6tables-save v1.8.9 on …` and what follows is IPv6's, until IPv4's header. */
function splitFamilies(text: string): { readonly four: string; readonly six: string } {
  const parts: Record<'four' | 'six', string> = { four: '', six: '' };
  const starts = [...text.matchAll(/^# Generated by (ip6)?/gm)];
  parts.four = text.slice(0, starts[0]?.index ?? text.length);
  starts.forEach((start, index) => {
    parts[start[1] === undefined ? 'four' : 'six'] += text.slice(start.index, starts[index + 1]?.index);
  });
  return parts;
}
