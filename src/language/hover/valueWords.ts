/** What the words of a value mean: the ends of sentences. */
import { lookup } from '../../text/lookup.ts';

/** `takes a packet that …` */
export const stateWords: Readonly<Record<string, string>> = lookup({
  NEW: 'opens a connection',
  ESTABLISHED: 'belongs to a connection that was answered',
  RELATED: 'belongs to another connection (an ICMP error, FTP data)',
  INVALID: 'belongs to no connection that conntrack knows',
  UNTRACKED: 'was exempted from connection tracking',
  DNAT: 'belongs to a connection whose destination was rewritten',
  SNAT: 'belongs to a connection whose source was rewritten',
});

/** `goes to …` */
export const typeWords: Readonly<Record<string, string>> = lookup({
  LOCAL: 'an address of this node',
  UNICAST: 'a single host elsewhere',
  BROADCAST: 'a broadcast address',
  MULTICAST: 'a multicast group',
});
