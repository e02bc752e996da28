/**
 * What nftables mode would do otherwise with the Services of a node, as far as its virtual servers show it: pkg/proxy/nftables
 * against pkg/proxy/ipvs of 1.36, and what packets of both were seen to do.
 */
import type { Member } from '../../modes/ipvs/groups.ts';
import { either, plural } from '../../narrative/words.ts';

/** Sentences, the first of them always there. */
export function moveWords(members: readonly Member[]): string {
  return [
    'With nftables mode no Service address is an address of this node any more: kube-ipvs0 goes.',
    ofSchedulers(members),
    ofNodePorts(members),
    ofLocalPolicy(members),
    ofAffinity(members),
  ]
    .filter((each) => each !== '')
    .join(' ');
}

/** nftables mode picks at random (numgen random mod N), as iptables mode does. */
function ofSchedulers(members: readonly Member[]): string {
  const used = new Set(members.flatMap(({ server }) => server.scheduler ?? []));
  const names = [...used].toSorted();
  if (names.length === 0) return '';
  const kept = used.has('sh') || used.has('mh') ? ', so that a client is no longer held by its address' : '';
  return `Endpoints are picked at random, and no longer by ${either(names, 'and')}${kept}.`;
}

/** `--nodeport-addresses` is by default the node's primary addresses alone in nftables mode, and all in IPVS mode. */
function ofNodePorts(members: readonly Member[]): string {
  const addresses = [
    ...new Set(members.flatMap(({ kind, address }) => (kind === 'nodePort' ? (address ?? []) : []))),
  ];
  if (addresses.length < 2) return '';
  return `Node ports, here at ${either(addresses.slice(0, 5), 'and')}${addresses.length > 5 ? ' …' : ''}, are by default taken at the node’s primary addresses alone (--nodeport-addresses).`;
}

function ofLocalPolicy(members: readonly Member[]): string {
  const ends = members.filter(({ isLocal }) => isLocal);
  if (ends.length === 0) return '';
  return `Where the external traffic policy is Local and no endpoint is here, packets are dropped instead of sent to other nodes (${plural(ends.length, 'virtual server')} with that policy).`;
}

/** A template is of one virtual server; nftables mode has one set of clients for each endpoint of a Service port. */
function ofAffinity(members: readonly Member[]): string {
  const held = members.filter(({ server }) => server.persistence !== null);
  return held.length === 0
    ? ''
    : 'A client with session affinity keeps its endpoint over all addresses of a Service port, and not for each by itself.';
}
