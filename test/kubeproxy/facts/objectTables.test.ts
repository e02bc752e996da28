/** Tables of `kubectl get`, beside rules that tell what the tables leave out. */
import { describe, expect, test } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { contentsOf } from '../../../src/kubeproxy/facts/contents.ts';
import { namedFacts } from '../../../src/kubeproxy/facts/nodeFacts.ts';
import { serviceSuffix } from '../../../src/kubeproxy/modes/iptables/hashes.ts';

const [CART, WEB, ADMIN] = ['shop/cart:http', 'shop/pay:web', 'shop/pay:admin'].map((name) =>
  serviceSuffix(name, 'tcp'),
);

const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-${CART} - [0:0]
:KUBE-SVC-${WEB} - [0:0]
:KUBE-SVC-${ADMIN} - [0:0]
:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-${CART}
-A KUBE-SERVICES -d 10.96.7.8/32 -p tcp -m comment --comment "shop/pay:web cluster IP" -m tcp --dport 80 -j KUBE-SVC-${WEB}
-A KUBE-SERVICES -d 10.96.7.8/32 -p tcp -m comment --comment "shop/pay:admin cluster IP" -m tcp --dport 9090 -j KUBE-SVC-${ADMIN}
-A KUBE-SVC-${CART} -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
COMMIT
`;

const WIDE = `NAMESPACE   NAME   TYPE           CLUSTER-IP   EXTERNAL-IP    PORT(S)           AGE   SELECTOR
shop        cart   NodePort       10.96.7.7    203.0.113.5    80:31080/TCP      3d    app=cart,tier=front
shop        pay    LoadBalancer   10.96.7.8    203.0.113.9    80/TCP,9090/TCP   3d    <none>
shop        new    ClusterIP      10.96.7.9    <none>         80/TCP,81/UDP     1s    app=new
shop        out    ExternalName   <none>       example.com    <none>            3d    <none>
`;

const withoutNamespace = (table: string): string => table.replaceAll(/^(NAMESPACE|shop) +/gm, '');

/** As on the command line with `--facts`, of a text of any name. */
function analysisWith(...texts: readonly string[]): Analysis {
  const facts = namedFacts(texts.map((text, at) => ({ id: `${at}`, contents: contentsOf(text) })));
  const files = [...facts.files].map(([name, { text }]) => [name, text] as const);
  return analysisOfFiles(new Map([['iptables-save.txt', RULES], ...files]));
}

function portsOf({ catalog }: Analysis): readonly string[] {
  return catalog.ports.map(({ name, protocol, type }) => `${name}/${protocol} ${type}`);
}

function listedOf({ catalog }: Analysis, name: string): readonly string[] | null {
  const listed = catalog.portNamed(name)?.listed ?? null;
  return listed?.map(({ address, port, endpoint }) => `${address}:${port} ${endpoint.ready}`) ?? null;
}

describe('services', () => {
  test('their ports are called as the rules call them', () => {
    const analysis = analysisWith(WIDE);
    expect(portsOf(analysis)).toEqual([
      'shop/cart:http/tcp NodePort',
      'shop/pay:admin/tcp LoadBalancer',
      'shop/pay:web/tcp LoadBalancer',
    ]);
    const [cart, pay] = analysis.objects?.services ?? [];
    expect(cart).toMatchObject({ clusterIPs: ['10.96.7.7'], externalIPs: ['203.0.113.5'] });
    expect(cart?.ports).toMatchObject([{ name: 'http', port: 80, nodePort: 31080 }]);
    expect(cart?.selector).toEqual(
      new Map([
        ['app', 'cart'],
        ['tier', 'front'],
      ]),
    );
    expect(pay).toMatchObject({ externalIPs: [], loadBalancerIngress: [{ ip: '203.0.113.9' }] });
    expect(analysis.objectProblems).toEqual([
      'a table of services does not tell the names of their ports, which are taken from the rules, nor policies, affinity and load balancers apart from external IPs, which are not compared; -o yaml tells them',
      'of tables 2 ports of Services that are in no rules are left out, as nothing tells what they are called',
    ]);
  });

  test('without -A and -o wide: the namespace is that of the rules, selectors are not known', () => {
    const table = withoutNamespace(WIDE).replaceAll(/ +(SELECTOR|app=\S+|<none>)$/gm, '');
    const analysis = analysisWith(table);
    expect(portsOf(analysis)).toEqual(portsOf(analysisWith(WIDE)));
    expect(analysis.objects?.services.map(({ namespace }) => namespace)).toEqual(Array(4).fill('shop'));
    expect(analysis.objectProblems.join('\n')).toContain('affinity, selectors and load balancers');
    expect(analysis.objectProblems.join('\n')).toContain('no column NAMESPACE');
  });

  test('of other namespaces than the rules have it stay apart from theirs', () => {
    expect(portsOf(analysisWith(WIDE.replaceAll('shop', 'test')))).toContain('shop/cart:http/tcp null');
  });

  test('what a table does not tell is not compared with the rules', () => {
    const analysis = analysisWith(WIDE.replace('10.96.7.8', '10.96.7.88'));
    expect(analysis.catalog.ports.flatMap((port) => analysis.audit.ofPort(port))).toEqual([]);
  });
});

const ENDPOINTS = `NAMESPACE   NAME   ENDPOINTS                               AGE
shop        cart   10.244.1.5:8080,10.244.2.9:8080         3d
shop        pay    10.244.1.6:8080,10.244.1.6:9090         3d
`;

describe('endpoints', () => {
  test('are the ready ones of a Service with one port; of several ports they are left out', () => {
    const analysis = analysisWith(WIDE, ENDPOINTS);
    expect(listedOf(analysis, 'shop/cart:http')).toEqual(['10.244.1.5:8080 true', '10.244.2.9:8080 true']);
    expect(listedOf(analysis, 'shop/pay:web')).toBeNull();
    expect(analysis.objectProblems.at(-1)).toBe(
      'of tables 2 lists of endpoints are left out, as nothing tells of which port of which Service they are',
    );
  });

  test('that are cut are left out and named, and none of the rules is missed in them', () => {
    const analysis = analysisWith(
      WIDE,
      ENDPOINTS.replace('10.244.2.9:8080 ', '10.244.2.9:8080 + 2 more... '),
    );
    expect(listedOf(analysis, 'shop/cart:http')).toBeNull();
    expect(analysis.objectProblems).toContain(
      'the list of cart is cut in the table of endpoints ("+ N more..."), and left out',
    );
    expect(analysis.catalog.portNamed('shop/cart:http')?.endpoints[0]?.inObjects).toBeNull();
  });

  test('without -A, in one paste with the Services', () => {
    const session = `$ kubectl get svc,ep -n shop\n${withoutNamespace(WIDE)}\n${withoutNamespace(ENDPOINTS)}`;
    expect(listedOf(analysisWith(session), 'shop/cart:http')).toHaveLength(2);
  });
});

const SLICES = `NAMESPACE   NAME         ADDRESSTYPE   PORTS   ENDPOINTS               AGE
shop        cart-x7k2p   IPv4          8080    10.244.1.5,10.244.2.9   3d
shop        none-x7k2q   IPv4          <unset>   <unset>               3d
`;

describe('endpointslices', () => {
  test('are of the Service that their name begins with; which are ready is not known', () => {
    const analysis = analysisWith(WIDE, SLICES);
    expect(listedOf(analysis, 'shop/cart:http')).toEqual(['10.244.1.5:8080 null', '10.244.2.9:8080 null']);
    expect(analysis.objectProblems.join('\n')).toContain('neither which endpoints are ready nor');
  });
});
