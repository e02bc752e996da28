/**
 * What one virtual server of a Service port lacks and others have: in IPVS mode each address of a Service, and each address of the node
 * that takes node ports, has servers of its own.
 */
import type { Family } from '../../../kernel/flow.ts';
import { joinHostPort } from '../../../values/hostPort.ts';
import { formatAddress } from '../../../values/address.ts';
import { type Member, placeOf } from '../../modes/ipvs/groups.ts';
import { IpvsPort, takers } from '../../modes/ipvs/ipvsPort.ts';
import { firstFew, plural } from '../../narrative/words.ts';
import type { ServicePort } from '../../services/catalog.ts';
import { endpointKey } from '../../services/objectIndex.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized, keysOf } from './words.ts';

/** Virtual servers that do not balance over endpoints which another one of the port has; who is in none is told by `endpointMissing`. */
export function serversMissing(subject: AuditSubject): readonly PortFinding[] {
  const { wanted, ruled, port, family } = subject;
  if (wanted === null || wanted.endpoints === null) return [];
  const { must } = wanted.endpoints.expected.cluster;
  const somewhere = [...keysOf(ruled.cluster)].filter((key) => must.has(key));
  return membersOf(port, family).flatMap((member) => {
    const own = new Set(takers(member).map((each) => endpointKey(formatAddress(each.address), each.port)));
    const lacking = somewhere.filter((key) => !own.has(key));
    return lacking.length === 0 || member.isLocal ? [] : [lacks(subject, member, lacking)];
  });
}

function lacks(
  { port, family, rulesWords }: AuditSubject,
  member: Member,
  lacking: readonly string[],
): PortFinding {
  return portFinding(port, {
    code: 'endpoint-missing',
    at: placeOf(member),
    family,
    reason: `${member.name} lacks ${plural(lacking.length, 'endpoint')}`,
    message: `${capitalized(rulesWords)} balance ${port.name} over ${firstFew(lacking, MOST_NAMED)}, but not where it is asked at ${member.name}: ${lacking.length === 1 ? 'it gets' : 'they get'} no connections that are sent there.`,
  });
}

const MOST_NAMED = 4;

/** Addresses of the node at which node ports of other Services are taken, and not those of this port. */
export function nodePortsMissing(subject: AuditSubject): readonly PortFinding[] {
  const { wanted, port, family, rulesWords } = subject;
  const own = nodePortAddresses(port, family);
  const lacking = [...subject.nodePortAddresses()].filter((address) => !own.has(address));
  const asked = wanted?.spec.nodePort ?? null;
  if (asked === null || own.size === 0 || lacking.length === 0) return [];
  const places = firstFew(
    lacking.map((address) => joinHostPort(address, asked)),
    MOST_NAMED,
  );
  return [
    portFinding(port, {
      code: 'frontend-missing',
      at: subject.lacking(),
      family,
      reason: `node port ${asked} is not taken at ${places}`,
      message: `${capitalized(rulesWords)} take no traffic at ${places} for node port ${asked} of ${port.name}, and do so for node ports of other Services: clients see "connection refused" there.`,
    }),
  ];
}

/** The addresses at which a port's node port has a virtual server; none of a port that the objects do not know. */
export function nodePortAddresses(port: ServicePort, family: Family): ReadonlySet<string> {
  const nodePort = port.spec?.nodePort ?? null;
  const own = membersOf(port, family).filter(
    (member) => member.kind === 'nodePort' && nodePort !== null && member.port === nodePort,
  );
  return new Set(own.flatMap(({ address }) => address ?? []));
}

function membersOf({ evidence }: ServicePort, family: Family): readonly Member[] {
  return evidence instanceof IpvsPort ? evidence.members.filter((member) => member.family === family) : [];
}
