import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Endpoint, Outcome } from '../../kernel/trace.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Context } from './context.ts';
import { knownLine } from './knownConnections.ts';
import type { NamedLine, NamedPod, NarrativeLocation } from './narrative.ts';
import { ownerOf } from './words.ts';

/** An address of more Services is a node's: sentences do not list them. */
const MOST = 20;

/**
 * What sentences may name though no rule of a path is about it: the Services, and their ports, that have the address which the packet
 * is sent to, the endpoint that a known connection has of them, and the line of that connection.
 */
export function namedLines(outcomes: readonly Outcome[], context: Context): readonly NamedLine[] {
  const asked = context.catalog.frontendsAt(context.flow.to.address).slice(0, MOST);
  const found = new Map<string, NamedLine>();
  const put = (names: readonly string[], location: NarrativeLocation): void => {
    for (const name of names) if (!found.has(name)) found.set(name, { name, location });
  };
  const add = (names: readonly string[], at: RuleAt | null): void => {
    const location = at === null ? null : context.locate(at);
    if (location !== null) put(names, location);
  };
  for (const { port, frontend } of asked)
    if (port.nameSource !== 'structure') add(namesOf(port), frontend.at);
  const ports = asked.map(({ port }) => port);
  for (const outcome of outcomes.slice(0, MOST)) {
    const { destination, steps } = outcome;
    const known = knownLine(outcome, context);
    if (known !== null) put(['known connection'], known);
    const isRuled = steps.some((step) => step.kind === 'rule' && step.effect.kind === 'dnat');
    if (destination !== null && !isRuled)
      add([formatEndpoint(destination)], endpointRule(ports, destination));
  }
  return [...found.values()];
}

/** The Pods that a packet comes from and goes to. One whose node is not known is left out: its name alone may be any word. */
export function namedPods(
  outcomes: readonly Outcome[],
  { flow, catalog }: Pick<Context, 'flow' | 'catalog'>,
): readonly NamedPod[] {
  const reached = outcomes.slice(0, MOST).flatMap(({ destination }) => destination?.address ?? []);
  const found = new Map<string, NamedPod>();
  for (const address of [flow.from.address ?? [], flow.to.address, reached].flat()) {
    const owner = ownerOf(address, catalog);
    if (owner !== null && owner.pod !== null && owner.words !== owner.pod.name)
      found.set(owner.words, { name: owner.words, address, object: owner.pod });
  }
  return [...found.values()];
}

function namesOf({ name, namespace, service }: ServicePort): readonly string[] {
  return namespace === null || service === null ? [name] : [name, `${namespace}/${service}`];
}

function endpointRule(ports: readonly ServicePort[], { address, port }: Endpoint): RuleAt | null {
  const all = ports.flatMap(({ endpoints }) => endpoints);
  return all.find((each) => each.address === address && each.port === port)?.at ?? null;
}
