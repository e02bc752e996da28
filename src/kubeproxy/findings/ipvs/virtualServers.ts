/** What is wrong with the virtual servers of a node whose kube-proxy works in IPVS mode, and what a move to nftables would change. */
import { endText } from '../../../rules/ipvs/names.ts';
import type { RealServer } from '../../../rules/ipvs/nodes.ts';
import { type Member, placeOf } from '../../modes/ipvs/groups.ts';
import { either, plural } from '../../narrative/words.ts';
import type { Catalog, ServicePort } from '../../services/catalog.ts';
import { isElsewhere } from '../elsewhere.ts';
import type { Finding } from '../finding.ts';
import type { FoundFrontend, FrontendFinding } from '../frontendFinding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { moveWords } from './move.ts';
import { isOthers, nameOf, type VirtualServerParts } from './parts.ts';
import { missingEntries } from './setEntries.ts';

/** So many places are named with one finding. */
const MOST_NAMED = 20;

/** None where the node does not work in IPVS mode, and none of what others keep beside kube-proxy: they may have virtual servers as they like. */
export function findingsOfVirtualServers(parts: VirtualServerParts): readonly Finding[] {
  const members = (parts.modes.ipvs?.members ?? []).filter(
    (member) => parts.mode[member.family].mode === 'ipvs' && !isOthers(member, parts.catalog),
  );
  if (members.length === 0) return [];
  return [
    ...missingAddresses(members, parts),
    ...missingEntries(members, parts),
    ...drained(members, parts),
    moveOf(members),
  ];
}

/** Of an address that the node does not have, IPVS sees only what the node itself sends. */
function missingAddresses(
  members: readonly Member[],
  { node, catalog }: VirtualServerParts,
): readonly FrontendFinding[] {
  const missing = members.filter(({ address }) => address !== null && isElsewhere(node, address));
  const [first, ...others] = missing;
  if (first === undefined) return [];
  const addresses = [...new Set(missing.map(({ address }) => address ?? ''))];
  const which =
    addresses.length === 1
      ? `${addresses[0] ?? ''}, at which it has ${plural(missing.length, 'virtual server')}`
      : `${addresses.length} addresses of virtual servers (${either(addresses.slice(0, 3), 'and')}${addresses.length > 3 ? ' …' : ''})`;
  return [
    {
      frontends: missing.flatMap((each) => foundAt(each, catalog)),
      ...ruleFinding({
        code: 'virtual-address-missing',
        at: placeOf(first),
        service: missing.length === 1 ? nameOf(first, catalog) : null,
        message: `No interface of this node has ${which}: what pods and other machines send there is routed away, past IPVS; only the node itself gets through. kube-proxy keeps these addresses on kube-ipvs0: look who removes them, and restart kube-proxy.`,
        related: others
          .slice(0, MOST_NAMED)
          .map((each) => ({ at: placeOf(each), message: 'The address of this one is missing, too.' })),
      }),
    },
  ];
}

function foundAt(member: Member, catalog: Catalog): readonly FoundFrontend[] {
  const port = catalog.ofRule(placeOf(member));
  if (port === null) return [];
  const { kind, family, address, protocol } = member;
  const frontend = { kind, family, address, port: member.port, protocol };
  return [{ name: port.name, frontend, reason: 'its address is not on this node' }];
}

/** One for each Service port. */
function drained(members: readonly Member[], { catalog }: VirtualServerParts): readonly Finding[] {
  const seen = new Set<ServicePort | string>();
  return members.flatMap((member) => {
    const idle = member.server.servers.filter(({ weight }) => weight === 0);
    const [first] = idle;
    const port = first === undefined ? null : catalog.ofRule(placeOf(member));
    if (first === undefined || seen.has(port ?? member.name)) return [];
    seen.add(port ?? member.name);
    const names = idle.map((server) => `${endText(server)}${countsOf(server)}`);
    const isAll = idle.length === member.server.servers.length;
    return [
      ruleFinding({
        code: 'server-drained',
        at: { ...placeOf(member), span: { start: first.start, end: first.end } },
        service: nameOf(member, catalog),
        message: `${port?.name ?? member.name} has the weight 0 at ${either(names, 'and')}: ${isAll ? 'it has no other server, so that new connections are refused' : 'new connections go elsewhere'}, while those that are there go on. kube-proxy keeps an endpoint so that was taken away, until its connections have ended.`,
      }),
    ];
  });
}

function countsOf({ active, inactive }: RealServer): string {
  return active === null || inactive === null ? '' : ` (${active} active, ${inactive} inactive)`;
}

function moveOf(members: readonly Member[]): Finding {
  return ruleFinding({
    code: 'ipvs-deprecated',
    at: null,
    message: `kube-proxy works in IPVS mode, which is deprecated since Kubernetes 1.35. ${moveWords(members)}`,
  });
}
