/** What nobody can promise: answers to a connection that began before, to a loopback address, to or from the address of many. */
import { expect, it } from 'vitest';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { snapshot, tell } from './support.ts';

const node = snapshot('media/samples/kube-proxy-1.36');

it.each<[string, Partial<FlowForm>, string, string]>([
  [
    'a connection to a ClusterIP that began before',
    { from: 'pod:10.244.1.7:5000', to: '10.111.32.74:80', state: 'established' },
    'mixed',
    'Forwarded to 10.111.32.74:80 out of eth0, unchanged if the first packet of its connection was, but a first packet like it is handed to an endpoint of shop/multi:http: conntrack alone tells where this connection goes.',
  ],
  [
    'a connection to a node port that began before',
    { from: 'external:203.0.113.9:5000', to: '192.168.0.2:30080', state: 'established' },
    'mixed',
    'Delivered to this node itself, at 192.168.0.2:30080, but a first packet like it is handed to an endpoint of edge/np-cluster:http: conntrack alone tells where this connection goes.',
  ],
  [
    'a connection to a pod that began before, as it would begin today',
    { from: 'pod:10.244.1.7:5000', to: '10.244.2.9:80', state: 'established' },
    'forward',
    'Forwarded to 10.244.2.9:80 out of eth0, unchanged if the first packet of its connection was.',
  ],
  [
    'a new connection that is said to be new',
    { from: 'pod:10.244.1.7:5000', to: '10.111.32.74:80', state: 'new' },
    'forward',
    'Forwarded to one of 3 endpoints of shop/multi:http.',
  ],
  [
    'a node port at a loopback address, from outside',
    { from: 'external:203.0.113.9:5000', to: '127.5.0.1:30080' },
    'unknown',
    'Never comes to this node: the client keeps what it sends to 127.5.0.1, the loopback address of each machine.',
  ],
  [
    'a node port at a loopback address, from a pod',
    { from: 'pod:10.244.1.7', to: '127.0.0.1:30080' },
    'unknown',
    'Never comes to this node: the client keeps what it sends to 127.0.0.1, the loopback address of each machine.',
  ],
  [
    'a pod at its own address',
    { from: 'pod:10.244.1.7', to: '10.244.1.7:8080' },
    'unknown',
    'Never comes to this node: the client keeps what it sends to 10.244.1.7, its own address.',
  ],
  [
    'a broadcast address as the source',
    { from: 'external:192.168.0.255:5000', to: '192.168.0.2:80' },
    'unanswered',
    "Delivered to this node itself, at 192.168.0.2:80, but no answer can come back: 192.168.0.255 is the address of many, and nobody's own; the client hangs until it times out.",
  ],
  [
    'TCP to a broadcast address',
    { from: 'external:203.0.113.9:5000', to: '192.168.0.255:80' },
    'unanswered',
    'Delivered to this node itself, at 192.168.0.255:80, but nothing answers TCP that is sent to many; the client hangs until it times out.',
  ],
  [
    'UDP to a broadcast address',
    { from: 'external:203.0.113.9:5000', to: '192.168.0.255:80', protocol: 'udp' },
    'local',
    'Delivered to this node itself, at 192.168.0.255:80.',
  ],
])('%s', (_, form, verdict, headline) => {
  const { narrative } = tell(node, form);
  expect(narrative.headline).toBe(headline);
  expect(narrative.verdict).toBe(verdict);
});
