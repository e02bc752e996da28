/** Load balancers that pass kube-proxy by, and firewalls that no dump shows. */
import { expect, it } from 'vitest';
import { readObjects } from '../../../src/kubernetes/readObjects.ts';
import { beforeNode, passesBy } from '../../../src/kubeproxy/services/passesBy.ts';

function said(
  annotations: object,
  ingress: readonly object[] = [],
  type = 'LoadBalancer',
): readonly string[] {
  const service = {
    kind: 'Service',
    metadata: { name: 'a', annotations },
    spec: { type },
    status: { loadBalancer: { ingress } },
  };
  return readObjects(JSON.stringify(service)).objects.services.flatMap(passesBy);
}

it.each([
  ['service.beta.kubernetes.io/aws-load-balancer-nlb-target-type', 'ip', 'AWS'],
  ['cloud.google.com/neg', '{"ingress": true}', 'GKE'],
  ['service.beta.kubernetes.io/backend-type', 'eni', 'Alibaba Cloud'],
  ['service.cloud.tencent.com/direct-access', 'true', 'Tencent Cloud'],
])('%s: %s sends to Pods', (key, value, who) => {
  expect(said({ [key]: value })).toEqual([expect.stringContaining(`(${who}, by the annotation ${key})`)]);
  expect(said({ [key]: 'instance' })).toEqual([]);
  expect(said({ [key]: value }, [], 'ClusterIP')).toEqual([]);
});

it('ipMode Proxy is not short-cut', () => {
  expect(said({}, [{ ip: '203.0.113.1', ipMode: 'Proxy' }])).toEqual([
    expect.stringContaining('at 203.0.113.1 is of ipMode Proxy'),
  ]);
  expect(said({}, [{ ip: '203.0.113.1' }])).toEqual([]);
});

it('the firewall of a cloud is named, of any other in general', () => {
  expect(beforeNode('aws')).toContain('security groups of the nodes');
  expect(beforeNode('__proto__')).toContain('the firewall of your cloud');
});
