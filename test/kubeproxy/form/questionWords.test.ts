import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { rulesOnly, snapshot } from '../narrative/support.ts';

const sample = snapshot('media/samples/kube-proxy-1.36');
const rules = readFileSync(new URL('../../fixtures/words/iptables-save.txt', import.meta.url), 'utf8');
const bare = rulesOnly(rules);
const dumpAlone = rulesOnly(
  readFileSync(new URL('../../../media/samples/kube-proxy-1.36/iptables-save.txt', import.meta.url), 'utf8'),
);

/** `10.244.1.5 → 10.96.0.1:443/tcp`, or what is wrong. */
function ends(from: string, to: string, protocol = '', analysis = sample): string {
  const reading = readForm({ ...emptyForm, from, to, protocol }, analysis);
  if (reading.kind === 'errors')
    return reading.errors.map(({ field, message }) => `${field}: ${message}`).join('\n');
  const { flow } = reading;
  const source = flow.from.address ?? flow.from.kind;
  const port = flow.to.port === null ? '' : ` ${flow.to.port}`;
  return `${source} → ${flow.to.address}${port} ${flow.protocol}`;
}

const pod = 'pod:10.244.1.5';

describe('an address with somebody before it', () => {
  it.each([
    ['pod:10.9.9.9:30080', 'pod', ''],
    ['external:10.9.9.9:30080', 'external', ''],
    ['node:10.9.9.9:30080', 'node', 'node port of edge/np-cluster:http'],
    ['10.9.9.9:30080', undefined, 'node port of edge/np-cluster:http, if the address is this node’s'],
  ])('%s is theirs', (to, kind, toNote) => {
    const reading = readForm({ ...emptyForm, from: pod, to }, dumpAlone);
    expect(reading.kind === 'flow' && [reading.flow.to.kind, reading.toNote]).toEqual([kind, toNote]);
  });
});

describe('a destination from within the cluster', () => {
  it.each([
    [':30080', '192.168.0.2 30080 tcp'],
    ['30080', '192.168.0.2 30080 tcp'],
    ['node:30080', '192.168.0.2 30080 tcp'],
    ['node:node-2:30080', '192.168.0.3 30080 tcp'],
    ['node-2:30080', '192.168.0.3 30080 tcp'],
    ['localhost:30080', '127.0.0.1 30080 tcp'],
    ['0.0.0.0:30080', '127.0.0.1 30080 tcp'],
    ['shop/three', '10.106.89.61 80 tcp'],
    ['three', '10.106.89.61 80 tcp'],
    ['three:http', '10.106.89.61 80 tcp'],
    ['three:80', '10.106.89.61 80 tcp'],
    ['svc/three', '10.106.89.61 80 tcp'],
    ['svc/shop/three:80', '10.106.89.61 80 tcp'],
    ['service/three', '10.106.89.61 80 tcp'],
    ['np-cluster:30080', '192.168.0.2 30080 tcp'],
    ['three.shop', '10.106.89.61 80 tcp'],
    ['three.shop.svc', '10.106.89.61 80 tcp'],
    ['Three.Shop.svc.cluster.local.', '10.106.89.61 80 tcp'],
    ['three.shop.svc.my.domain:80', '10.106.89.61 80 tcp'],
    ['http://three.shop/path?q=1', '10.106.89.61 80 tcp'],
    ['https://user@kubernetes.default', '10.96.0.1 443 tcp'],
    // DNS answers with an address, whatever port is asked for then.
    ['http://three.shop:8080/', '10.106.89.61 8080 tcp'],
    ['https://three.shop', '10.106.89.61 443 tcp'],
    ['http://10.106.89.61/', '10.106.89.61 80 tcp'],
    ['http://[fd00:10:96::36e9]/', 'to: The source is IPv4 and the destination IPv6'],
    ['kube-dns:dns', '10.96.0.10 53 udp'],
    ['pod:shop/three-0', '10.244.1.14 8080 tcp'],
    ['pod/three-0:9999', '10.244.1.14 9999 tcp'],
    ['three-0', '10.244.1.14 8080 tcp'],
    ['headless-0.headless.shop.svc.cluster.local', '10.244.1.37 8080 tcp'],
    ['headless-0.headless.shop:9000', '10.244.1.37 9000 tcp'],
    ['pod:10.244.1.14:8080', '10.244.1.14 8080 tcp'],
    ['external:443', '203.0.113.9 443 tcp'],
    ['unnamed', '10.105.247.100 80 tcp'],
  ])('%s', (to, expected) => {
    expect(ends(pod, to)).toContain(expected);
  });

  it('is the port of the protocol that was said', () => {
    expect(ends(pod, 'kube-dns:53', 'tcp')).toContain('10.96.0.10 53 tcp');
    expect(ends(pod, 'kube-dns:53', 'udp')).toContain('10.96.0.10 53 udp');
    expect(ends(pod, 'sip', 'udp')).toContain('5060 udp');
    expect(ends(pod, 'kube-dns', 'icmp')).toContain('10.96.0.10 icmp');
  });

  it('is of the family that the source has', () => {
    expect(ends('pod:fd00:10:244:1::7', 'v6/dual:http')).toContain('fd00:10:96::36e9 80');
    expect(ends('external:2001:db8::7', 'v6-only')).toContain('fd00:10:96::87ac 80');
    expect(ends('pod', 'v6-only')).toContain('fd00:10:96::87ac 80');
    expect(ends('node', 'v6-only')).toContain('fd00:10:96::87ac 80');
    expect(ends('external', ':30120')).toContain('2001:db8::9 → fd00:192:168::2 30120');
    expect(ends('external:2001:db8::7', ':30120')).toContain('2001:db8::7 → fd00:192:168::2 30120');
  });
});

