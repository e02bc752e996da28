import { describe, expect, test } from 'vitest';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { tablesOf } from '../../../src/kubeproxy/rulesets.ts';
import type { Sources } from '../../../src/kubeproxy/sources.ts';
import type { Tree, TreeNode, TreeOrder } from '../../../src/kubeproxy/tree/tree.ts';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { dumpSources, dumpText, textSources } from '../dumps.ts';

function treeOf(sources: Sources, objectsJson: string | null = null): Tree {
  const files = new Map<SnapshotFileName, string>(
    objectsJson === null ? [] : [['objects.json', objectsJson]],
  );
  return openAnalysis({ sources, files, nodeName: 'node-1' }).tree;
}

const ALL = 1_000_000;

/** `label | description` of the rows below a row, indented, down to `depth`. */
function print(
  tree: Tree,
  order: TreeOrder,
  parent: string | null,
  depth: number,
  indent = '',
): readonly string[] {
  return tree
    .rows(order, parent, 0, ALL)
    .items.flatMap((row) => [
      `${indent}${row.badge === null ? '' : `(${row.badge}) `}${row.label} | ${row.description}`,
      ...(depth > 1 && row.hasChildren ? print(tree, order, row.id, depth - 1, `${indent}  `) : []),
    ]);
}

const dual = treeOf(dumpSources('1.36.3'), dumpText('1.36.3', 'objects.json'));

describe('by Service', () => {
  test('a Service opens to its ports, frontends and endpoints', () => {
    expect(print(dual, 'service', 's:edge/np-local-two', 3)).toEqual([
      'http | 80/TCP',
      '  ClusterIP | 10.96.66.255:80',
      '  node port | 30082 on every address · masqueraded if from this node · endpoints on this node only',
      '  Endpoints | ',
      '    10.244.1.47:8080 | np-local-two-0 on node-1 · ready · 33.3 % · 50.0 % of local',
      '    10.244.1.48:8080 | np-local-two-1 on node-1 · ready · 33.3 % · 50.0 % of local',
      '    10.244.3.37:8080 | np-local-two-2 on node-3 · ready · 33.3 %',
      'https | 443/TCP',
      '  ClusterIP | 10.96.66.255:443',
      '  node port | 30083 on every address · masqueraded if from this node · endpoints on this node only',
      '  Endpoints | ',
      '    10.244.1.47:8443 | np-local-two-0 on node-1 · ready · 33.3 % · 50.0 % of local',
      '    10.244.1.48:8443 | np-local-two-1 on node-1 · ready · 33.3 % · 50.0 % of local',
      '    10.244.3.37:8443 | np-local-two-2 on node-3 · ready · 33.3 %',
    ]);
  });

  test('both families of a Service stand together', () => {
    expect(print(dual, 'service', 'p:v6/dual:http/tcp', 2)).toEqual([
      'ClusterIP | 10.99.13.167:80',
      'ClusterIP | [fd00:10:96::36e9]:80',
      'Endpoints | ',
      '  10.244.1.82:8080 | dual-0 on node-1 · ready · 33.3 %',
      '  10.244.2.77:8080 | dual-1 on node-2 · ready · 33.3 %',
      '  10.244.3.53:8080 | dual-2 on node-3 · ready · 33.3 %',
      '  [fd00:10:244:1::52]:8080 | dual-0 on node-1 · ready · 33.3 %',
      '  [fd00:10:244:2::4d]:8080 | dual-1 on node-2 · ready · 33.3 %',
      '  [fd00:10:244:3::35]:8080 | dual-2 on node-3 · ready · 33.3 %',
    ]);
  });

  test('a Service without endpoints is a warning, and its namespace says so', () => {
    const rows = print(dual, 'service', 'n:infra', 1);
    expect(rows).toContain('(warning) not-ready | no endpoints, traffic is rejected · ClusterIP');
    const namespaces = dual.rows('service', null, 0, ALL).items;
    expect(namespaces.find((row) => row.label === 'infra')?.badgeReason).toBe('1 Service without endpoints');
  });

  test('source ranges open below their frontend', () => {
    const frontends = dual.rows('service', 'p:edge/lb-ranges:http/tcp', 0, ALL).items;
    const limited = frontends.find((row) => row.hasChildren && row.kind === 'frontend');
    expect(limited?.description).toBe('203.0.113.16:80 · masqueraded · 2 source ranges');
    expect(print(dual, 'service', limited?.id ?? '', 1)).toEqual([
      'from 198.51.100.0/24 | ',
      'from 192.0.2.0/28 | ',
    ]);
  });
});

