import { plural } from '../../kubeproxy/narrative/words.ts';
import type { CatalogService, ServicePort } from '../../kubeproxy/services/catalog.ts';
import { frontendWords } from '../../kubeproxy/words/frontendWords.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import type { AgentRules, ToolAnswer } from '../agentRules.ts';
import type { ToolInput } from '../input.ts';
import { placeJson } from '../json/placeJson.ts';
import { pageOf } from '../page.ts';

/** Of one port's endpoints so many are listed. */
const MOST_ENDPOINTS = 20;

export function listServicesTool(rules: AgentRules, input: ToolInput): ToolAnswer {
  const match = input.text('match').toLowerCase();
  const all = rules.analysis.catalog.services.filter(({ id }) => id.toLowerCase().includes(match));
  const { items, total, notes } = pageOf(all, input);
  const named = match === '' ? '' : ` whose name holds "${input.text('match')}"`;
  return {
    kind: 'answer',
    data: {
      summary: `These rules serve ${plural(total, 'Service')}${named}.`,
      notes,
      services: items.map((service) => serviceJson(service, rules)),
      total,
    },
  };
}

function serviceJson({ id, type, ports }: CatalogService, rules: AgentRules): object {
  return { name: id, type, ports: ports.map((port) => portJson(port, rules)) };
}

function portJson(port: ServicePort, { fileOf }: AgentRules): object {
  const { frontends, endpoints } = port;
  return {
    name: port.name,
    protocol: port.protocol,
    internalTrafficPolicy: port.internalPolicy,
    externalTrafficPolicy: port.externalPolicy,
    sessionAffinity: port.affinity !== null,
    frontends: frontends.map((each) => ({
      is: frontendWords(each, null),
      place: placeJson(each.at, fileOf),
    })),
    endpoints: endpoints
      .slice(0, MOST_ENDPOINTS)
      .map(({ address, port: number, share, pod, node, ready }) => ({
        address: number === null ? address : joinHostPort(address, number),
        share,
        pod: pod === null ? null : `${pod.namespace}/${pod.name}`,
        node,
        ready,
      })),
    endpointsTotal: endpoints.length,
  };
}
