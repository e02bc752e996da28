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
  'kube-proxy-missing': {
    title: 'No kube-proxy runs on this node',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'Other nodes of the cluster have a kube-proxy Pod and this one has none, or the one that it has is not ready: the rules of Services stay as they were. Said only where all Pods are known, and nothing in eBPF is seen to do its work. Differences between the rules and the objects follow from it, and are counted with it.',
    cure: 'Look why: `kubectl describe` the Pod or its DaemonSet, and taints of the node.',
  },
  'endpoint-pod-gone': {
    title: 'An endpoint of a Pod that is gone',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'An EndpointSlice lists an endpoint as ready, and the cluster has no Pod of the name that it gives, or the Pod has another address: kube-proxy balances to it all the same, and connections that are sent there fail or reach somebody else. Said only where all Pods of the namespace are known.',
    cure: 'Look whether kube-controller-manager runs, and who else writes EndpointSlices of the Service.',
  },
  'slices-stale': {
    title: 'EndpointSlices do not follow the selector of their Service',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'The EndpointSlices of a Service list a Pod that its selector does not match, or lack a ready Pod that it matches: kube-proxy goes by the EndpointSlices, whatever the selector says. Said only where all Pods and EndpointSlices of the namespace are known and every endpoint names a Pod; it is assumed that kube-controller-manager writes them, and has had the time for it.',
    cure: 'Look whether kube-controller-manager runs, and who else writes EndpointSlices of the Service.',
  },
  'pod-route-missing': {
    title: 'No route to the Pods of another node',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'The node has a route to exactly the Pod CIDR of some other nodes, as flannel, kindnet and hand-made routes have it, and none to that of another one: what Pods send to Pods there, by a Service or not, leaves by the default route and is lost. Nothing is said where one route stands for all nodes, the network plugin has blocks of its own, or the other node is not ready.',
    cure: 'Look at the Pod of the network plugin on both nodes, and whether the Node has the Pod CIDR that the plugin knows.',
  },
  'policies-unread': {
    title: 'Policies that are not read',
    severity: 'information',
    layer: 'cluster',
    meaning:
      'The objects hold policies of Cilium, of Calico or of an administrator. They are not read: what is said of NetworkPolicies is not all that forbids connections. What a network plugin made of them as rules of the node is part of every trace.',
    cure: 'Ask the network plugin: `cilium policy get`, `calicoctl get networkpolicy`, `kubectl describe adminnetworkpolicy`.',
  },
  'selector-matches-nothing': {
    title: 'The selector of a Service matches no Pod',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'No Pod of its namespace has all the labels that the selector of the Service names, so that it has no endpoints and its connections are refused. Where a Pod has all of them but one, that Pod and the label are named.',
    cure: 'Correct the selector or the labels of the Pods; of a workload that is scaled to 0, start Pods.',
  },
  'pods-not-ready': {
    title: 'No Pod of a Service is ready',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'The selector matches Pods, and none of them is ready, so that the Service has no endpoints and its connections are refused. What a Pod waits for is named where its object or an Event tells: the probe that fails, the state of its container, a readiness gate, its node.',
    cure: 'Look at the Pod that is named: correct its probe or what the probe asks, its image, or its node.',
  },
  'target-port-missing': {
    title: 'A Service sends to a port name that its Pods do not have',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'The targetPort of the Service is a name, and its Pods are ready, but have no container port of that name and protocol: that port of the Service has no endpoints.',
    cure: 'Correct the name or the protocol, in the Service or in the Pods, or give the number.',
  },
  'policy-forbids': {
    title: 'NetworkPolicies let nobody in to a Service',
    severity: 'warning',
    layer: 'cluster',
    meaning:
      'NetworkPolicies select the Pods of the Service, and no rule of them means the port on which the Pods listen: what anybody but the own node sends there is dropped where the network plugin enforces policies. Policies that let some in and others not are told by `diagnose`.',
    cure: 'Add an ingress rule that names the clients and the port of the Pods, which need not be the port of the Service.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
