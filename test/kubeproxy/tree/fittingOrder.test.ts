import { expect, test } from 'vitest';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import type { Sources } from '../../../src/kubeproxy/sources.ts';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { fittingOrder } from '../../../src/kubeproxy/tree/fittingOrder.ts';
import type { TreeOrder } from '../../../src/kubeproxy/tree/tree.ts';
import { dumpSources, dumpText, textSources } from '../dumps.ts';

const others = '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n';
const withoutServices =
  '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-MARK-MASQ - [0:0]\n' +
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n' +
  '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\nCOMMIT\n';
const grep =
  '-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j KUBE-SEP-ONEONEONEONEONEO\n' +
  '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m comment --comment "shop/cart:http" -j DNAT --to-destination 10.244.1.5:8080\n';

const objects: SnapshotFileName = 'objects.json';

test.each<[string, Sources, TreeOrder, boolean]>([
  ['Services of kube-proxy', dumpSources('1.36.3'), 'service', false],
  ['the rules of one Service', textSources(grep), 'service', false],
  ['rules of others', textSources(others), 'hook', false],
  ['rules of others, beside the objects of a cluster', textSources(others), 'hook', true],
  ['a kube-proxy without Services', textSources(withoutServices), 'hook', false],
  ['nothing', textSources(''), 'hook', false],
])('%s', (_, sources, order, hasObjects) => {
  const files = new Map(hasObjects ? [[objects, dumpText('1.36.3', 'objects.json') ?? '']] : []);
  expect(fittingOrder(openAnalysis({ sources, files, nodeName: 'node-1' }).catalog)).toBe(order);
});
