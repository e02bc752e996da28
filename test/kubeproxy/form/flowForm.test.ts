import { describe, expect, it } from 'vitest';
import { readForm, type FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { rulesOnly, snapshot } from '../narrative/support.ts';

const analysis = snapshot('media/samples/kube-proxy-1.36');

function read(form: Partial<FlowForm>) {
  return readForm({ ...emptyForm, ...form }, analysis);
}

describe('a flow from text', () => {
  it.each<[Partial<FlowForm>, object, string, string]>([
    [
      { from: 'pod:10.244.1.7', to: '10.96.0.10:53', protocol: 'UDP' },
      {
        family: 4,
        from: { kind: 'pod', address: '10.244.1.7', port: null },
        to: { address: '10.96.0.10', port: 53 },
        protocol: 'udp',
      },
      'pod, enters by cni0',
      'ClusterIP of kube-system/kube-dns:dns',
    ],
    [
      { from: ' external:203.0.113.9:5000 ', to: 'edge/lb-cluster:http' },
      {
        from: { kind: 'external', address: '203.0.113.9', port: 5000 },
        to: { address: '203.0.113.10', port: 80 },
        protocol: 'tcp',
      },
      'outside the cluster, enters by eth0',
      'load-balancer IP of edge/lb-cluster:http',
    ],
    [
      { from: 'pod:fd00:10:244:1::7', to: 'v6/dual:http' },
      {
        family: 6,
        from: { kind: 'pod', address: 'fd00:10:244:1::7', port: null },
        to: { address: 'fd00:10:96::36e9', port: 80 },
      },
      'pod, enters by cni0',
      'ClusterIP of v6/dual:http',
    ],
    [
      { from: '[fd00:10:244:1::7]:4000', to: '[fd00:10:96::36e9]:80' },
      { family: 6, from: { kind: 'pod', address: 'fd00:10:244:1::7', port: 4000 } },
      'pod, enters by cni0',
      'ClusterIP of v6/dual:http',
    ],
    // A Pod on the host's network.
    [
      { from: 'pod:192.168.0.2', to: '127.0.0.1:30080', protocol: 'tcp' },
      { from: { kind: 'node', address: '192.168.0.2', port: null, interface: null } },
      'this node',
      'node port of edge/np-cluster:http',
    ],
    // What real clients get of such packets: test/realKernel/clients, with bridges that do not ask the rules.
    [
      { from: 'pod:10.244.1.7', to: '10.244.1.5:8080' },
      { from: { kind: 'pod', address: '10.244.1.7' }, packet: { l2: 'bridged' } },
      'pod, on cni0 with the receiver',
      'pod default/client-1',
    ],
    [
      { from: 'node', to: 'kube-system/kube-dns:dns' },
      {
        from: { kind: 'node', address: null, port: null, interface: null },
        protocol: 'udp',
        to: { port: 53 },
      },
      'this node',
      'ClusterIP of kube-system/kube-dns:dns',
    ],
    [
      { from: 'node:192.168.0.2', to: '192.168.0.2:30081', uid: '1000' },
      { from: { kind: 'node', address: '192.168.0.2', uid: 1000 }, protocol: 'tcp' },
      'this node',
      'node port of edge/np-local:http',
    ],
    [
      { from: '192.168.0.2', to: '10.244.1.14:8080' },
      { from: { kind: 'node', address: '192.168.0.2' } },
      'this node',
      'pod shop/three-0',
    ],
    [
      { from: '10.244.1.14', to: '8.8.8.8', protocol: 'icmp', ttl: '3', icmpType: '13/0' },
      {
        from: { kind: 'pod' },
        to: { port: null },
        protocol: 'icmp',
        packet: { ttl: 3, icmpType: 13, icmpCode: 0 },
      },
      'pod shop/three-0, enters by cni0',
      '',
    ],
    [
      {
        from: 'pod:shop/three-0',
        to: '10.96.0.1:443',
        state: 'established',
        mark: '0x4000',
        tcpFlags: 'ack, psh',
      },
      {
        from: { address: '10.244.1.14' },
        state: 'established',
        mark: 16384,
        packet: { tcpFlags: ['PSH', 'ACK'] },
      },
      'pod shop/three-0, enters by cni0',
      'ClusterIP of default/kubernetes:https',
    ],
    [
      { from: 'node:node-1:4000', to: 'kube-system/kube-dns:dns' },
      { from: { kind: 'node', address: null, port: 4000, interface: null } },
      'this node',
      'ClusterIP of kube-system/kube-dns:dns',
    ],
    [
      { from: 'node:node-2', to: 'kube-system/kube-dns:dns' },
      { from: { kind: 'external', address: '192.168.0.3', port: null } },
      'node node-2, enters by eth0',
      'ClusterIP of kube-system/kube-dns:dns',
    ],
    [
      { from: 'node:node-2', to: '[fd00:10:96::36e9]:80' },
      { family: 6, from: { kind: 'external', address: 'fd00:192:168::3' } },
      'node node-2, enters by eth0',
      'ClusterIP of v6/dual:http',
    ],
    [
      { from: '203.0.113.9', to: '192.168.0.2', protocol: '47', interface: 'eth0' },
      { from: { kind: 'external', interface: 'eth0' }, to: { port: null }, protocol: '47' },
      'outside the cluster, enters by eth0',
      'node node-1',
    ],
  ])('%j', (form, flow, fromNote, toNote) => {
    expect(read(form)).toMatchObject({ kind: 'flow', flow, fromNote, toNote });
  });
});

describe('what is wrong is said at its field', () => {
  const right = { from: 'pod:10.244.1.7', to: '10.96.0.1:443' };

  it.each<[Partial<FlowForm>, string, string]>([
    [{ from: '' }, 'from', 'Say who sends the packet: pod:IP, external:IP, node or an address.'],
    [{ from: 'pod:' }, 'from', 'An address is missing behind "pod:", such as pod:10.244.1.7.'],
    [{ from: '10.244.1' }, 'from', '"10.244.1" is not an IPv4 address: it takes four numbers from 0 to 255.'],
    [{ from: '10.244.1.7/32' }, 'from', '"10.244.1.7/32" is a network: give one address of it.'],
    [{ from: '10.244.1.7:0' }, 'from', '"0" is not a port: use a number from 1 to 65535.'],
    [
      { from: 'fe80::1%eth0' },
      'from',
      '"fe80::1%eth0" has a zone: leave out what follows the %, and name the interface instead.',
    ],
    [
      { to: '' },
      'to',
      'Say where the packet goes: an address with a port, or a Service port such as default/web:http.',
    ],
    [{ to: '10.106.89.61', protocol: 'udp' }, 'to', 'Say which port: shop/three:http is at 80/TCP.'],
    [{ to: '8.8.8.8' }, 'to', 'Say which port, such as 8.8.8.8:80, or choose icmp as the protocol.'],
    [{ to: '8.8.8.8:80', protocol: 'icmp' }, 'to', 'ICMP has no ports: leave out ":80".'],
    [
      { to: '[fd00::1]:80' },
      'to',
      'The source is IPv4 and the destination IPv6: both ends of a packet are of one family.',
    ],
    [
      { to: 'shop/multi' },
      'to',
      'shop/multi has several ports: name one of them, shop/multi:grpc, shop/multi:http or shop/multi:https.',
    ],
    [
      { to: 'shop/multi:x' },
      'to',
      'shop/multi has no such port: it has shop/multi:grpc (9090/TCP), shop/multi:http (80/TCP) or shop/multi:https (443/TCP).',
    ],
    [{ to: 'default/three' }, 'to', 'Nothing here is called "default/three", but there is shop/three.'],
    [
      { protocol: 'tpc' },
      'protocol',
      '"tpc" is not a protocol: use tcp, udp, sctp, icmp or a number from 0 to 255.',
    ],
    [{ protocol: 'icmpv6' }, 'protocol', 'ICMPv6 belongs to IPv6, and these addresses are IPv4.'],
    [{ state: 'old' }, 'state', '"old" is not a state: use new, established, related, invalid or untracked.'],
    [
      { mark: '0x100000000' },
      'mark',
      '"0x100000000" is not a mark: use a number of 32 bits, such as 0x4000.',
    ],
    [{ interface: 'eth9' }, 'interface', 'The node has no interface "eth9": it has '],
    [{ ttl: '256' }, 'ttl', '"256" is not a TTL: use a number from 1 to 255.'],
    [{ tcpFlags: 'SYN,ACC' }, 'tcpFlags', '"ACC" is not a TCP flag: use '],
    [{ tcpFlags: 'SYN', protocol: 'udp' }, 'tcpFlags', 'Only TCP has these flags.'],
    [{ icmpType: '8' }, 'icmpType', 'Only ICMP has types.'],
    [{ uid: '5' }, 'uid', 'Only a process of the node itself has a user and a group here.'],
  ])('%j', (form, field, message) => {
    const reading = read({ ...right, ...form });
    expect(reading.kind).toBe('errors');
    const [error] = reading.kind === 'errors' ? reading.errors : [];
    expect(error?.field).toBe(field);
    expect(error?.message.startsWith(message), error?.message).toBe(true);
  });

  it('for several fields at once', () => {
    const reading = read({ from: 'x', to: 'y', ttl: 'z' });
    expect(reading.kind === 'errors' && reading.errors.map(({ field }) => field)).toEqual([
      'from',
      'to',
      'ttl',
    ]);
  });

  it('and an interface is believed where the node is not known', () => {
    const bare = rulesOnly('*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n');
    const reading = readForm(
      { ...emptyForm, from: '203.0.113.9', to: '10.0.0.1:80', interface: 'eth9' },
      bare,
    );
    expect(reading).toMatchObject({ kind: 'flow', flow: { from: { interface: 'eth9' } } });
  });

  it.each([
    ['a Pod and one of another node', { from: 'pod:10.244.1.7', to: '10.244.2.5:8080' }],
    ['a Pod and the node at its bridge', { from: 'pod:10.244.1.7', to: '10.244.1.1:8080' }],
    ['a Pod and all of its bridge', { from: 'pod:10.244.1.7', to: '10.244.1.255:8080' }],
    ['somebody outside and a Pod', { from: 'external:203.0.113.9', to: '10.244.1.5:8080' }],
    ['two neighbours of the node, on no bridge', { from: 'external:192.168.0.9', to: '192.168.0.8:80' }],
    ['another way in than the bridge', { from: '10.244.1.7', to: '10.244.1.5:8080', interface: 'eth0' }],
  ])('goes through the node’s routes between %s', (_, form) => {
    const reading = read({ protocol: 'tcp', ...form });
    expect(reading.kind === 'flow' ? reading.flow.packet : reading.errors).toBeUndefined();
  });
});
