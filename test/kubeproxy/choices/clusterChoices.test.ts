import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../src/kubeproxy/choices/choice.ts';
import { type ChoiceSearch, clusterChoices } from '../../../src/kubeproxy/choices/clusterChoices.ts';
import type { KubernetesObjects } from '../../../src/kubernetes/objects.ts';
import { finish } from '../../../src/values/steps.ts';
import { node, pod, read, service, slice, smallCluster } from './objects.ts';

const objects = read(smallCluster);

function choicesOf(given: KubernetesObjects, search: ChoiceSearch): readonly Choice[] {
  return finish(clusterChoices(given, search));
}

function rows(
  side: 'source' | 'destination',
  query: string,
  limit = 100,
  given = objects,
  typed = false,
): readonly string[] {
  return choicesOf(given, { side, query, limit, name: null, typed }).map(row);
}

function row({ label, description, form, kind }: Choice): string {
  return `${kind} ${label} | ${description} | ${Object.values(form).join(' ')}`;
}

describe('what a packet may come from in a cluster', () => {
  it('is somebody outside, a node, or a pod', () => {
    expect(rows('source', '')).toEqual([
      'external outside the cluster | any client: an address that no rule names stands for it | external',
      'node node-1 | a process of the node, 192.168.0.1 | node:node-1',
      'node node-2 | a process of the node, 192.168.0.2 | node:node-2',
      'node node-3 | a process of the node, 192.168.0.3 | node:node-3',
      'pod default/client | pod 10.244.1.7 on node-1 | pod:default/client',
      'pod default/web-a | pod 10.244.2.9 on node-2 | pod:default/web-a',
      'pod default/web-b | pod 10.244.3.4 on node-3 | pod:default/web-b',
      'pod default/agent | pod on node-3, on the node’s own network | node:node-3',
    ]);
  });

  it('leaves out pods that have ended or have no address', () => {
    const given = read([
      pod('waiting', '', null),
      { ...pod('job', '10.244.3.77', 'node-3'), status: { phase: 'Failed', podIP: '10.244.3.77' } },
    ]);
    expect(rows('source', 'pod', 100, given)).toEqual([]);
  });

  it('has a pod with two addresses once', () => {
    const two = { phase: 'Running', podIPs: [{ ip: '10.244.1.8' }, { ip: 'fd00::8' }] };
    const given = read([{ ...pod('two', '', 'node-1'), status: two }]);
    expect(rows('source', 'two', 9, given)).toEqual([
      'pod default/two | pod 10.244.1.8, fd00::8 on node-1 | pod:default/two',
    ]);
  });

  it('is named by its address where its name could not be said', () => {
    const odd = { ...pod('x', '10.244.1.8', 'node-1'), metadata: { namespace: 'a b', name: '$(x)' } };
    expect(rows('source', '', 9, read([odd])).at(-1)).toContain('| pod:10.244.1.8');
  });

  it.each([
    ['192.0.2.77', 'typed 192.0.2.77 | outside the cluster: 192.0.2.77 | 192.0.2.77'],
    [
      'external:192.0.2.77:5000',
      'typed external:192.0.2.77:5000 | outside the cluster: 192.0.2.77 | external:192.0.2.77:5000',
    ],
    ['10.244.1.7', 'typed 10.244.1.7 | the pod default/client | 10.244.1.7'],
    ['client', 'typed client | the pod default/client | client'],
    ['clint', 'typed clint | nothing here is called “clint” | clint'],
  ])('takes %s as it is typed, last', (query, expected) => {
    expect(rows('source', query, 9, objects, true).at(-1)).toBe(expected);
  });
});

