import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import { IpvsPort } from '../../modes/ipvs/ipvsPort.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { Refusal } from '../../services/evidence.ts';
import { overtakingWords } from '../../words/frontendWords.ts';
import { isOthersPort } from '../ipvs/parts.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';
import { refusedFinding } from '../refused.ts';

/** What to do where nothing tells why. */
const LOOK_WHY = 'Look whether its selector matches Pods, and whether they are ready.';

/** Service ports whose traffic the rules reject or drop for want of endpoints: one finding for each family of rules. */
export function noEndpoints(port: ServicePort): readonly PortFinding[] {
  const refusals = isOthersPort(port) ? [] : (port.evidence?.refusals() ?? []);
  if (refusals.length === 0) return [];
  const first = refusals.filter(
    (each, index) => refusals.findIndex((other) => isAlike(each, other)) === index,
  );
  return first.map((each) =>
    found(
      port,
      each,
      refusals.filter((other) => other !== each && isAlike(each, other)),
    ),
  );
}

function isAlike(one: Refusal, other: Refusal): boolean {
  return one.family === other.family && one.fate === other.fate;
}

function found(
  port: ServicePort,
  { family, fate, at, overtaking }: Refusal,
  others: readonly Refusal[],
): PortFinding {
  const rejected = fate === 'rejected';
  const elsewhere = rejected && hasOthers(port);
  if (elsewhere) return foundLocal(port, { family, fate, at, overtaking });
  const unless = overtaking === null ? '' : `, unless ${overtakingWords(overtaking)}`;
  const related = others.map((other) => ({
    at: other.at,
    message: rejected ? 'It is rejected here too.' : 'It is dropped here too.',
  }));
  if (rejected)
    return refusedFinding(port, {
      code: 'no-endpoints',
      family,
      at,
      reason: `no endpoints, traffic is rejected${unless}`,
      parts: {
        says: saysOf(port, family, at),
        unless,
        why: LOOK_WHY,
      },
      related,
    });
  return portFinding(port, {
    code: 'no-local-endpoints',
    family,
    at,
    reason: `${localWords(port)}${unless}`,
    message: `${port.name} has no endpoints on this node and its traffic policy is Local, so this node drops ${which(port)}: clients wait in vain${unless}. Send to a node that has one.`,
    related,
  });
}

/** Each virtual server of IPVS has servers of its own: one of a port may be empty, and the others not. */
function saysOf({ name, evidence, frontends }: ServicePort, family: Family, at: RuleAt): string {
  const isPart =
    evidence instanceof IpvsPort &&
    frontends.some((frontend) => frontend.family === family && frontend.fate === 'balanced');
  return isPart
    ? `${name} has no endpoints at ${at.chain}, so this node rejects what is sent there`
    : `${name} has no endpoints, so this node rejects its connections`;
}

/** Its cluster IP takes endpoints of this node alone, and the objects list others: IPVS refuses such traffic. */
function hasOthers(port: ServicePort): boolean {
  return (
    port.internalPolicy === 'Local' && (port.listed ?? []).some(({ endpoint }) => endpoint.ready !== false)
  );
}

function foundLocal(port: ServicePort, { family, at }: Refusal): PortFinding {
  return refusedFinding(port, {
    code: 'no-local-endpoints',
    family,
    at,
    reason: 'no endpoints on this node, traffic is rejected',
    parts: {
      says: `${port.name} has no endpoints on this node and its traffic policy is Local, so this node rejects its connections`,
      unless: '',
      why: 'Send to a node that has one.',
    },
  });
}

/** Which traffic is dropped for want of a local endpoint. */
function localWords(port: ServicePort): string {
  return isOfInside(port)
    ? 'no endpoints on this node, traffic is dropped'
    : 'no endpoints on this node, traffic from outside is dropped';
}

function which(port: ServicePort): string {
  return isOfInside(port) ? 'its connections' : 'its connections from outside';
}

function isOfInside(port: ServicePort): boolean {
  return port.internalPolicy === 'Local' && port.externalPolicy !== 'Local';
}
