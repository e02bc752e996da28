/** The tree by Service with the cluster's objects, and what stays of it while they and the rules change. */
import { describe, expect, test } from 'vitest';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import type { TreeNode, TreeOrder } from '../../../src/kubeproxy/tree/tree.ts';
import { auditedDump, type Cluster, type RawEndpoint } from '../findings/cluster/support.ts';

const ALL = 1_000_000;

function rowsBelow(
  analysis: Analysis,
  parent: string | null,
  order: TreeOrder = 'service',
): readonly TreeNode[] {
  return analysis.tree.rows(order, parent, 0, ALL).items;
}

/** `(badge) label | description` */
function print(rows: readonly TreeNode[]): readonly string[] {
  return rows.map((row) => `${row.badge === null ? '' : `(${row.badge}) `}${row.label} | ${row.description}`);
}

function changed(change: (cluster: Cluster) => void): Analysis {
  return auditedDump('1.36.3', { change });
}

function add(service: string, endpoint: RawEndpoint): (cluster: Cluster) => void {
  return (cluster) => cluster.slices(service)[0]?.endpoints.push(endpoint);
}

const came = add('shop/three', {
  addresses: ['10.244.9.9'],
  conditions: { ready: true },
  nodeName: 'node-2',
});

describe('a Service as the cluster and the rules have it', () => {
  const analysis = auditedDump('1.36.3');

  test('its type and policies stand in its row', () => {
    const rows = print(rowsBelow(analysis, 'n:edge'));
    expect(rows).toContain('np-cluster | NodePort · 3 endpoints');
    expect(rows).toContain('np-local | NodePort · external traffic policy Local · 3 endpoints');
    expect(print(rowsBelow(analysis, 'n:infra'))).toContain(
      'itp-local | ClusterIP · internal traffic policy Local · 1 endpoint',
    );
  });

  test('readiness stands in the rows of its endpoints, and who is not used is no problem', () => {
    expect(print(rowsBelow(analysis, 'e:infra/terminating-mix:http/tcp'))).toEqual([
      '10.244.1.68:8080 | terminating-mix-0 on node-1 · ready · 100 %',
      '10.244.2.64:8080 | terminating-mix-1 on node-2 · terminating, still serving',
      '10.244.3.50:8080 | terminating-mix-2 on node-3 · terminating, still serving',
    ]);
    expect(print(rowsBelow(analysis, 'e:infra/topo-hints:http/tcp')).at(-1)).toBe(
      '10.244.3.47:8080 | topo-hints-2 on node-3 · ready · not used on this node',
    );
  });

  test('a row says which object it is about', () => {
    const [service] = rowsBelow(analysis, 'n:default');
    expect(service?.object).toEqual({ resource: 'services', namespace: 'default', name: 'kubernetes' });
    const [endpoint] = rowsBelow(analysis, 'e:shop/three:http/tcp');
    expect(endpoint?.object).toEqual({ resource: 'pods', namespace: 'shop', name: 'three-0' });
  });

  test('no row has a badge for what is as it should be', () => {
    const bad = rowsBelow(analysis, null).flatMap(({ id }) =>
      rowsBelow(analysis, id).filter(
        (row) => row.badge === 'warning' && !row.description.includes('no endpoints'),
      ),
    );
    expect(print(bad)).toEqual([]);
  });
});

describe('where rules and objects disagree', () => {
  test('each row up to the namespace says so', () => {
    const analysis = changed(came);
    expect(print(rowsBelow(analysis, 'e:shop/three:http/tcp')).at(-1)).toBe(
      '(warning) 10.244.9.9:8080 | on node-2 · ready · not in the rules',
    );
    expect(print(rowsBelow(analysis, 's:shop/three'))).toEqual([
      '(warning) http | 80/TCP · 1 endpoint missing in the rules',
    ]);
    expect(print(rowsBelow(analysis, 'n:shop'))).toContain(
      '(warning) three | 1 endpoint missing in the rules · ClusterIP',
    );
    expect(rowsBelow(analysis, null).find(({ label }) => label === 'shop')?.badgeReason).toBe(
      '2 Services without endpoints, 1 Service whose rules are not what the cluster asks for',
    );
  });

  test('a Service without rules has a row, with the frontends that are missing', () => {
    const analysis = changed(({ items }) => {
      const spec = {
        clusterIP: '10.96.77.7',
        clusterIPs: ['10.96.77.7'],
        ports: [{ port: 80, protocol: 'TCP' }],
      };
      items.push({
        kind: 'Service',
        metadata: { namespace: 'shop', name: 'new' },
        spec,
        status: {},
        endpoints: [],
      });
    });
    expect(print(rowsBelow(analysis, 'n:shop'))).toContain(
      '(warning) new | no rules for it on this node · ClusterIP',
    );
    expect(print(rowsBelow(analysis, 'p:shop/new/tcp'))).toEqual([
      '(warning) ClusterIP | 10.96.77.7:80 · not in the rules',
      'Endpoints | none',
    ]);
  });

  test('without objects nothing is compared', () => {
    const analysis = changed((cluster) => cluster.keep(() => false));
    expect(print(rowsBelow(analysis, 'n:shop')).filter((row) => row.startsWith('(warning)'))).toEqual([
      '(warning) no-endpoints | no endpoints, traffic is rejected · ClusterIP',
      '(warning) no-slice | no endpoints, traffic is rejected · ClusterIP',
    ]);
  });
});

/** Every id, by depth first. */
function idsOf(analysis: Analysis, order: TreeOrder): ReadonlySet<string> {
  const ids = new Set<string>();
  const visit = (parent: string | null): void => {
    for (const row of rowsBelow(analysis, parent, order)) {
      if (ids.has(row.id)) throw new Error(`two rows are called ${row.id}`);
      ids.add(row.id);
      if (row.hasChildren) visit(row.id);
    }
  };
  visit(null);
  return ids;
}

/** As kube-proxy writes its Services anew: in another order each time. */
function reordered(text: string): string {
  return text
    .split(/^(?=\*)/m)
    .map(reorderedTable)
    .join('');
}

function reorderedTable(table: string): string {
  const lines = table.split('\n');
  for (const moved of [/^-A KUBE-SERVICES .*--comment "\S+\//, /^-A KUBE-NODEPORTS /, /^:KUBE-S/]) {
    const found = lines.filter((line) => moved.test(line)).reverse();
    lines.forEach((line, index) => {
      if (moved.test(line)) lines[index] = found.shift() ?? '';
    });
  }
  return lines.join('\n');
}

describe.each(['hook', 'service'] as const)('rows keep their ids by %s', (order) => {
  const before = idsOf(auditedDump('1.36.3'), order);

  test('when an endpoint comes', () => {
    const after = idsOf(changed(came), order);
    expect([...before].filter((id) => !after.has(id))).toEqual([]);
  });

  test('when the rules stand in another order', () => {
    const analysis = auditedDump('1.36.3', { rules: reordered });
    expect(analysis.rulesets[4]?.text).not.toBe(auditedDump('1.36.3').rulesets[4]?.text);
    const after = idsOf(analysis, order);
    expect([...before].filter((id) => !after.has(id))).toEqual([]);
  });

  test('when a rule goes before them', () => {
    const after = idsOf(
      auditedDump('1.36.3', {
        rules: (text) => text.replace(/^-A KUBE-SERVICES .*"default\/kubernetes.*\n/m, ''),
      }),
      order,
    );
    const gone = [...before].filter((id) => !after.has(id));
    expect(gone.filter((id) => !/kubernetes|NPX46M4PTMTKRN6Y/.test(id))).toEqual([]);
  });
});
