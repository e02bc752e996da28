import { option, target, type TargetDefinition } from './definitions.ts';

const random = option('--random', null, 'Source ports are picked at random.');
const randomFully = option('--random-fully', null, 'Source ports are picked wholly at random.');
const persistent = option('--persistent', null, 'A client keeps the same address of the range.');
const toPorts = option('--to-ports', 'natPorts', 'The port, or a range of ports.');

/** extensions/libipt_REJECT.c and libip6t_REJECT.c; each name may be cut short. */
const REASONS = {
  4: (
    'icmp-net-unreachable net-unreach icmp-host-unreachable host-unreach icmp-proto-unreachable proto-unreach ' +
    'icmp-port-unreachable port-unreach icmp-net-prohibited net-prohib icmp-host-prohibited host-prohib ' +
    'icmp-admin-prohibited admin-prohib'
  ).split(' '),
  6: (
    'icmp6-no-route no-route icmp6-adm-prohibited adm-prohibited icmp6-addr-unreachable addr-unreach ' +
    'icmp6-port-unreachable port-unreach icmp6-policy-fail policy-fail icmp6-reject-route reject-route'
  ).split(' '),
};

/** What decides where a packet goes: verdicts, translation, queues. */
export const targetsOfPath: readonly TargetDefinition[] = [
  target('ACCEPT', 'The packet leaves this table and goes on.', []),
  target('DROP', 'The packet is thrown away without a word.', []),
  target('RETURN', 'Back to the rule after the jump; in a built-in chain, the policy decides.', []),
  target('QUEUE', 'A program in user space decides (queue 0).', []),
  target(
    'REJECT',
    'The packet is thrown away and its sender told.',
    [
      option('--reject-with', 'rejectWith', 'What the sender is told.', {
        keywords: [...new Set([...REASONS[4], 'tcp-reset', 'tcp-rst', ...REASONS[6]])],
        familyKeywords: { 4: [...REASONS[4], 'tcp-reset', 'tcp-rst'], 6: [...REASONS[6], 'tcp-reset'] },
      }),
    ],
    { tables: ['filter'], hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
  ),
  target(
    'DNAT',
    'Sends the connection to another address or port.',
    [
      option('--to-destination', 'natDestination', 'The new address, port, or ranges of them.'),
      random,
      persistent,
    ],
    { tables: ['nat'], hooks: ['PREROUTING', 'OUTPUT'], needs: [['--to-destination']] },
  ),
  target(
    'SNAT',
    'Gives the connection another source.',
    [
      option('--to-source', 'natSource', 'The new address, port, or ranges of them.'),
      random,
      randomFully,
      persistent,
    ],
    { tables: ['nat'], hooks: ['INPUT', 'POSTROUTING'], needs: [['--to-source']] },
  ),
  target(
    'MASQUERADE',
    'Gives the connection the address of the interface through which it leaves.',
    [toPorts, random, randomFully],
    { tables: ['nat'], hooks: ['POSTROUTING'] },
  ),
  target('REDIRECT', 'Sends the connection to this host.', [toPorts, random], {
    tables: ['nat'],
    hooks: ['PREROUTING', 'OUTPUT'],
  }),
  target(
    'NETMAP',
    'Maps one network to another of the same size.',
    [option('--to', 'netmap', 'The network to map to.')],
    { tables: ['nat'], hooks: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], needs: [['--to']] },
  ),
  target(
    'TPROXY',
    'Hands the packet to a local socket without changing it.',
    [
      option('--on-port', 'port', 'The port of the socket; 0 keeps that of the packet.'),
      option('--on-ip', 'address', 'The address of the socket.'),
      option('--tproxy-mark', 'mark', 'The mark that the packet gets.'),
    ],
    { tables: ['mangle'], hooks: ['PREROUTING'], protocols: ['tcp', 'udp'], needs: [['--on-port']] },
  ),
  target(
    'NFQUEUE',
    'A program in user space decides.',
    [
      option('--queue-num', 'number16', 'The queue.'),
      option('--queue-balance', 'span16', 'Several queues, shared by connection.'),
      option('--queue-bypass', null, 'The packet goes on where no program listens.'),
      option('--queue-cpu-fanout', null, 'The queue is chosen by processor.', { needs: '--queue-balance' }),
    ],
    { excludes: [['--queue-num', '--queue-balance']] },
  ),
  target(
    'SYNPROXY',
    'Answers the opening of TCP connections for a server.',
    [
      option('--sack-perm', null, 'The server allows selective acknowledgements.'),
      option('--timestamp', null, 'The server uses timestamps.'),
      option('--wscale', 'number32', "The server's window scale."),
      option('--mss', 'number32', "The server's maximum segment size."),
      option('--ecn', null, 'The server knows congestion notification.'),
    ],
    { hooks: ['INPUT', 'FORWARD'], protocols: ['tcp'], terminal: 'sometimes' },
  ),
  target(
    'CLUSTERIP',
    'Shares an address among several hosts.',
    [
      option('--new', null, 'Makes a new one.'),
      option('--hashmode', 'keyword', 'What the share is worked out from.', {
        keywords: ['sourceip', 'sourceip-sourceport', 'sourceip-sourceport-destport'],
      }),
      option('--clustermac', 'mac', 'The hardware address that they share.'),
      option('--total-nodes', 'number16', 'How many hosts there are.'),
      option('--local-node', 'number16', 'The number of this one.'),
      option('--hash-init', 'number32', 'The seed of the hash.'),
    ],
    { families: [4], hooks: ['INPUT'], terminal: 'sometimes' },
  ),
];
