/** What a traced packet shows: each frontend is asked from every place where its clients may stand. */
import type { FindingKind } from './kind.ts';

export const packetKinds = {
  'unreachable-from': {
    title: 'A Service is not reached from everywhere',
    severity: 'warning',
    layer: 'packet',
    meaning:
      'Packets were traced to each frontend of each Service from a pod of this node, from an endpoint to itself, from the node, from another node and from outside. Some of them end here, and not because the Service itself is made so: a rule, a policy, a route or the kernel ends them. What ends them for the same reason is one finding.',
    cure: 'Look at the rule that is named: have it let the packets pass, or delete it. `diagnose` and a trace of the packet tell the whole way.',
  },
  'client-address-lost': {
    title: 'A Service does not see who asks from outside',
    severity: 'information',
    layer: 'packet',
    meaning:
      'Packets from outside to node ports, external IPs and load balancers of the Service arrive with the address of this node in place of the client’s, since they may go on to endpoints of other nodes. That is what externalTrafficPolicy Cluster is; only what asks for the client’s address suffers from it: lists of who may ask, logs, limits by client.',
    cure: 'Where the client’s address matters, set externalTrafficPolicy to Local, and send clients to nodes that have an endpoint; or have a proxy in front pass it on.',
  },
  'replies-lost': {
    title: 'What a Service answers does not come back',
    severity: 'warning',
    layer: 'packet',
    meaning:
      'Packets to the Service pass, and the answers to them are dropped here, pass by this node, or come from an address that the client did not ask.',
    cure: 'Look at what is named: answers have to come back through the node that translated the request, tracked, and be masqueraded where they would not.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
