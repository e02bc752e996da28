/** Where the rules and the cluster's objects disagree. A warning each: the rules are what the kernel does, whatever the objects say. */
import type { FindingKind } from './kind.ts';

const CURE =
  'Rules and objects are of two moments: right after a change kube-proxy may not have written its rules yet. Else look at the log of kube-proxy on the node.';

export const clusterKinds = {
  'endpoint-missing': {
    title: 'A ready endpoint is not in the rules',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'An EndpointSlice has an endpoint that kube-proxy would balance to, and the rules do not.',
    cure: CURE,
  },
  'endpoint-stale': {
    title: 'The rules balance to an endpoint that is gone',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'No EndpointSlice knows the endpoint any more, so connections to it fail.',
    cure: CURE,
  },
  'endpoint-extra': {
    title: 'The rules balance to an endpoint that should get nothing',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'The endpoint is there, but not ready, ending, or not for this node.',
    cure: CURE,
  },
  'service-without-rules': {
    title: 'A Service has no rules',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'The Service is in the cluster, and the rules do not know it: packets to it are not translated.',
    cure: CURE,
  },
  'rules-without-service': {
    title: 'Rules of a Service that is gone',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'The rules serve a Service port that the cluster does not have any more.',
    cure: CURE,
  },
  'frontend-missing': {
    title: 'An address of a Service is not in the rules',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'The Service has a cluster IP, node port, external IP or load-balancer IP that no rule takes.',
    cure: CURE,
  },
  'frontend-extra': {
    title: 'The rules take an address that the Service does not have',
    severity: 'warning',
    layer: 'cluster',
    meaning: 'A rule serves an address or node port that the Service object does not name.',
    cure: CURE,
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