describe('a Service named from outside', () => {
  it.each([
    ['edge/lb-cluster:http', '203.0.113.10 80 tcp'],
    ['https://lb-cluster.edge/', '203.0.113.10 443 tcp'],
    ['extip', '198.18.0.10 80 tcp'],
    ['np-cluster', '192.168.0.2 30080 tcp'],
    ['lb-pending:80', '192.168.0.2 30094 tcp'],
    ['shop/three', '10.106.89.61 80 tcp'],
  ])('is %s by its load balancer, external IP or node port, else by its cluster IP', (to, expected) => {
    expect(ends('external', to)).toContain(expected);
  });

  it('is not asked from outside by another node', () => {
    expect(ends('node-2', 'np-cluster')).toContain('192.168.0.3 → 10.108.134.196 80');
  });
});

describe('a source', () => {
  it.each([
    ['external', '203.0.113.9'],
    ['external:5000', '203.0.113.9'],
    ['node', 'node'],
    ['localhost', 'node'],
    ['node-1', 'node'],
    ['node/node-1', 'node'],
    ['node-2', '192.168.0.3'],
    ['client-1', '10.244.1.5'],
    ['default/client-1', '10.244.1.5'],
    ['pod/client-1', '10.244.1.5'],
    ['pod:client-1:4000', '10.244.1.5'],
    ['10.244.1.5', '10.244.1.5'],
  ])('%s', (from, expected) => {
    expect(ends(from, '10.96.0.1:443')).toBe(`${expected} → 10.96.0.1 443 tcp`);
  });

  it('that is any pod is none that the packet goes to, and is said to stand for it', () => {
    const reading = readForm({ ...emptyForm, from: 'pod', to: 'shop/three' }, sample);
    if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
    const { address } = reading.flow.from;
    const endpoints = sample.catalog.portNamed('shop/three:http')?.endpoints.map((each) => each.address);
    expect(endpoints).toHaveLength(3);
    expect(endpoints).not.toContain(address);
    expect(reading.fromNote).toMatch(/^pod [\w/-]+ \(10\.244\.1\.\d+\), for any pod, enters by cni0$/);
    const [alone] = ends('pod', 'cart', '', bare).split(' ');
    expect(alone).toMatch(/^10\.244\.1\.\d+$/);
    expect(alone).not.toBe('10.244.1.5');
  });
});

describe('without the node’s files', () => {
  it('an address stands for the node’s, and is taken for its own', () => {
    expect(ends('external', ':31080', '', bare)).toBe('203.0.113.9 → 192.0.2.254 31080 tcp');
    expect(ends('external', 'cart', '', bare)).toBe('203.0.113.9 → 192.0.2.254 31080 tcp');
    const trace = bare.engine(4)?.trace(
      {
        family: 4,
        from: { kind: 'external', address: '203.0.113.9', port: null },
        to: { address: '192.0.2.254', port: 31080 },
        protocol: 'tcp',
      },
      { hints: bare.hints },
    );
    expect(trace?.outcomes.map(({ verdict, assuming }) => ({ verdict, assuming }))).toEqual([
      { verdict: 'forward', assuming: [] },
    ]);
    expect(trace?.assumptions.map(({ message }) => message)).toContain(
      '192.0.2.254 is taken to be an address of this node: it stands for the address of the node, which is not known.',
    );
  });

  it.each([
    ['cart', '10.96.7.7 80'],
    ['svc/cart', '10.96.7.7 80'],
    ['cart.shop', '10.96.7.7 80'],
    ['http://cart.shop/', '10.96.7.7 80'],
    ['cart.shop:80/items?all', '10.96.7.7 80'],
    ['pod:cart-1', 'to: "pod:cart-1" is no address, and without objects.json no pod is known by its name.'],
  ])('%s is looked up in the rules', (to, expected) => {
    expect(ends('node', to, '', bare)).toContain(expected);
  });
});

