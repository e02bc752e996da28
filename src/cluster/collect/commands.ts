/**
 * Every command line that this product may ever run on a node, as values: what to run, which file of the snapshot it
 * makes, and how its output is read. Nothing here runs anything. No word holds what a shell would read, so that a user's
 * own command may go through one (`ssh node sudo iptables-save -c`).
 */
import { checkRules } from './ruleText.ts';

/** What a program gave, as text. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** `reason`: the end of a sentence whose subject is the command ("ended with code 1: …"). */
export type Parsed =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unusable'; readonly reason: string };

/** A command line and the reader of its output; `parse` throws nothing. */
export interface Command {
  /** `iptables-save`; unique. */
  readonly id: string;
  readonly argv: readonly string[];
  /** The snapshot's file that it makes, or a part of it. */
  readonly produces: string;
  parse(output: CommandOutput): Parsed;
}

/** Sysctls that the engine asks for by a fixed name; those of an interface need `sysctl` or `grep`. */
const SYSCTL_FILES: readonly string[] = [
  'ipv4/ip_forward',
  ...['all', 'default', 'lo'].flatMap((name) =>
    [
      'accept_local',
      'bc_forwarding',
      'forwarding',
      'route_localnet',
      'rp_filter',
      'send_redirects',
      'src_valid_mark',
    ].map((setting) => `ipv4/conf/${name}/${setting}`),
  ),
  'ipv6/conf/all/forwarding',
  'ipv6/conf/default/forwarding',
  'bridge/bridge-nf-call-iptables',
  'bridge/bridge-nf-call-ip6tables',
  'netfilter/nf_conntrack_count',
  'netfilter/nf_conntrack_max',
  'netfilter/nf_conntrack_tcp_be_liberal',
  'netfilter/nf_conntrack_tcp_loose',
].map((name) => `/proc/sys/net/${name}`);

function failed({ stderr, exitCode }: CommandOutput): Parsed {
  const words = firstLine(stderr);
  return { kind: 'unusable', reason: `ended with code ${exitCode}${words === '' ? '' : `: ${words}`}` };
}

/** The first line that says something, cut to a readable length. */
function firstLine(text: string): string {
  const line = text
    .slice(0, 4096)
    .split('\n')
    .find((each) => each.trim() !== '');
  return (line ?? '').trim().slice(0, 300);
}

/** As the program printed it; what it may say of another backend stands on stderr, where a terminal shows it too. */
function parseRules(output: CommandOutput): Parsed {
  if (output.exitCode !== 0) return failed(output);
  const checked = checkRules(output.stdout);
  if (checked.kind === 'broken') return { kind: 'unusable', reason: checked.reason };
  const warnings = output.stderr
    .split('\n')
    .filter((line) => line.startsWith('# Warning: ') && !output.stdout.includes(line))
    .map((line) => `${line}\n`);
  return { kind: 'text', text: output.stdout + warnings.join('') };
}

function parseText(output: CommandOutput): Parsed {
  return output.exitCode === 0 ? { kind: 'text', text: output.stdout } : failed(output);
}

/** `ip -j` prints nothing at all for an empty list in some releases. */
function parseJson(output: CommandOutput): Parsed {
  if (output.exitCode !== 0) return failed(output);
  const text = output.stdout.trim() === '' ? '[]\n' : output.stdout;
  const opening = text.trimStart()[0];
  if (opening === '[' || opening === '{') return { kind: 'text', text };
  return { kind: 'unusable', reason: `printed no JSON, but "${firstLine(text).slice(0, 60)}"` };
}

/** Keeps `net.*`: all that a trace asks for. Programs that may not read a file say so and go on. */
function parseSysctls(output: CommandOutput): Parsed {
  const lines = output.stdout.split('\n').filter((line) => line.startsWith('net.'));
  return lines.length === 0 ? failed(output) : { kind: 'text', text: `${lines.join('\n')}\n` };
}

/** `/proc/sys/net/ipv4/conf/eth0.100/rp_filter:1` → `net.ipv4.conf.eth0/100.rp_filter = 1`, as `sysctl` prints it. */
function parseGreppedSysctls(output: CommandOutput): Parsed {
  const lines = output.stdout.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    const name = line.startsWith('/proc/sys/net/') && colon !== -1 ? line.slice(0, colon) : null;
    return name === null ? [] : [`${sysctlName(name)} = ${line.slice(colon + 1)}`];
  });
  return lines.length === 0 ? failed(output) : { kind: 'text', text: `${lines.join('\n')}\n` };
}

/** `/proc/sys/net/ipv4/ip_forward` → `net.ipv4.ip_forward` */
function sysctlName(path: string): string {
  const parts = path.slice('/proc/sys/'.length).split('/');
  return parts.map((part) => part.replaceAll('.', '/')).join('.');
}

