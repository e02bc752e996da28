import type { Outcome } from '../../kernel/trace.ts';
import type { ServicePort } from '../services/catalog.ts';
import { comparePorts } from '../services/services.ts';
import { durationWords } from '../words/clauses.ts';
import type { Context } from './context.ts';
import { servicePortOf } from './servicePort.ts';
import { either } from './words.ts';

/** So many other ports are named. */
const FEW = 3;

/** For how long a client stays with its endpoint, and that each port of a Service keeps lists of its own. */
export function affinitySentences(passing: readonly Outcome[], context: Context): readonly string[] {
  const ports = new Set(passing.map((outcome) => servicePortOf(outcome, context)));
  const [port] = ports;
  if (ports.size !== 1 || !port?.affinity) return [];
  const stays = `A client stays with its endpoint for ${durationWords(port.affinity.seconds)} after its last connection (ClientIP affinity).`;
  const others = otherPorts(port, context);
  if (others.length === 0) return [stays];
  const names = [
    ...others.slice(0, FEW),
    ...(others.length > FEW ? [`${others.length - FEW} more ports`] : []),
  ];
  return [
    stays,
    `Lists are per port: the client's connections to ${either(names)} may go to another endpoint.`,
  ];
}

/** The other ports of its Service, at one of its addresses, that have endpoints. */
function otherPorts(
  { id, namespace, service, frontends }: ServicePort,
  { catalog }: Context,
): readonly string[] {
  if (namespace === null || service === null) return [];
  const addresses = new Set(frontends.flatMap(({ address }) => address ?? []));
  const ports = new Set(
    [...addresses].flatMap((address) => catalog.frontendsAt(address).map(({ port }) => port)),
  );
  return [...ports]
    .filter((each) => each.namespace === namespace && each.service === service)
    .filter((each) => each.id !== id && each.endpoints.length > 0)
    .sort(comparePorts)
    .map(({ name }) => name);
}
