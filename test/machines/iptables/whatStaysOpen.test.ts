/** docs/what-stays-open.md names every match and target that a trace cannot answer, and none that it can. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type {
  OptionDefinition,
  TargetDefinition,
  ValueKind,
} from '../../../src/rules/iptables/catalogue/definitions.ts';
import { matchDefinitions } from '../../../src/rules/iptables/catalogue/matches.ts';
import { targetDefinitions } from '../../../src/rules/iptables/catalogue/targets.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles } from '../../kernel/fixtures.ts';

/** A value that is right, of each kind. */
const VALUES: Readonly<Partial<Record<ValueKind, string>>> = {
  span16: '0:3',
  text: 'word',
  chain: 'CHAIN',
  limitBurst: '5',
  protocol: 'tcp',
  interface: 'eth0',
  address: '192.0.2.1',
  addressRange: '192.0.2.1-192.0.2.9',
  network: '192.0.2.0/24',
  netmap: '192.0.2.0/24',
  mark: '0x1/0x1',
  markSet: '0x1/0x1',
  probability: '0.5',
  conntrackStates: 'NEW',
  trackedStates: 'NEW',
  conntrackStatuses: 'ASSURED',
  tcpFlags: 'SYN',
  icmpType: '8',
  icmpv6Type: '128',
  rate: '5/sec',
  hashRate: '5/sec',
  dscp: '0x0a',
  dscpClass: 'EF',
  tos: '0x10',
  tosSet: '0x10/0xff',
  natDestination: '192.0.2.1:80',
  natSource: '192.0.2.1',
  natPorts: '80',
  owner: '0',
  addressTypes: 'LOCAL',
  packetType: 'unicast',
  mac: '02:00:00:00:00:01',
  rejectWith: 'icmp-port-unreachable',
};

/** Values of forms of their own, and options that stand only together with others. */
const WORDS: Readonly<Record<string, string>> = {
  '--connbytes': '1:2 --connbytes-dir both --connbytes-mode packets',
  '--connbytes-dir': 'both --connbytes 1:2 --connbytes-mode packets',
  '--connbytes-mode': 'packets --connbytes 1:2 --connbytes-dir both',
  '--connlimit-mask': '24 --connlimit-above 1',
  '--connlimit-saddr': '--connlimit-above 1',
  '--connlimit-daddr': '--connlimit-above 1',
  '--u32': '6&0xFF=6',
  '--bytecode': '"1,6 0 0 1"',
  '--cluster-total-nodes': '2 --cluster-local-node 1 --cluster-hash-seed 1',
  '--cluster-local-node': '1 --cluster-total-nodes 2 --cluster-hash-seed 1',
  '--cluster-local-nodemask': '1 --cluster-total-nodes 2 --cluster-hash-seed 1',
  '--cluster-hash-seed': '1 --cluster-total-nodes 2 --cluster-local-node 1',
  '--header': 'frag',
  '--soft': '--header frag',
  '--chunk-types': 'any INIT',
  '--mode': 'random --probability 0.5',
  '--packet': '1 --every 2 --mode nth',
  '--hashlimit-burst': '5',
  '--hashlimit-rate-interval': '5',
  '--hashlimit-srcmask': '24',
  '--hashlimit-dstmask': '24',
  '--match-set': 'known src',
  '--add-set': 'known src',
  '--del-set': 'known src',
  '--map-set': 'known src --map-mark',
  '--return-nomatch': '--match-set known src',
  '--update-counters': '--match-set known src',
  '--update-subcounters': '--match-set known src',
  '--tcp-flags': 'SYN SYN',
  '--datestart': '2020-01-01',
  '--datestop': '2030-01-01',
  '--timestart': '01:00',
  '--timestop': '02:00',
  '--monthdays': '1',
  '--weekdays': 'Mon',
  '--src-group': '5',
  '--dst-group': '5',
  '--realm': '5',
  '--suppl-groups': '--gid-owner 0',
  '--hmark-tuple': 'src,dst --hmark-mod 3 --hmark-rnd 5',
  '--hmark-src-prefix': '24 --hmark-tuple src --hmark-mod 3 --hmark-rnd 5',
  '--hmark-dst-prefix': '24 --hmark-tuple dst --hmark-mod 3 --hmark-rnd 5',
  '--src-pfx': '2001:db8:1::/64 --dst-pfx 2001:db8:2::/64',
  '--dst-pfx': '2001:db8:2::/64 --src-pfx 2001:db8:1::/64',
  '--zone': '5',
  '--zone-orig': '5',
  '--zone-reply': '5',
  '--ctevents': 'new',
  '--expevents': 'new',
  '--nfmask': '0xff --save-mark',
  '--ctmask': '0xff --save-mark',
  '--left-shift-mark': '2 --set-xmark 0x1/0x1',
  '--right-shift-mark': '2 --set-xmark 0x1/0x1',
};
/** Options that are no rule without one of these. */
const WITH: Readonly<Record<string, string>> = {
  recent: '--rcheck',
  HMARK: '--hmark-tuple src --hmark-mod 3 --hmark-rnd 5',
  hashlimit: '--hashlimit-upto 5/sec --hashlimit-name x',
  set: '--match-set known src',
  connlabel: '--label 1',
  DNAT: '--to-destination 192.0.2.1',
  SNAT: '--to-source 192.0.2.1',
  CLASSIFY: '--set-class 1:2',
  CONNMARK: '--set-xmark 0x1/0x1',

  statistic: '--mode random --probability 0.5',
};