/** One line a file, in their order; those that are not there are named on stderr instead. */
function parseCatSysctls(output: CommandOutput): Parsed {
  const there = SYSCTL_FILES.filter((path) => !output.stderr.includes(path));
  const values = output.stdout.split('\n').filter((line) => line !== '');
  if (there.length === 0) return failed(output);
  if (values.length !== there.length) {
    return { kind: 'unusable', reason: `printed ${values.length} values of ${there.length} files` };
  }
  const lines = there.map((path, index) => `${sysctlName(path)} = ${values[index] ?? ''}\n`);
  return { kind: 'text', text: lines.join('') };
}

/** A table that holds nothing is one, too. */
function parseConntrack(output: CommandOutput): Parsed {
  return parseText(output);
}

function command(produces: string, argv: readonly string[], parse: Command['parse']): Command {
  return { id: argv.join(' '), argv, produces, parse };
}

/** By what they are for; `allowedCommands` is the list of them all. */
export const commands = {
  rules: {
    4: command('iptables-save.txt', ['iptables-save', '-c'], parseRules),
    6: command('ip6tables-save.txt', ['ip6tables-save', '-c'], parseRules),
  },
  /** A backend by its own name, for where the plain name answers for the other. */
  backends: {
    legacy: {
      4: command('iptables-legacy-save.txt', ['iptables-legacy-save', '-c'], parseRules),
      6: command('ip6tables-legacy-save.txt', ['ip6tables-legacy-save', '-c'], parseRules),
    },
    nft: {
      4: command('iptables-nft-save.txt', ['iptables-nft-save', '-c'], parseRules),
      6: command('ip6tables-nft-save.txt', ['ip6tables-nft-save', '-c'], parseRules),
    },
  },
  ipsets: command('ipset-save.txt', ['ipset', 'save'], parseText),
  nftTables: command('nft.txt', ['nft', 'list', 'tables'], parseText),
  nft: command('nft.txt', ['nft', 'list', 'ruleset'], parseText),
  nftJson: command('nft.json', ['nft', '-j', 'list', 'ruleset'], parseJson),
  ipvs: command('ipvsadm-save.txt', ['ipvsadm', '-Sn'], parseText),
  addresses: command('ip-addr.json', ['ip', '-j', 'addr'], parseJson),
  routes: {
    4: command('ip-route.json', ['ip', '-j', 'route', 'show', 'table', 'all'], parseJson),
    6: command('ip6-route.json', ['ip', '-j', '-6', 'route', 'show', 'table', 'all'], parseJson),
  },
  policyRules: {
    4: command('ip-rule.json', ['ip', '-j', 'rule'], parseJson),
    6: command('ip-rule.json', ['ip', '-j', '-6', 'rule'], parseJson),
  },
  bridgePorts: command('bridge-link.txt', ['bridge', '-d', 'link'], parseText),
  sysctls: command('sysctl.txt', ['sysctl', '-a'], parseSysctls),
  greppedSysctls: command('sysctl.txt', ['grep', '-rs', '.', '/proc/sys/net'], parseGreppedSysctls),
  catSysctls: command('sysctl.txt', ['cat', ...SYSCTL_FILES], parseCatSysctls),
  conntrack: {
    4: command('conntrack.txt', ['conntrack', '-L', '-f', 'ipv4'], parseConntrack),
    6: command('conntrack.txt', ['conntrack', '-L', '-f', 'ipv6'], parseConntrack),
  },
  catConntrack: command('conntrack.txt', ['cat', '/proc/net/nf_conntrack'], parseConntrack),
  /** What stands in for `ip` where that is not installed. */
  proc: {
    fibTrie: command('ip-route.json', ['cat', '/proc/net/fib_trie'], parseText),
    route: command('ip-route.json', ['cat', '/proc/net/route'], parseText),
    addresses6: command('ip-addr.json', ['cat', '/proc/net/if_inet6'], parseText),
    route6: command('ip6-route.json', ['cat', '/proc/net/ipv6_route'], parseText),
    devices: command('ip-addr.json', ['cat', '/proc/net/dev'], parseText),
  },
} as const;

/** All of them: the audit test takes an exec of any other argv for a defect. */
export const allowedCommands: readonly Command[] = [
  ...Object.values(commands.rules),
  ...Object.values(commands.backends.legacy),
  ...Object.values(commands.backends.nft),
  commands.ipsets,
  commands.nftTables,
  commands.nft,
  commands.nftJson,
  commands.ipvs,
  commands.addresses,
  ...Object.values(commands.routes),
  ...Object.values(commands.policyRules),
  commands.bridgePorts,
  commands.sysctls,
  commands.greppedSysctls,
  commands.catSysctls,
  ...Object.values(commands.conntrack),
  commands.catConntrack,
  ...Object.values(commands.proc),
];
