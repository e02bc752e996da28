import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { coverageOfObjects } from '../../../src/kubernetes/coverage.ts';
import { readObjects } from '../../../src/kubernetes/readObjects.ts';

const DUMPS = join(import.meta.dirname, '../../dumps');
const files = readdirSync(DUMPS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('objects.json'))
  .map((name) => join(DUMPS, name))
  .filter((path) => existsSync(path));

describe('YAML', () => {
  test('of every dump equals its JSON', () => {
    expect(files.length).toBeGreaterThan(0);
    for (const path of files) {
      const text = readFileSync(path, 'utf8');
      const yaml = dump(JSON.parse(text), { noRefs: true });
      expect(readObjects(yaml)).toEqual(readObjects(text));
    }
  });

  test('documents of several kinds, with comments and dates', () => {
    const { objects, problems } = readObjects(
      [
        'apiVersion: v1',
        'kind: Service',
        'metadata:',
        '  name: web # of the shop',
        '  creationTimestamp: 2026-01-01T00:00:00Z',
        'spec:',
        '  clusterIP: 10.96.0.9',
        '  ports:',
        '  - {name: http, port: 80, targetPort: 8080}',
        '---',
        'apiVersion: v1',
        'kind: Node',
        'metadata: {name: node-1}',
      ].join('\n'),
    );
    expect(problems).toEqual([]);
    expect(objects.services[0]).toMatchObject({ name: 'web', clusterIPs: ['10.96.0.9'] });
    expect(objects.services[0]?.ports[0]).toMatchObject({ name: 'http', port: 80, targetPort: 8080 });
    expect(objects.nodes[0]?.name).toBe('node-1');
  });

  test('aliases are not followed', () => {
    const bomb = [
      'kind: List',
      'a: &a [x, x]',
      ...Array.from('bcdefghij', (name) => name).map(
        (name, at) => `${name}: &${name} [*${'abcdefghij'[at]}, *${'abcdefghij'[at]}]`,
      ),
      'items: *j',
    ].join('\n');
    expect(readObjects(bomb).problems[0]).toMatch(/^not valid YAML: /);
  });
});

const PODS = `NAMESPACE     NAME                READY   STATUS             RESTARTS      AGE   IP            NODE     NOMINATED NODE   READINESS GATES
default       web-0               1/1     Running            2 (3d ago)    4d    10.244.1.5    node-1   <none>           <none>
default       web-1               0/1     CrashLoopBackOff   12 (5m ago)   4d    10.244.2.9    node-2   <none>           <none>
default       job-x               0/1     Completed          0             9d    10.244.1.5    node-1   <none>           <none>
kube-system   kube-proxy-1        1/1     Running            0             4d    192.0.2.10    node-1   <none>           <none>
kube-system   cni-1               2/2     Terminating        0             4d    192.0.2.10    node-1   <none>           <none>
kube-system   waits               0/1     Pending            0             4d    <none>        <none>   <none>           <none>
`;

const NODES = `NAME     STATUS                     ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE
node-1   Ready                      control-plane   9d    v1.36.3   192.0.2.10    <none>        Debian GNU/Linux 12
node-2   NotReady,SchedulingDisabled   <none>       9d    v1.36.3   192.0.2.11    203.0.113.4   Debian GNU/Linux 12
`;

