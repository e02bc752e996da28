/**
 * Load balancers that do not send to the node's ports, and what stands before the node and is in no dump. Sources: KEP-1860
 * (ipMode), the documentation of the AWS, GKE, Alibaba and Tencent cloud controllers for the annotations.
 */
import { lookup } from '../../text/lookup.ts';
import type { Service } from '../../kubernetes/objects.ts';

/** Annotation → whether its value says that targets are Pods. Their keys are kept by kubernetes/slim.ts. */
const toPods: readonly (readonly [key: string, says: (value: string) => boolean, who: string])[] = [
  ['service.beta.kubernetes.io/aws-load-balancer-nlb-target-type', (value) => value === 'ip', 'AWS'],
  ['service.beta.kubernetes.io/aws-load-balancer-type', (value) => value === 'nlb-ip', 'AWS'],
  ['cloud.google.com/neg', (value) => /"(?:ingress|exposed_ports)"/u.test(value), 'GKE'],
  ['service.beta.kubernetes.io/backend-type', (value) => value === 'eni', 'Alibaba Cloud'],
  ['service.cloud.tencent.com/direct-access', (value) => value === 'true', 'Tencent Cloud'],
];

/** Sentences; none for a Service whose traffic from outside meets kube-proxy's rules. */
export function passesBy({ type, annotations, loadBalancerIngress }: Service): readonly string[] {
  if (type !== 'LoadBalancer') return [];
  const direct = toPods.find(([key, says]) => says(annotations.get(key) ?? ''));
  const proxied = loadBalancerIngress.filter(({ ipMode }) => ipMode === 'Proxy').map(({ ip }) => ip);
  return [
    ...(direct === undefined
      ? []
      : [
          `Its load balancer (${direct[2]}, by the annotation ${direct[0]}) sends to addresses of Pods, past kube-proxy: node ports and source ranges in these rules do not see that traffic.`,
        ]),
    ...(proxied.length === 0
      ? []
      : [
          `Its load balancer at ${proxied.slice(0, 3).join(', ')} is of ipMode Proxy: kube-proxy (since 1.30) does not short-cut the address, and packets to it from the cluster go out to the load balancer.`,
        ]),
  ];
}

const firewalls: Readonly<Record<string, string>> = lookup({
  aws: 'the security groups of the nodes and the network ACLs of their subnets (AWS)',
  gce: 'the firewall rules of the VPC (Google Cloud)',
  azure: 'the network security groups of nodes and subnets (Azure)',
  openstack: 'the security groups of the ports (OpenStack)',
  alicloud: 'the security groups of the instances (Alibaba Cloud)',
  digitalocean: 'the cloud firewalls of the droplets (DigitalOcean)',
  hcloud: 'the firewalls of the servers (Hetzner)',
});

/** What is left to look at for traffic from outside; `provider` as nodes name it (`aws`), empty where they do not. */
export function beforeNode(provider: string): string {
  const known = Object.hasOwn(firewalls, provider) ? firewalls[provider] : undefined;
  return `Before the node stand firewalls that no dump shows: look at ${known ?? 'the firewall of your cloud or data centre'}, which have to let the node port or the load balancer’s health check in.`;
}
