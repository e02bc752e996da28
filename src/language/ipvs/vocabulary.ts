/** What words of ipvsadm mean: ipvsadm(8), net/netfilter/ipvs/. */
import type { Forwarding } from '../../rules/ipvs/nodes.ts';

export const schedulerMeanings: ReadonlyMap<string, string> = new Map([
  ['rr', 'the servers get new connections in turn, whatever their weights'],
  ['wrr', 'the servers get new connections in turn, one of a greater weight more often'],
  ['lc', 'a new connection goes to the server that has the fewest'],
  ['wlc', 'a new connection goes to the server that has the fewest for its weight'],
  [
    'sed',
    'a new connection goes to the server that will have the fewest active ones for its weight, the new one counted',
  ],
  ['nq', 'a new connection goes to a server that has none, else as by sed'],
  ['sh', 'a hash of the client’s address chooses the server'],
  ['dh', 'a hash of the address that is asked for chooses the server'],
  ['mh', 'a Maglev hash of the client’s address chooses the server'],
  ['lblc', 'connections to one address keep one server, until it has too many'],
  ['lblcr', 'connections to one address keep a set of servers, of which the one with the fewest takes them'],
  ['fo', 'the server of the greatest weight gets all'],
  ['ovf', 'the server of the greatest weight gets all, until it has as many as that'],
  ['twos', 'of two servers that are drawn by weight the one with fewer connections takes a new one'],
]);

/** Null of one that is not known. */
export function schedulerMeaning(scheduler: string): string | null {
  return schedulerMeanings.get(scheduler) ?? null;
}

export const forwardingMeanings: Readonly<Record<Forwarding, string>> = {
  masq: 'Packets get its address and port as their destination (masquerading); answers come back through this node.',
  route:
    'Packets keep their destination and are sent to it as they are (direct routing); it answers the client itself.',
  tunnel: 'Packets are sent to it within others (IP in IP); it answers the client itself.',
};

/** An option of `-A` or `-a` as `ipvsadm -S` writes it. */
export interface OptionOf {
  readonly name: string;
  /** Of which of the two; both where a virtual server is named. */
  readonly of: 'service' | 'server' | 'both';
  readonly means: string;
}

export const commandOptions: readonly OptionOf[] = [
  { name: '-t', of: 'both', means: 'the virtual server is this address and port of TCP' },
  { name: '-u', of: 'both', means: 'the virtual server is this address and port of UDP' },
  { name: '--sctp-service', of: 'both', means: 'the virtual server is this address and port of SCTP' },
  { name: '-f', of: 'both', means: 'the virtual server is whatever bears this mark' },
  { name: '-s', of: 'service', means: 'the scheduler, which chooses a server for a new connection' },
  {
    name: '-p',
    of: 'service',
    means: 'a client keeps its server for so many seconds; 300 where none are said',
  },
  { name: '-M', of: 'service', means: 'clients of one such network count as one' },
  { name: '-b', of: 'service', means: 'flags of the scheduler' },
  { name: '-o', of: 'service', means: 'each packet of UDP is scheduled by itself' },
  { name: '--pe', of: 'service', means: 'what of a packet tells which server it is held to' },
  { name: '-r', of: 'server', means: 'the server, with its port' },
  { name: '-m', of: 'server', means: 'masquerading: the packet gets the server’s address' },
  { name: '-g', of: 'server', means: 'direct routing: the packet is sent as it is' },
  { name: '-i', of: 'server', means: 'tunnel: the packet is sent within another' },
  { name: '-w', of: 'server', means: 'the weight; 0 takes no new connections' },
  { name: '-x', of: 'server', means: 'with so many connections the server takes no more' },
  { name: '-y', of: 'server', means: 'with fewer connections than these it takes some again' },
];

/** Of `-b` (ipvsadm(8)). */
export const schedulerFlags: readonly string[] = [
  'sh-fallback',
  'sh-port',
  'mh-fallback',
  'mh-port',
  'flag-1',
  'flag-2',
  'flag-3',
];
