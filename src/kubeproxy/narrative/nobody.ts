/**
 * Packets that go on, and that nobody answers: to a Service's address that no rule translated (it is on no machine), or to
 * a node port where the rules do not serve it.
 */
import type { Outcome, Step } from '../../kernel/trace.ts';
import { normalAddress, parseAddress } from '../../values/address.ts';
import { addressType } from '../../kernel/node/routing.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import { NODE_PORTS } from '../services/nodePorts.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import { unheededMark, untracking } from './causes.ts';
import type { Context } from './context.ts';
import { either, placeWords, plural } from './words.ts';

interface Place {
  readonly port: ServicePort;
  readonly frontend: Frontend;
}

/**
 * `nobody answers there: 10.96.0.50 is the ClusterIP of shop/web, which has 80/TCP there, not 81/TCP`; null where somebody
 * may have the address.
 */
export function nobodyClause(outcome: Outcome, context: Context): string | null {
  if (outcome.verdict !== 'forward' || !isAsSent(outcome, context)) return null;
  const places = placesAt(context);
  if (places === null) return null;
  const [first] = places;
  if (first === undefined) return null;
  const who =
    first.frontend.kind === 'clusterIP' ? 'nobody answers there' : 'nobody answers there by these rules';
  return `${who}: ${whyNobody(places, first, outcome, context)}`;
}

/** The first packet of a connection, to where it was sent. */
function isAsSent(outcome: Outcome, context: Context): boolean {
  const { destination } = outcome;
  const { to } = context.flow;
  if (destination?.address !== normalAddress(to.address) || destination.port !== to.port) return false;
  return begins(outcome, context);
}

/** Whether the packet is of no connection that began before. */
export function begins({ steps }: Outcome, { flow }: Context): boolean {
  if (flow.state === 'established' || flow.state === 'related') return false;
  return !steps.some(
    (step) => step.kind === 'conntrack' && (step.state === 'ESTABLISHED' || step.state === 'RELATED'),
  );
}

/** What Services have at the address; null where a machine has it, or may have it. */
function placesAt({ catalog, flow, analysis, family }: Context): readonly Place[] | null {
  const owners = catalog.whoHas(flow.to.address);
  const address = parseAddress(flow.to.address);
  if (address !== null && addressType(analysis.node, address) === 'LOCAL') return null;
  const places = owners.flatMap((owner) => (owner.kind === 'frontend' ? [owner] : []));
  if (places.length === 0 || places.length < owners.length) return null;
  return places.filter(({ frontend }) => frontend.family === family);
}

function whyNobody(places: readonly Place[], first: Place, outcome: Outcome, context: Context): string {
  const { flow } = context;
  const meant = places.find(
    ({ frontend }) => frontend.port === flow.to.port && frontend.protocol === flow.protocol,
  );
  if (meant !== undefined) return whyNotHanded(meant, outcome, context);
  const services = [...new Set(places.map(({ port }) => serviceName(port)))];
  const ports = [...new Set(places.map(({ frontend }) => portWords(frontend.port, frontend.protocol)))];
  const shown =
    ports.length > MOST_PORTS
      ? [...ports.slice(0, MOST_PORTS), plural(ports.length - MOST_PORTS, 'more port')]
      : ports;
  const asked =
    flow.to.port === null
      ? ` and answers no ${flow.protocol === 'icmp' ? 'pings' : 'other protocol'}`
      : `, not ${portWords(flow.to.port, flow.protocol)}`;
  const has = services.length === 1 ? 'which has' : 'which have';
  return `${flow.to.address} is the ${frontendKindWords(first.frontend.kind)} of ${either(services, 'and')}, ${has} ${either(shown, 'and')} there${asked}`;
}

/** A Service with more ports than this is told the count of the rest. */
const MOST_PORTS = 8;

function serviceName({ namespace, service, name }: ServicePort): string {
  return namespace === null || service === null ? name : `${namespace}/${service}`;
}

/** `80/TCP` */
function portWords(port: number, protocol: string): string {
  return `${port}/${protocol.toUpperCase()}`;
}

function whyNotHanded({ port, frontend }: Place, outcome: Outcome, context: Context): string {
  const { steps } = outcome;
  const untracked = untracking(outcome);
  if (untracked !== null) return `${untracked}, so that no rule hands it to an endpoint of ${port.name}`;
  const marked = unheededMark(outcome, context);
  if (marked !== null) return `${marked}, and nothing on its way drops what is marked for that`;
  if (frontend.fate === 'dropped')
    return `${port.name} has no endpoint on this node, and its traffic policy is Local`;
  if (frontend.fate === 'unknown')
    return `the rules that hand it to an endpoint of ${port.name} are not in this part of a dump`;
  if (frontend.fate !== 'rejected') return `no rule hands it to an endpoint of ${port.name}`;
  const accepted = steps.findLast(
    (step): step is Extract<Step, { kind: 'rule' }> =>
      step.kind === 'rule' && step.at.table === 'filter' && step.effect.kind === 'accept',
  );
  const none = `${port.name} has no endpoints`;
  if (accepted === undefined || context.ruleAt(accepted.at) === null) return none;
  return `${none}, and ${placeWords(accepted.at)} accepts the packet before it would be rejected`;
}

/**
 * `the rules serve node port 30080 of edge/np:http only at 192.168.0.0/24`: why most likely nothing listens where the packet
 * is delivered. Null where nothing speaks against it.
 */
export function closedReason(outcome: Outcome, context: Context): string | null {
  const { flow, family, catalog } = context;
  if (outcome.verdict !== 'local' || flow.to.port === null || !isAsSent(outcome, context)) return null;
  const places = catalog
    .frontendsAt(null, flow.to.port)
    .filter(({ frontend }) => frontend.kind === 'nodePort' && frontend.family === family);
  const [first] = places;
  if (first === undefined) return unknownNodePort(flow.to.port, context);
  const meant = places.find(({ frontend }) => frontend.protocol === flow.protocol);
  const { port, frontend } = meant ?? first;
  const what = `node port ${frontend.port} of ${port.name}`;
  if (meant === undefined) {
    return `the rules serve ${what} for ${frontend.protocol.toUpperCase()}, not ${flow.protocol.toUpperCase()}`;
  }
  if (frontend.scope === '' || frontend.scope === 'every address')
    return `no rule hands it to an endpoint of ${port.name}`;
  return `the rules serve ${what} ${frontend.scope.startsWith('every ') ? '' : 'only '}at ${frontend.scope}`;
}

/** `no Service of these rules has node port 31080`, where others of the family have one; null for a port of another kind. */
function unknownNodePort(port: number, { family, catalog }: Context): string | null {
  if (port < NODE_PORTS.from || port > NODE_PORTS.to || catalog.withHealthCheckAt(port) !== null) return null;
  const others = catalog.frontendsAt(null).map(({ frontend }) => frontend);
  return others.some((each) => each.kind === 'nodePort' && each.family === family)
    ? `no Service of these rules has node port ${port}`
    : null;
}

/** `edge/lb`, whose load balancer has the address, and whom kube-proxy leaves it to (ipMode Proxy); null for any other. */
export function proxyService(outcome: Outcome, context: Context): string | null {
  if (outcome.verdict !== 'forward' || !isAsSent(outcome, context)) return null;
  const { address } = context.flow.to;
  const found = context.analysis.objects?.services.find(({ loadBalancerIngress }) =>
    loadBalancerIngress.some(
      ({ ip, ipMode }) => ipMode === 'Proxy' && normalAddress(ip) === normalAddress(address),
    ),
  );
  return found === undefined ? null : `${found.namespace}/${found.name}`;
}
