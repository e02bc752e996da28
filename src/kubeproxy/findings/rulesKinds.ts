/** What the rules themselves say is wrong. */
import type { FindingKind } from './kind.ts';

export const rulesKinds = {
  'no-endpoints': {
    title: 'A Service has no endpoints',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'kube-proxy knows no endpoint that could serve the Service port, so the node rejects its connections: a client sees “connection refused” at once.',
    cure: 'Look whether the selector of the Service matches Pods, and whether they are ready.',
  },
  'no-local-endpoints': {
    title: 'A Service has no endpoint on this node',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The traffic policy is Local and no endpoint runs on this node, so the node drops the connections that the policy is about: a client waits until its time is up. It is as it should be where a load balancer asks the health check of the node and sends elsewhere.',
    cure: 'Send to a node with an endpoint, run one here, or use the policy Cluster.',
  },
  'stale-connection': {
    title: 'A known connection leads to an endpoint that is gone',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The node’s table of connections (conntrack.txt) has a translation to an endpoint that the rules do not have any more. Packets of such a connection go there whatever the rules say; a UDP client that keeps its port keeps it alive.',
    cure: 'Delete the entries with `conntrack -D`, as the message says, or have the client use another port.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