interface Extension {
  readonly name: string;
  readonly options: readonly OptionDefinition[];
  readonly protocols: readonly string[] | null;
  readonly families: readonly (4 | 6)[];
  readonly tables: readonly string[] | null;
  readonly hooks: readonly string[] | null;
}

function optionText({ name, kind, keywords, values }: OptionDefinition, owner: string): string {
  const given = WORDS[name];
  const number =
    kind !== null && /^(?:number|positive|range|port|orderedPort|segment)/.test(kind) ? '5' : null;
  const one = given ?? keywords[0] ?? (kind === null ? '' : (number ?? VALUES[kind] ?? 'word'));
  const more = given === undefined && values > 1 ? ` ${one}` : '';
  const before = WITH[owner] ?? '';
  return before.split(' ').includes(name) ? before : `${before} ${name} ${one}${more}`.trim();
}

const FILES = { ...labFiles, 'ipset-save.txt': 'create known hash:ip family inet\nadd known 198.51.100.7' };

/** A packet of which everything is known that a flow can say. */
function packetOf(family: 4 | 6, protocol: string, hook: string): Flow {
  const text = `${hook === 'OUTPUT' ? 'node' : 'client'} > 10.244.1.5:80 ${protocol}`;
  const made = flow(hook === 'INPUT' ? text.replace('10.244.1.5', '192.168.0.2') : text, {
    ...(hook === 'OUTPUT' ? {} : { sourceMac: '02:00:00:00:00:01' }),
    listeners: [],
    queues: [],
    clock: { utc: '2026-11-29T12:00:00Z', minutesWest: 0 },
    packet: { length: 200 },
    ...(hook === 'OUTPUT' ? { from: { uid: 0, gid: 0 } } : {}),
  });
  if (family === 4) return made;
  const to = hook === 'INPUT' ? 'fd00:192:168::2' : 'fd00:10:244:1::5';
  const from = hook === 'OUTPUT' ? 'fd00:192:168::2' : '2001:db8::7';
  return { ...made, family, from: { ...made.from, address: from }, to: { ...made.to, address: to } };
}

const NUMBERS: Readonly<Record<string, string>> = {
  ah: '51',
  esp: '50',
  ipcomp: '108',
  mh: '135',
  dccp: '33',
  udplite: '136',
  icmpv6: 'icmp',
};

/** Whether a trace leaves the rule’s meaning open. */
function isOpen(extension: Extension, words: string, kind: 'match' | 'target'): boolean {
  const family = extension.families.includes(4) ? 4 : 6;
  const protocol = extension.protocols?.[0] ?? (extension.name === 'ah' ? 'ah' : 'tcp');
  const hook = extension.hooks?.[0] ?? (extension.name === 'cgroup' ? 'OUTPUT' : 'FORWARD');
  const table = extension.tables?.[0] ?? (hook === 'INPUT' || hook === 'FORWARD' ? 'filter' : 'mangle');
  const chain = table === 'raw' && hook === 'FORWARD' ? 'PREROUTING' : hook;
  const packet = packetOf(family, NUMBERS[protocol] ?? protocol, chain);
  const flag = kind === 'match' ? '-m' : '-j';
  const rule = `-A ${chain} -p ${protocol} ${flag} ${extension.name} ${words}`;
  const rules = dump({ [table]: [rule] }).replaceAll(
    'iptables-save',
    family === 6 ? 'ip6tables-save' : 'iptables-save',
  );
  return engineOf(rules, FILES, family)
    .trace(packet)
    .assumptions.some(({ code }) => code === 'match-unknown' || code === 'target-unknown');
}

function openOf(extension: Extension, kind: 'match' | 'target'): readonly string[] {
  const flag = kind === 'match' ? '-m' : '-j';
  const whole = `${flag} ${extension.name}`;
  if (extension.options.length === 0) return isOpen(extension, '', kind) ? [whole] : [];
  const open = extension.options.filter((option) =>
    isOpen(extension, optionText(option, extension.name), kind),
  );
  return open.length === extension.options.length ? [whole] : open.map(({ name }) => `${whole} ${name}`);
}

const targets: readonly TargetDefinition[] = targetDefinitions;

test('the page lists what a trace leaves open, and nothing else', () => {
  const page = readFileSync(new URL('../../../docs/what-stays-open.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(-[mj] [^`]+)` \|/gm)].map(([, name = '']) => name);
  const open = [
    ...matchDefinitions.flatMap((match) => openOf(match, 'match')),
    ...targets.flatMap((target) => openOf(target, 'target')),
  ];
  expect(listed.toSorted()).toEqual(open.toSorted());
});
