/** Whole rules and parts of rules that people write again and again, with tab stops. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import type { Candidate } from './candidates.ts';

interface Snippet {
  readonly name: string;
  readonly what: string;
  /** Behind `-A CHAIN `. */
  readonly body: string;
  readonly tables: readonly string[];
  /** The chain of the kernel that a whole rule is offered for. */
  readonly chain: string;
}

const FILTERS = ['filter', 'mangle', 'raw', 'security'];

const snippets: readonly Snippet[] = [
  {
    name: 'accept established',
    what: 'Lets answers through: packets of connections that were allowed.',
    body: '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    tables: ['filter'],
    chain: 'INPUT',
  },
  {
    name: 'drop invalid',
    what: 'Drops packets that conntrack knows no connection for.',
    body: '-m conntrack --ctstate INVALID -j DROP',
    tables: ['filter', 'mangle'],
    chain: 'INPUT',
  },
  {
    name: 'accept loopback',
    what: 'Lets programs of this host talk to each other.',
    body: '-i lo -j ACCEPT',
    tables: ['filter'],
    chain: 'INPUT',
  },
  {
    name: 'accept port',
    what: 'Lets new connections to a port through.',
    body: '-p ${1|tcp,udp,sctp|} -m $1 --dport ${2:22} -m conntrack --ctstate NEW -j ACCEPT',
    tables: ['filter'],
    chain: 'INPUT',
  },
  {
    name: 'accept ping',
    what: 'Lets echo requests through.',
    body: '-p icmp -m icmp --icmp-type echo-request -j ACCEPT',
    tables: ['filter'],
    chain: 'INPUT',
  },
  {
    name: 'reject',
    what: 'Refuses, and tells the sender at once.',
    body: '-j REJECT --reject-with ${1|icmp-port-unreachable,icmp-admin-prohibited,icmp-host-prohibited|}',
    tables: ['filter'],
    chain: 'INPUT',
  },
  {
    name: 'log with a limit',
    what: 'Writes to the kernel log, a few packets a minute at most.',
    body: '-m limit --limit ${1:5}/minute -j LOG --log-prefix "${2:dropped }"',
    tables: FILTERS,
    chain: 'INPUT',
  },
  {
    name: 'DNAT to another host',
    what: 'Sends connections to a port on to another address.',
    body: '-d ${1:192.0.2.1}/32 -p tcp -m tcp --dport ${2:80} -j DNAT --to-destination ${3:10.0.0.5}:${4:8080}',
    tables: ['nat'],
    chain: 'PREROUTING',
  },
  {
    name: 'redirect to a port',
    what: 'Sends connections to a port to another one of this host.',
    body: '-p tcp -m tcp --dport ${1:80} -j REDIRECT --to-ports ${2:8080}',
    tables: ['nat'],
    chain: 'PREROUTING',
  },
  {
    name: 'masquerade',
    what: 'Gives what leaves through an interface its address.',
    body: '-s ${1:10.0.0.0/8} -o ${2:eth0} -j MASQUERADE',
    tables: ['nat'],
    chain: 'POSTROUTING',
  },
  {
    name: 'clamp MSS',
    what: 'Lowers the segment size of TCP to what the path takes.',
    body: '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    tables: ['mangle'],
    chain: 'FORWARD',
  },
  {
    name: 'set mark',
    what: 'Sets a bit of the mark.',
    body: '-j MARK --set-xmark ${1:0x1}/${1:0x1}',
    tables: ['mangle', 'nat', 'raw'],
    chain: 'PREROUTING',
  },
  {
    name: 'comment',
    what: 'A note for the reader.',
    body: '-m comment --comment "${1:note}" ',
    tables: [...FILTERS, 'nat'],
    chain: 'OUTPUT',
  },
];

/** IPv6 has other names for the same. */
const FOR_6: readonly (readonly [string, string])[] = [
  ['-p icmp -m icmp --icmp-type', '-p ipv6-icmp -m icmp6 --icmpv6-type'],
  [
    'icmp-port-unreachable,icmp-admin-prohibited,icmp-host-prohibited',
    'icmp6-port-unreachable,icmp6-adm-prohibited',
  ],
  ['192.0.2.1}/32', '2001:db8::1}/128'],
  ['${3:10.0.0.5}', '[${3:fd00::5}]'],
  ['10.0.0.0/8', 'fd00::/8'],
];

/** Of a table; behind `-A CHAIN`, or for a whole line. */
export function snippetsOf(
  table: { readonly name: string; readonly family: 4 | 6 | null },
  isLine: boolean,
): readonly Candidate[] {
  return snippets
    .filter(({ tables }) => tables.includes(table.name))
    .filter(({ chain }) => !isLine || builtInChains.get(table.name)?.has(chain) === true)
    .map(({ name, what, body, chain }) => {
      const own =
        table.family === 6 ? FOR_6.reduce((text, [four, six]) => text.replace(four, six), body) : body;
      return {
        text: name,
        kind: CompletionItemKind.Snippet,
        detail: what,
        snippet: isLine ? `-A \${9:${chain}} ${own}` : own,
      };
    });
}
