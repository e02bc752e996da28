import { describe, expect, it } from 'vitest';
import { decidingNode } from '../../../src/kubeproxy/choices/decidingNode.ts';
import { node, pod, read, smallCluster } from './objects.ts';

const objects = read(smallCluster);

function decide(from: string, to: string, given = objects) {
  return decidingNode(given, { from, to, protocol: '' });
}

describe('the node whose rules decide', () => {
  it.each([
    [
      'pod:10.244.1.7',
      '10.96.12.3:80',
      'node-1',
      'The packet enters at node-1, where the pod default/client runs.',
    ],
    [
      'pod:default/client',
      'default/web:http',
      'node-1',
      'The packet enters at node-1, where the pod default/client runs.',
    ],
    [
      '10.244.2.9:4000',
      '10.96.12.3:80',
      'node-2',
      'The packet enters at node-2, where the pod default/web-a runs.',
    ],
    [
      'pod:default/agent',
      '10.96.12.3:80',
      'node-3',
      'The pod default/agent uses the network of node-3 and sends as a process of it.',
    ],
    ['node:node-2', '10.96.12.3:80', 'node-2', 'A process of node-2 sends the packet.'],
    ['node:192.168.0.3', '10.96.12.3:80', 'node-3', 'A process of node-3 sends the packet.'],
    ['192.168.0.1', '10.96.12.3:80', 'node-1', 'A process of node-1 sends the packet.'],
    [
      'external:203.0.113.9',
      '192.168.0.2:30080',
      'node-2',
      'The packet goes to 192.168.0.2, an address of node-2.',
    ],
  ])('%s to %s: %s', (from, to, expected, because) => {
    expect(decide(from, to)).toEqual({ node: expected, candidates: [expected], because });
  });

  it.each([
    [
      'external:203.0.113.9',
      '10.96.12.3:80',
      ['node-2', 'node-3', 'node-1'],
      'any node that a router sends packets for the ClusterIP of default/web:http to may get it',
    ],
    [
      'external:203.0.113.9',
      '198.51.100.8:80',
      ['node-3', 'node-2', 'node-1'],
      'its externalTrafficPolicy is Local, so those with a ready endpoint come first',
    ],
    [
      'external:203.0.113.9',
      '198.51.100.7:80',
      ['node-3', 'node-2', 'node-1'],
      'the external IP of default/web:http',
    ],
    [
      'external:203.0.113.9',
      '10.244.3.4:8080',
      ['node-3', 'node-2', 'node-1'],
      'may lead straight to node-3',
    ],
    ['external:203.0.113.9', '8.8.8.8:53', ['node-2', 'node-3', 'node-1'], 'nothing tells at which node'],
    ['10.244.1.200', '10.96.12.3:80', ['node-1', 'node-2', 'node-3'], '10.244.1.0/24 is the range of node-1'],
    ['pod:172.16.0.1', '10.96.12.3:80', ['node-2', 'node-3', 'node-1'], 'no node’s range holds it'],
    ['node', '10.96.12.3:80', ['node-2', 'node-3', 'node-1'], 'does not say which node’s process'],
    ['node:4000', '10.96.12.3:80', ['node-2', 'node-3', 'node-1'], 'does not say which node’s process'],
    ['', '', ['node-2', 'node-3', 'node-1'], 'does not say who sends'],
    ['pod:<b>', 'a b c', ['node-2', 'node-3', 'node-1'], 'does not say who sends'],
  ])('%s to %s: any, first %s', (from, to, candidates, because) => {
    const found = decide(from, to);
    expect(found).toMatchObject({ node: null, candidates });
    expect(found.because).toContain(because);
  });

  it('is open for a pod that is on no node yet, and for one that has ended', () => {
    const given = read([
      ...smallCluster,
      pod('waiting', '', null),
      { ...pod('job', '10.244.3.77', 'node-3'), status: { phase: 'Succeeded', podIP: '10.244.3.77' } },
    ]);
    expect(decide('pod:default/waiting', '10.96.12.3:80', given).node).toBeNull();
    expect(decide('pod:default/job', '10.96.12.3:80', given)).toMatchObject({
      node: null,
      candidates: ['node-3', 'node-2', 'node-1'],
    });
  });

  it('takes a load-balancer IP that is a node’s address for the node’s', () => {
    const given = read([...smallCluster, node('edge', '198.51.100.8', '10.244.9.0/24')]);
    expect(decide('external:203.0.113.9', '198.51.100.8:80', given).node).toBe('edge');
  });

  it('knows nothing without objects', () => {
    expect(decide('pod:10.244.1.7', '10.96.12.3:80', read([]))).toMatchObject({ node: null, candidates: [] });
  });
});
