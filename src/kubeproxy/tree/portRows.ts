/** The rows below a Service port: how it is reached, and where it sends. */
import type { ServiceEndpoint } from '../services/endpoint.ts';
import type { Frontend } from '../services/frontend.ts';
import { percent } from '../words/percent.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import type { FindingsByService } from '../findings/byService.ts';
import type { ExpectedFrontend } from '../findings/cluster/expectedFrontends.ts';
import type { PortFinding } from '../findings/portFinding.ts';
import { findingTable } from '../findings/table.ts';
import type { ServicePort } from '../services/catalog.ts';
import { stateWords } from '../explain/explainServiceChain.ts';
import { endpointPlace } from '../explain/endpointPlace.ts';
import { chainOfEndpoint } from '../modes/iptables/iptablesServices.ts';
import { countWords, plural } from '../narrative/words.ts';
import type { Badge, TreeNode } from './tree.ts';
import { fateWords, frontendKindWords, frontendPlace, masqueradeWords } from '../words/frontendWords.ts';
import { noted, rowWith, type TreeParts } from './rows.ts';
import { badges, gravestBadge, isUnproxied } from './serviceProblems.ts';

/** `f:default/web:http/tcp#4 10.96.0.1|80`: by address and port, of which a Service port has each once in a family. */
export function frontendId(
  port: ServicePort,
  frontend: Pick<Frontend, 'family' | 'address' | 'port'>,
): string {
  return `f:${port.id}#${frontend.family} ${frontend.address ?? ''}|${frontend.port}`;
}

/** By place; one whose rules do not tell it by what they call it. */
export function endpointIds(port: ServicePort): readonly string[] {
  const seen = new Map<string, number>();
  return port.endpoints.map((endpoint) => {
    const id = `e:${port.id}#${endpoint.family} ${endpointPlace(endpoint)}`;
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return before === 0 ? id : `${id}~${before}`;
  });
}

export function frontendRow(
  port: ServicePort,
  frontend: Frontend,
  { audit, iptables }: TreeParts,
  others: FindingsByService,
): TreeNode {
  const { kind, address, family, sourceRanges, lateRanges } = frontend;
  const extra = audit.ofPort(port).find((each) => each.frontend === frontend);
  const bad = frontend.fate !== 'balanced' && frontend.fate !== 'unknown';
  const shown = others.ofFrontend(port, frontend);
  const found = [...shown, ...(extra === undefined ? [] : [extra])];
  const refused = bad ? `${frontendPlace(frontend)}: ${fateWords(frontend)}` : null;
  const words = [
    placeWords(frontend),
    ...shown.map(({ reason }) => reason),
    port.families.length > 1 && address === null ? `IPv${family}` : '',
    kind === 'clusterIP' && frontend.masquerade.kind === 'unless' ? '' : masqueradeWords(frontend),
    frontend.policy === 'Local' ? 'endpoints on this node only' : '',
    sourceRanges === null ? '' : plural(sourceRanges.length, 'source range'),
    fateWords(frontend),
    extra?.reason ?? '',
  ];
  return rowWith({
    id: frontendId(port, frontend),
    kind: 'frontend',
    label: frontendKindWords(kind),
    description: noted(words),
    badge: found.length > 0 ? gravestBadge(found) : bad ? badgeOf(frontend) : null,
    badgeReason: found.length > 0 ? found.map(({ message }) => message).join('\n') : refused,
    hasChildren: (sourceRanges ?? []).length + lateRanges.length > 0,
    at: frontend.at,
    chain: iptables.chainOf(frontend),
    address,
    port: frontend.port,
    protocol: frontend.protocol,
  });
}

/** Of one that answers nobody. */
function badgeOf({ fate }: Frontend): Badge {
  return badges[findingTable[fate === 'dropped' ? 'no-local-endpoints' : 'no-endpoints'].severity];
}

function placeWords({ address, port, scope }: Frontend): string {
  if (address !== null) return joinHostPort(address, port);
  return `${port} on ${scope === '' ? 'no address' : scope}`;
}

/** A frontend that the Service has and the rules have not. */
export function missingFrontendRow(
  port: ServicePort,
  found: PortFinding,
  missing: ExpectedFrontend,
): TreeNode {
  const { kind, address } = missing;
  const place = address === null ? String(missing.port) : joinHostPort(address, missing.port);
  return rowWith({
    id: frontendId(port, { ...missing, family: found.family }),
    kind: 'frontend',
    label: frontendKindWords(kind),
    description: `${place} · not in the rules`,
    badge: badges[found.severity],
    badgeReason: found.message,
    address,
    port: missing.port,
    protocol: port.protocol,
  });
}

export function endpointRow(
  port: ServicePort,
  endpoint: ServiceEndpoint,
  id: string,
  { audit }: TreeParts,
): TreeNode {
  const found = audit.ofPort(port).filter((each) => each.endpoint === endpoint);
  const compared = audit.comparesEndpoints(port, endpoint.family);
  const note = compared ? '' : notesOf(port, endpoint);
  const quiet = found.length === 0 && note === '';
  const words = [
    whereWords(endpoint),
    stateWords(endpoint),
    ...shareWords(endpoint),
    counterWords(endpoint),
    ...found.map(({ reason }) => reason),
    note,
    compared && !endpoint.inRules && found.length === 0 && endpoint.ready === true
      ? 'not used on this node'
      : '',
  ];
  return rowWith({
    id,
    kind: 'endpoint',
    label: endpointPlace(endpoint),
    description: noted(words),
    badge: found.length > 0 ? 'warning' : quiet ? null : 'info',
    badgeReason: found.length > 0 ? found.map(({ message }) => message).join('\n') : quiet ? null : note,
    at: endpoint.at,
    chain: chainOfEndpoint(endpoint),
    address: endpoint.address === '' ? null : endpoint.address,
    port: endpoint.port,
    protocol: port.protocol,
    object: endpoint.pod === null ? null : { resource: 'pods', ...endpoint.pod },
  });
}

/** Where nothing tells for certain whether the endpoint should be in the rules. */
function notesOf(port: ServicePort, endpoint: ServiceEndpoint): string {
  if (isUnproxied(port)) return '';
  if (endpoint.inObjects === false) return 'not in the objects';
  return !endpoint.inRules && endpoint.ready === true ? 'not in the rules' : '';
}

/** `web-0 on node-1` */
function whereWords({ pod, node }: ServiceEndpoint): string {
  if (pod === null) return node === null ? '' : `on ${node}`;
  return node === null ? pod.name : `${pod.name} on ${node}`;
}

function shareWords({ share, localShare }: ServiceEndpoint): readonly string[] {
  return [share === null ? '' : percent(share), localShare === null ? '' : `${percent(localShare)} of local`];
}

/** First packets of connections: nat looks at no others. */
function counterWords({ packets, bytes }: ServiceEndpoint): string {
  if (packets === null) return '';
  return bytes === null
    ? plural(packets, 'packet')
    : `${plural(packets, 'packet')}, ${countWords(bytes)} bytes`;
}