describe('where a packet may go in a cluster', () => {
  it('is every Service port by each of its frontends, and the pods', () => {
    expect(rows('destination', '')).toEqual([
      'service default/web:http | ClusterIP 10.96.12.3:80/TCP | 10.96.12.3:80 tcp',
      'service default/web:http | external IP 198.51.100.7:80/TCP | 198.51.100.7:80 tcp',
      'service default/web:http | load-balancer IP 198.51.100.8:80/TCP | 198.51.100.8:80 tcp',
      'service default/web:http | node port 192.168.0.3:30080/TCP at node-3 | 192.168.0.3:30080 tcp',
      'service default/six:http | ClusterIP [fd00:10:96::1]:80/TCP · no endpoints | [fd00:10:96::1]:80 tcp',
      'service default/six:http | ClusterIP 10.96.0.66:80/TCP · no endpoints | 10.96.0.66:80 tcp',
      'pod default/client | pod 10.244.1.7 on node-1, by ICMP: no port of it is known | pod:default/client icmp',
      'pod default/web-a | pod 10.244.2.9:8080/TCP on node-2 | pod:default/web-a:8080 tcp',
      'pod default/web-b | pod 10.244.3.4:8080/TCP on node-3 | pod:default/web-b:8080 tcp',
      'pod default/agent | pod 192.168.0.3 on node-3, by ICMP: no port of it is known | pod:default/agent icmp',
    ]);
  });

  it.each([
    ['web node port node-1', ['192.168.0.1:30080']],
    ['web 192.168.0', ['192.168.0.1:30080', '192.168.0.2:30080', '192.168.0.3:30080']],
    ['192.168.0.2:30080', ['192.168.0.2:30080']],
    ['30080', ['192.168.0.3:30080']],
    ['load-balancer web', ['198.51.100.8:80']],
    ['nothing of the kind', []],
  ])('finds "%s"', (query, expected) => {
    const search = { side: 'destination', query, limit: 100, name: null } as const;
    expect(choicesOf(objects, search).map(({ form }) => form.to)).toEqual(expected);
  });

  it('offers no more than was asked for, what was typed among them', () => {
    expect(rows('destination', '192.0.2.1:53', 9, objects, true)).toEqual([
      'typed 192.0.2.1:53 | an address | 192.0.2.1:53',
    ]);
    expect(rows('destination', 'web.default', 9, objects, true)).toEqual([
      'typed web.default | the Service default/web | web.default',
    ]);
    expect(rows('destination', '10.96.12.3', 1, objects, true)).toHaveLength(1);
    expect(rows('destination', '', 2)).toHaveLength(2);
    expect(rows('destination', '', 0)).toEqual([]);
  });

  it.each([
    [
      'destination',
      'default/web',
      '',
      ['10.96.12.3:80', '198.51.100.7:80', '198.51.100.8:80', '192.168.0.3:30080'],
    ],
    ['destination', 'default/web', 'node-1', ['192.168.0.1:30080']],
    ['destination', 'default/web:http', 'load-balancer', ['198.51.100.8:80']],
    ['destination', 'default/web', '192.0.2.1:53', []],
    // The Pod is no Service, and has the name of no other.
    ['destination', 'default/web-a', '', []],
    ['destination', 'default/we', '', []],
    ['source', 'default/client', '', ['pod:default/client']],
    ['source', 'default/web', '', []],
    ['source', 'node-1', '', ['node:node-1']],
  ] as const)('of the %s %s alone, "%s"', (side, name, query, expected) => {
    const found = choicesOf(objects, { side, name, query, limit: 100 });
    expect(found.map(({ form }) => (side === 'source' ? form.from : form.to))).toEqual(expected);
  });

  it('finds a node among more Pods than are asked for', () => {
    const pods = Array.from({ length: 300 }, (_, at) => pod(`pod-${at}`, ip('10.1', at), 'node-1'));
    const nodes = Array.from({ length: 30 }, (_, at) => node(`node-${at}`, ip('172.16', at), '10.9.0.0/24'));
    const search = { side: 'source', query: '', limit: 200, name: 'node-1' } as const;
    expect(choicesOf(read([...pods, ...nodes]), search).map(({ label }) => label)).toEqual(['node-1']);
  });

  it('looks through 10,000 Services, 50,000 pods and 2,000 nodes in one go', () => {
    const items = [
      ...Array.from({ length: 2000 }, (_, at) =>
        node(`node-${at}`, ip('172.16', at), `${ip('10.9', at)}/32`),
      ),
      ...Array.from({ length: 50_000 }, (_, at) => pod(`pod-${at}`, ip('10.1', at), `node-${at % 2000}`)),
      ...Array.from({ length: 10_000 }, (_, at) =>
        service(`web-${at}`, {
          clusterIPs: [ip('10.96', at)],
          type: 'NodePort',
          ports: [{ name: 'http', port: 80, nodePort: 20000 + at }],
        }),
      ),
      ...Array.from({ length: 10_000 }, (_, at) =>
        slice(`web-${at}`, [
          { ip: ip('10.1', at), node: `node-${at % 2000}`, pod: `pod-${at}` },
          { ip: ip('10.1', at + 10_000), node: `node-${at % 2000}`, pod: `pod-${at + 10_000}` },
        ]),
      ),
    ];
    const large = read(items);
    expect(rows('destination', 'no such thing', 50, large)).toEqual([]);
    expect(rows('destination', 'web-9999:http node-1999', 50, large)).toEqual([
      `service default/web-9999:http | node port ${ip('172.16', 1999)}:29999/TCP at node-1999 | ${ip('172.16', 1999)}:29999 tcp`,
    ]);
    expect(rows('source', 'pod-49999', 50, large)).toHaveLength(1);
  });
});

function ip(prefix: string, number: number): string {
  return `${prefix}.${number >>> 8}.${number & 255}`;
}