describe('by hook', () => {
  test('hooks and tables stand in the kernel’s order', () => {
    const rows = dual.rows('hook', 'g:4', 0, ALL).items.map((row) => row.label);
    expect(rows.slice(0, 5)).toEqual(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);
    expect(dual.rows('hook', 'h:4:OUTPUT', 0, ALL).items.map((row) => row.label)).toEqual([
      'mangle',
      'nat',
      'filter',
    ]);
  });

  test('jumps open in place, with shares for the endpoints', () => {
    const rows = print(dual, 'hook', 'r:4:nat:KUBE-SVC-2SVPRPKIAEM3QLMQ', 1);
    expect(rows).toEqual([
      'mark to masquerade unless from 10.244.0.0/16 | KUBE-MARK-MASQ',
      '33.3 % → 10.244.1.47:8080 | np-local-two-0 · KUBE-SEP-RU3LV4647XQ3QTER',
      '33.3 % → 10.244.1.48:8080 | np-local-two-1 · KUBE-SEP-L67CLSSBKQP5LIYW',
      '33.3 % → 10.244.3.37:8080 | np-local-two-2 · KUBE-SEP-IKIP7KWJH2HUEFZ7',
    ]);
    const services = dual.rows('hook', 'r:4:nat:PREROUTING:KUBE-SERVICES', 0, 1).items;
    expect(services.map((row) => [row.label, row.description])).toEqual([
      ['edge/np-local:http', '10.109.136.25:80/TCP → KUBE-SVC-BLCWGGYY2Z3GUSPM'],
    ]);
    expect(dual.rows('hook', services[0]?.id ?? '', 0, ALL).total).toBe(4);
  });

  test('a loop is not opened again', () => {
    const text =
      '*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j A\n-A B -j B\nCOMMIT\n';
    const tree = treeOf(textSources(text));
    expect(print(tree, 'hook', 'r:4:filter:INPUT', 20)).toEqual([
      'A | 1 rule',
      '  B | 2 rules',
      '    A | 1 rule',
      '    B | 2 rules',
      'policy ACCEPT | for what no rule took',
    ]);
  });

  test('a jump to a chain that nobody declares is an error', () => {
    const tree = treeOf(textSources('*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j KUBE-SERVICES\nCOMMIT\n'));
    const [row] = tree.rows('hook', 'r:4:nat:OUTPUT', 0, 1).items;
    expect([row?.badge, row?.badgeReason]).toEqual(['error', 'KUBE-SERVICES is not declared in table nat']);
  });

  test('chains that no hook reaches have a place of their own', () => {
    const tree = treeOf(textSources(dumpText('1.36.3-over-1.23.4', 'iptables-save.txt') ?? ''));
    const rows = print(tree, 'hook', 'u:4', 1);
    expect(rows).toContain('KUBE-PROXY-CANARY | nat · canary of kube-proxy · 0 rules');
    expect(rows.filter((row) => row.startsWith('KUBE-XLB-')).length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.startsWith('KUBE-SVC-') || row.startsWith('KUBE-SEP-'))).toEqual([]);
  });

  test('every rule of the dump is below some hook or in an unreached chain', () => {
    const { rulesets } = dumpSources('1.36.3');
    const starts = new Set<number>();
    const visit = (parent: string): void => {
      for (const row of dual.rows('hook', parent, 0, ALL).items) {
        if (row.kind === 'rule' && row.at !== null) starts.add(row.at.span.start);
        if (row.hasChildren) visit(row.id);
      }
    };
    visit('g:4');
    const rules = tablesOf(rulesets[4]).flatMap((table) =>
      [...table.chains.values()].flatMap((chain) => chain.rules),
    );
    expect(rules.filter((rule) => !starts.has(rule.start)).length).toBe(0);
  });
});

describe.each(['hook', 'service'] as const)('every row by %s', (order) => {
  const rows: TreeNode[] = [];
  const visit = (parent: string | null, depth: number): void => {
    for (const row of dual.rows(order, parent, 0, ALL).items) {
      rows.push(row);
      if (row.hasChildren && depth < 6) visit(row.id, depth + 1);
    }
  };
  visit(null, 0);

  test('has an id of its own, and children if it says so', () => {
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    for (const row of rows) expect(dual.rows(order, row.id, 0, 1).total > 0).toBe(row.hasChildren);
  });

  test('is plain JSON with a span inside the rules', () => {
    for (const row of rows) {
      expect(JSON.parse(JSON.stringify(row))).toEqual(row);
      expect(Object.keys(row.at?.span ?? { start: 0, end: 0 })).toEqual(['start', 'end']);
    }
  });
});

test('a page of a long chain is a part of the whole', () => {
  const whole = dual.rows('hook', 'r:4:nat:KUBE-SERVICES', 0, ALL);
  const page = dual.rows('hook', 'r:4:nat:KUBE-SERVICES', 40, 7);
  expect(page).toEqual({ items: whole.items.slice(40, 47), total: whole.total });
});

test.each([
  '',
  'x',
  'n:nowhere',
  'p:',
  'f:a#9',
  'e:',
  'r:4',
  'r:4:nat:KUBE-SERVICES:99999',
  'r:4:nat:KUBE-SERVICES:KUBE-NODEPORTS.x',
  'r:4:nat:KUBE-SERVICES:~',
  'h:5:INPUT',
  'u:9',
])('an id that is not known has no rows: %j', (id) => {
  for (const order of ['hook', 'service'] as const) expect(dual.rows(order, id, 0, ALL).items).toEqual([]);
});

test.each([
  ['*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n', 'These rules hold no Services of kube-proxy'],
  [
    '*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-NODE-PORT - [0:0]\nCOMMIT\n',
    "kube-proxy keeps this node's Services in IPVS, whose virtual servers are not among these files (ipvsadm -Sn lists them)",
  ],
])('rules without Services say why: %j', (text, words) => {
  const tree = treeOf(textSources(text));
  expect(tree.rows('service', null, 0, ALL).items.map((row) => [row.kind, row.label])).toEqual([
    ['note', words],
  ]);
});

test.each(['', '# Generated by iptables-save v1.8.9 on Sat Nov 21 18:30:31 2026\n', '*nat\nCOMMIT\n'])(
  'rules without a chain say so: %j',
  (text) => {
    const [only, ...more] = treeOf(textSources(text)).rows('hook', null, 0, ALL).items;
    expect([only?.kind, only?.label, more]).toEqual(['note', 'No chains of IPv4 in these rules', []]);
  },
);

test('a dump that is not written as iptables-save writes it has the same rows by hook', () => {
  const text = dumpText('1.36.3', 'iptables-save.txt') ?? '';
  const [plain, spaced] = [text, text.replaceAll('\n-A ', '\n-A  ')].map((each) =>
    print(treeOf(textSources(each)), 'hook', null, 4),
  );
  expect(plain?.length).toBeGreaterThan(100);
  expect(spaced).toEqual(plain);
});