describe('tables', () => {
  test('pods', () => {
    const { objects, problems } = readObjects(PODS);
    expect(problems).toEqual([]);
    const told = objects.pods.map((pod) => [
      `${pod.namespace}/${pod.name}`,
      pod.ips.join(),
      pod.nodeName,
      pod.phase,
      pod.ready,
      pod.terminating,
      pod.hostNetwork,
    ]);
    expect(told).toEqual([
      ['default/web-0', '10.244.1.5', 'node-1', 'Running', true, false, false],
      ['default/web-1', '10.244.2.9', 'node-2', 'Running', false, false, false],
      ['default/job-x', '10.244.1.5', 'node-1', 'Succeeded', false, false, false],
      ['kube-system/kube-proxy-1', '192.0.2.10', 'node-1', 'Running', true, false, true],
      ['kube-system/cni-1', '192.0.2.10', 'node-1', 'Running', false, true, true],
      ['kube-system/waits', '', null, 'Pending', false, false, false],
    ]);
  });

  test('a paste that lost its alignment', () => {
    const pasted = PODS.replaceAll(/ {2,}/g, '   ');
    expect(readObjects(pasted).objects).toEqual(readObjects(PODS).objects);
  });

  test('nodes', () => {
    const { nodes } = readObjects(NODES).objects;
    expect(
      nodes.map(({ name, ready, addresses, internalAddresses }) => [
        name,
        ready,
        addresses,
        internalAddresses,
      ]),
    ).toEqual([
      ['node-1', true, ['192.0.2.10'], ['192.0.2.10']],
      ['node-2', false, ['192.0.2.11', '203.0.113.4'], ['192.0.2.11']],
    ]);
  });

  test('several kinds in one output', () => {
    const several = `NAMESPACE   NAME              TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
default     service/web       ClusterIP   10.96.0.9    <none>        80/TCP    4d

NAMESPACE   NAME        READY   STATUS    RESTARTS   AGE
default     pod/web-0   1/1     Running   0          4d
`;
    const { objects, problems, partial } = readObjects(several);
    expect(objects.services).toMatchObject([{ name: 'web', table: { hasNamespace: true } }]);
    expect(objects.pods.map(({ name }) => name)).toEqual(['web-0']);
    expect(problems.join()).toContain('policies, affinity, selectors and load balancers');
    expect(coverageOfObjects(objects, partial).covers('pods', 'default')).toBe(false);
  });
});

const DESCRIBED = `Name:                     web
Namespace:                shop
Labels:                   app=web
                          tier=front
Annotations:              <none>
Selector:                 app=web
Type:                     LoadBalancer
IP Family Policy:         SingleStack
IP Families:              IPv4
IP:                       10.96.0.9
IPs:                      10.96.0.9
LoadBalancer Ingress:     203.0.113.7 (VIP)
Port:                     http  80/TCP
TargetPort:               web-port/TCP
NodePort:                 http  30080/TCP
Endpoints:                10.244.1.5:8080,10.244.2.9:8080
Port:                     <unset>  53/UDP
TargetPort:               5353/UDP
NodePort:                 <unset>  30053/UDP
Endpoints:                
Session Affinity:         ClientIP
External Traffic Policy:  Local
Internal Traffic Policy:  Cluster
HealthCheck NodePort:     32000
Events:                   <none>
`;

describe('kubectl describe service', () => {
  test('equals the JSON in what it keeps', () => {
    const json = {
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', tier: 'front' } },
      spec: {
        type: 'LoadBalancer',
        clusterIPs: ['10.96.0.9'],
        selector: { app: 'web' },
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 'web-port', nodePort: 30080 },
          { name: '', protocol: 'UDP', port: 53, targetPort: 5353, nodePort: 30053 },
        ],
        sessionAffinity: 'ClientIP',
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 32000,
      },
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.7', ipMode: 'VIP' }] } },
    };
    const { objects, problems, partial } = readObjects(DESCRIBED);
    expect(problems).toEqual([]);
    expect(objects.services).toEqual(readObjects(JSON.stringify(json)).objects.services);
    expect(objects.slices).toHaveLength(1);
    expect(objects.slices[0]).toMatchObject({
      service: 'web',
      namespace: 'shop',
      endpoints: [{ addresses: ['10.244.1.5'] }, { addresses: ['10.244.2.9'] }],
      ports: [{ name: 'http', protocol: 'tcp', port: 8080 }],
    });
    expect(coverageOfObjects(objects, partial).covers('endpointslices', 'shop')).toBe(false);
  });

  test('endpoints that are cut are left out, and named', () => {
    const cut = DESCRIBED.replace('10.244.2.9:8080', '10.244.2.9:8080 + 3 more...');
    const { objects, problems } = readObjects(cut);
    expect(objects.slices).toEqual([]);
    expect(problems).toEqual(['the endpoints of web are cut in its description, and left out']);
  });
});

test('JSON, YAML, a table and a description one after the other', () => {
  const text = `${NODES}\n{"kind":"Pod","metadata":{"name":"a"}}\n${DESCRIBED}\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n`;
  const { objects } = readObjects(text);
  expect(objects.nodes).toHaveLength(2);
  expect(objects.services.map(({ name }) => name)).toEqual(['web']);
  expect(objects.pods.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('any lines of such texts: nothing throws', () => {
  const lines = `${PODS}${NODES}${DESCRIBED}kind: List\nitems:\n- kind: Pod\n{\n[\n---\n`.split('\n');
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 25 }), (each) => {
      readObjects(each.join('\n'));
    }),
  );
});
