/** Entries that kube-proxy's ipsets lack: addresses of virtual servers, node ports, and endpoints of this node that connect to themselves. */
import { inferArrival } from '../../../kernel/arrival.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { formatAddress } from '../../../values/address.ts';
import { entryOf, isListed, isNodePort, type Member, placeOf } from '../../modes/ipvs/groups.ts';
import { ProxySets, setName } from '../../modes/ipvs/sets.ts';
import { firstFew, plural } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { nameOf, type VirtualServerParts } from './parts.ts';

/** An entry that a set lacks. */
interface Lacking {
  readonly member: Member;
  /** `10.96.0.1,tcp:443`, `30080/TCP` */
  readonly entry: string;
  /** `shop/web:http`; null where nothing names it. */
  readonly service: string | null;
}

/** What such a set is for. */
interface Purpose {
  /** `CLUSTER-IP`: what stands empty where somebody has flushed it. */
  readonly set: (member: Member) => string;
  /** What is so of one: a clause. */
  readonly says: (lacking: Lacking) => string;
  /** What comes of it. */
  readonly so: string;
}

/** Of virtual servers of kube-proxy, where its sets are known. */
export function missingEntries(members: readonly Member[], parts: VirtualServerParts): readonly Finding[] {
  const sets = new ProxySets(parts.node);
  const known = members.filter(({ family }) => sets.isKnown(family));
  return [
    ...told(unlisted(known, sets, parts), ADDRESSES, sets),
    ...told(unlistedPorts(known, sets, parts), NODE_PORTS, sets),
    ...hairpins(known, sets, parts),
  ];
}

const RESTART = 'Restart kube-proxy on the node, which writes the sets anew';

const ADDRESSES: Purpose = {
  set: () => 'CLUSTER-IP',
  says: ({ entry, service }) =>
    `No set of kube-proxy has ${entry}, where it has a virtual server${service === null ? '' : ` for ${service}`}`,
  so: `its rules take such packets for those of no Service. They are not masqueraded, and from 1.27 on KUBE-IPVS-FILTER rejects them where they come from pods and other machines. ${RESTART}, and find who changes them.`,
};

const NODE_PORTS: Purpose = {
  set: ({ protocol }) =>
    protocol === 'sctp' ? 'NODE-PORT-SCTP-HASH' : `NODE-PORT-${protocol.toUpperCase()}`,
  says: ({ entry, service }) => `No set of kube-proxy has ${entry}, a node port of ${service ?? 'a Service'}`,
  so: `what comes there is not masqueraded, so that endpoints of other nodes answer past this node, and clients outside wait in vain. ${RESTART}, and find who changes them.`,
};

/** One for each, but one for all that an empty set lacks: somebody has flushed it. */
function told(lacking: readonly Lacking[], purpose: Purpose, sets: ProxySets): readonly Finding[] {
  const bySet = groupBy(lacking, ({ member }) => setName(purpose.set(member), member.family));
  return [...bySet].flatMap(([set, own]) => {
    const [first, ...others] = own;
    if (first === undefined) return [];
    const isFlushed = sets.isEmpty(first.member.family, purpose.set(first.member));
    if (isFlushed && others.length > 0) return [flushed(set, first, others, purpose)];
    return own.map((each) =>
      ruleFinding({
        code: 'ipset-entry-missing',
        at: placeOf(each.member),
        service: each.service,
        message: `${purpose.says(each)}: ${purpose.so}`,
      }),
    );
  });
}

const MOST_NAMED = 3;
/** So many places are told with one finding. */
const MOST_RELATED = 20;

function flushed(set: string, first: Lacking, others: readonly Lacking[], purpose: Purpose): Finding {
  const all = [first, ...others];
  const services = new Set(all.flatMap(({ service }) => service ?? [])).size;
  const whose = services === 0 ? '' : ` of ${plural(services, 'Service port')}`;
  const entries = firstFew(
    all.map(({ entry }) => entry),
    MOST_NAMED,
  );
  return ruleFinding({
    code: 'ipset-entry-missing',
    at: placeOf(first.member),
    message: `Set ${set} is empty, and no set of kube-proxy has ${entries}, where it has virtual servers${whose}: ${purpose.so}`,
    related: others.slice(0, MOST_RELATED).map(({ member, entry }) => ({
      at: placeOf(member),
      message: `No set has ${entry} either.`,
    })),
  });
}

function unlisted(
  members: readonly Member[],
  sets: ProxySets,
  { node, catalog }: VirtualServerParts,
): readonly Lacking[] {
  return members.flatMap((member) => {
    const { address } = member;
    const holder = node.interfaces?.get('kube-ipvs0');
    if (address === null || holder === undefined) return [];
    if (!holder.addresses.some((each) => formatAddress(each.address) === address)) return [];
    const end = { ...member, address };
    return isListed(end, sets) ? [] : [{ member, entry: entryOf(end), service: nameOf(member, catalog) }];
  });
}

/** Numbers of node ports by the objects that no set has; where the traffic policy is Local nothing would be masqueraded anyway. */
function unlistedPorts(
  members: readonly Member[],
  sets: ProxySets,
  { catalog }: VirtualServerParts,
): readonly Lacking[] {
  const found = new Map<string, Lacking>();
  for (const member of members) {
    const { family, protocol, port, address } = member;
    const owner = catalog.ofRule(placeOf(member));
    const isMeant = owner?.spec?.nodePort === port && owner.object?.externalTrafficPolicy !== 'Local';
    if (member.kind !== 'nodePort' || address === null || !isMeant) continue;
    const key = `${family} ${protocol} ${port}`;
    if (found.has(key) || isNodePort({ ...member, address }, sets)) continue;
    found.set(key, { member, entry: `${port}/${protocol.toUpperCase()}`, service: owner.name });
  }
  return [...found.values()];
}

/** One for each Service port, but one for all of an empty set. */
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
  const titleOf = ({ member }: (typeof absent)[number]): string =>
    parts.catalog.ofRule(placeOf(member))?.name ?? member.name;
  const named = groupBy(absent, (each) => {
    const { family } = each.member;
    return sets.isEmpty(family, 'LOOP-BACK') ? `IPv${family}` : `IPv${family} ${titleOf(each)}`;
  });
  return [...named.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { member, server, entry } = first;
    const entries = new Set(own.map((each) => each.entry)).size;
    const titles = new Set(own.map((each) => titleOf(each)));
    const whose = titles.size === 1 ? titleOf(first) : plural(titles.size, 'Service port');
    const its = titles.size === 1 ? 'its own Service' : 'its own one';
    return [
      ruleFinding({
        code: 'hairpin-unmasked',
        at: { ...placeOf(member), span: { start: server.start, end: server.end } },
        service: titles.size === 1 ? nameOf(member, parts.catalog) : null,
        message: `Set ${setName('LOOP-BACK', member.family)} does not have ${entry}${entries > 1 ? `, nor ${plural(entries - 1, 'other endpoint')} of this node` : ''}: when an endpoint of ${whose} connects to ${its} and is balanced to itself, it gets a packet from its own address and drops it; such connections hang now and then. ${RESTART}.`,
      }),
    ];
  });
}
