/** Entries that kube-proxy's ipsets lack: addresses of virtual servers, node ports, and endpoints of this node that connect to themselves. */
import { inferArrival } from '../../../kernel/arrival.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { formatAddress } from '../../../values/address.ts';
import { entryOf, isListed, isNodePort, type Member, placeOf } from '../../modes/ipvs/groups.ts';
import { ProxySets } from '../../modes/ipvs/sets.ts';
import { plural } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { nameOf, type VirtualServerParts } from './parts.ts';

/** Of virtual servers of kube-proxy, where its sets are known. */
export function missingEntries(members: readonly Member[], parts: VirtualServerParts): readonly Finding[] {
  const sets = new ProxySets(parts.node);
  const known = members.filter(({ family }) => sets.isKnown(family));
  return [
    ...unlisted(known, sets, parts),
    ...unlistedPorts(known, sets, parts),
    ...hairpins(known, sets, parts),
  ];
}

function unlisted(
  members: readonly Member[],
  sets: ProxySets,
  parts: VirtualServerParts,
): readonly Finding[] {
  return members.flatMap((member) => {
    const { address } = member;
    const holder = parts.node.interfaces?.get('kube-ipvs0');
    if (address === null || holder === undefined) return [];
    if (!holder.addresses.some((each) => formatAddress(each.address) === address)) return [];
    const end = { ...member, address };
    if (isListed(end, sets)) return [];
    const entry = entryOf(end);
    const service = nameOf(member, parts.catalog);
    return [
      ruleFinding({
        code: 'ipset-entry-missing',
        at: placeOf(member),
        service,
        message: `No set of kube-proxy has ${entry}, where it has a virtual server${service === null ? '' : ` for ${service}`}: its rules take such packets for those of no Service. They are not masqueraded, and from 1.27 on KUBE-IPVS-FILTER rejects them where they come from pods and other machines. Restart kube-proxy on the node, which writes the sets anew, and find who changes them.`,
      }),
    ];
  });
}

/** Numbers of node ports by the objects that no set has; where the traffic policy is Local nothing would be masqueraded anyway. */
function unlistedPorts(
  members: readonly Member[],
  sets: ProxySets,
  { catalog }: VirtualServerParts,
): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const member of members) {
    const { family, protocol, port, address } = member;
    const owner = catalog.ofRule(placeOf(member));
    const isMeant = owner?.spec?.nodePort === port && owner.object?.externalTrafficPolicy !== 'Local';
    if (member.kind !== 'nodePort' || address === null || !isMeant) continue;
    const key = `${family} ${protocol} ${port}`;
    if (found.has(key) || isNodePort({ ...member, address }, sets)) continue;
    found.set(
      key,
      ruleFinding({
        code: 'ipset-entry-missing',
        at: placeOf(member),
        service: owner.name,
        message: `No set of kube-proxy has ${port}/${protocol.toUpperCase()}, a node port of ${owner.name}: what comes there is not masqueraded, so that endpoints of other nodes answer past this node, and clients outside wait in vain. Restart kube-proxy on the node, which writes the sets anew, and find who changes them.`,
      }),
    );
  }
  return [...found.values()];
}

/** One for each Service port. */
function hairpins(
  members: readonly Member[],
  sets: ProxySets,
  parts: VirtualServerParts,
): readonly Finding[] {
  const absent = members.flatMap((member) =>
    member.server.servers.flatMap((server) => {
      const { family, protocol } = member;
      const { address, port } = server;
      const text = formatAddress(address);
      const isLocal = inferArrival(parts.node, family, address).kind === 'pod' && server.weight !== 0;
      const entry = `${text},${protocol}:${port},${text}`;
      return isLocal && !sets.has(family, 'LOOP-BACK', entry) ? [{ member, server, entry }] : [];
    }),
  );
  const named = groupBy(absent, ({ member }) => parts.catalog.ofRule(placeOf(member))?.name ?? member.name);
  return [...named].flatMap(([title, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { member, server, entry } = first;
    const entries = new Set(own.map((each) => each.entry)).size;
    return [
      ruleFinding({
        code: 'hairpin-unmasked',
        at: { ...placeOf(member), span: { start: server.start, end: server.end } },
        service: nameOf(member, parts.catalog),
        message: `Set KUBE-LOOP-BACK does not have ${entry}${entries > 1 ? `, nor ${plural(entries - 1, 'other endpoint')} of this node` : ''}: when an endpoint of ${title} connects to its own Service and is balanced to itself, it gets a packet from its own address and drops it; such connections hang now and then. Restart kube-proxy on the node, which writes the sets anew.`,
      }),
    ];
  });
}