describe('a name that is nobody’s, or several', () => {
  it.each([
    ['thre', 'Did you mean shop/three?'],
    ['shop/thre', 'Did you mean shop/three?'],
    ['svc/thre', 'Did you mean shop/three?'],
    ['thre.shop.svc', 'Did you mean shop/three?'],
    ['pod:three-O', 'Did you mean shop/three-0?'],
    ['default/three', 'Nothing here is called "default/three", but there is shop/three.'],
    [
      'www.example.com',
      'Nothing here is called "www.example.com": it is no address, and no Service, pod or node.',
    ],
    ['shop/multi', 'shop/multi has several ports: name one of them, '],
    ['shop/multi:81', 'shop/multi has no such port: it has '],
    ['99999', '"99999" is not a port: use a number from 1 to 65535.'],
    [':0', '"0" is not a port: use a number from 1 to 65535.'],
    ['three.shop:80/UDP', 'Say the protocol by itself: "three.shop:80", with udp as the protocol.'],
    ['svc/', 'A name is missing behind "svc/", such as svc/default/web.'],
    ['pod', 'Say which pod'],
    ['http://', '"http://" names no host'],
    ['shop/external-name', 'shop/external-name'],
    ['shop/headless:http', 'is headless'],
    ['10.96.0.300:80', '"10.96.0.300" is not an IPv4 address'],
  ])('to %s', (to, message) => {
    expect(ends(pod, to)).toContain(message);
  });

  it.each([
    ['clent-1', 'Did you mean default/client-1?'],
    ['svc/three', 'shop/three is a Service, which sends no packets'],
    ['client-1:http', '"http" is not a port'],
  ])('from %s', (from, message) => {
    expect(ends(from, '10.96.0.1:443')).toContain(message);
  });

  it('says which there are', () => {
    const second = rules
      .split('\n')
      .filter((line) => line.includes('CART'))
      .map((line) =>
        line.replaceAll('shop/', 'test/').replaceAll('10.96.7.7', '10.96.7.8').replaceAll('CART', 'TRAC'),
      );
    const twice = rulesOnly(rules.replace('COMMIT', `${second.join('\n')}\nCOMMIT`));
    expect(ends('node', 'cart', '', twice)).toBe(
      'to: "cart" may be one of 2 Services: shop/cart or test/cart.',
    );
    expect(ends('node', 'cart.test', '', twice)).toContain('10.96.7.8 80');
  });
});

/** Where it goes, and what is said of that. */
function note(from: string, to: string): string {
  const reading = readForm({ ...emptyForm, from, to }, to.startsWith('10.') ? sample : bare);
  return reading.kind === 'flow' ? `${reading.flow.to.address}: ${reading.toNote}` : 'wrong';
}

describe('a destination that makes no sense from its source', () => {
  it.each([
    [
      'external',
      'localhost:31080',
      /^192\.0\.2\.254: .*in place of localhost: a client keeps what it sends to its own$/,
    ],
    ['external', '127.0.0.1:31080', /^127\.0\.0\.1: a loopback address: who sends to it keeps the packet/],
    ['pod:10.244.1.5', 'localhost:31080', /^127\.0\.0\.1: a loopback address: who sends to it keeps/],
    ['node', '0.0.0.0:31080', /^127\.0\.0\.1: (?!a loopback)/],
    ['node', 'localhost:31080', /^127\.0\.0\.1: (?!a loopback)/],
    [
      'external',
      '10.106.89.61:80',
      /ClusterIP of shop\/three:http, which has no address for clients outside$/,
    ],
    ['pod:10.244.1.5', '10.106.89.61:80', /ClusterIP of shop\/three:http$/],
  ])('from %s to %s', (from, to, expected) => {
    expect(note(from, to)).toMatch(expected);
  });
});
