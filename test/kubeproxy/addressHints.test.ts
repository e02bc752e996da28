import { describe, expect, test } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../src/kubeproxy/analysis.ts';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';
import { objectsOfFile } from '../../src/kubeproxy/clusterObjects.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { dumpText } from './dumps.ts';

/** Rules and objects alone, of a cluster with three nodes. */
function analysis(node: string | null): Analysis {
  const files = new Map<SnapshotFileName, string>();
  for (const name of ['iptables-save.txt', 'objects.json'] as const)
    files.set(name, dumpText('1.36.3', name) ?? '');
  if (node !== null) files.set('snapshot.json', JSON.stringify({ node }));
  return analysisOfFiles(files);
}

/** What is assumed of a node port's destination. */
function assumed(node: string | null, destination: string): readonly string[] {
  return assumedOf(analysis(node), destination);
}

function assumedOf(of: Analysis, destination: string): readonly string[] {
  const found = answerOf(of, {
    family: 4,
    from: { kind: 'external', address: '203.0.113.9', port: 4000 },
    to: { address: destination, port: 30_082 },
    protocol: 'tcp',
  });
  return (found?.assumptions ?? [])
    .map(({ message }) => message)
    .filter((each) => each.startsWith(destination));
}

describe('whose address a node’s internal address is', () => {
  test('of the node that the rules are of: its own', () => {
    expect(assumed('node-1', '192.168.0.2')).toContain(
      '192.168.0.2 is taken to be an address of this node: it is the internal address of node-1, the node of these rules.',
    );
  });

  test('of another node: not its own', () => {
    expect(assumed('node-1', '192.168.0.3')).toContain(
      '192.168.0.3 is taken not to be an address of this node: it is the internal address of node-2, another node.',
    );
  });

  test.each([null, 'a-node-that-nobody-knows'])(
    'nothing is taken for granted where the node is %s',
    (node) => {
      expect(assumed(node, '192.168.0.2').filter((each) => each.includes('internal address'))).toEqual([]);
    },
  );
});

test('two analyses of the same rules may be asked in turn: each has the hints of its own objects', () => {
  const told = analysis('node-1');
  const untold = told.withObjects(null).withObjects(objectsOfFile('{"kind":"List","items":[]}'));
  const hinted =
    '192.168.0.3 is taken not to be an address of this node: it is the internal address of node-2, another node.';
  const engines = [told.engine(4), untold.engine(4)];
  expect(engines[0]).toBe(engines[1]);
  for (const _ of [1, 2]) {
    expect(assumedOf(told, '192.168.0.3')).toContain(hinted);
    expect(assumedOf(untold, '192.168.0.3')).not.toContain(hinted);
  }
});

// As clients of a real node got it: test/realKernel/clients.
test('the source range of a load balancer is not taken for the network of the pods', () => {
  const rules = analysisOfFiles(
    new Map([['iptables-save.txt', dumpText('1.23.4', 'iptables-save.txt') ?? '']]),
  );
  expect(rules.hints.isPodNetwork('192.168.0.0/24')).toBe(false);
  expect(rules.hints.isPodNetwork('10.244.0.0/16')).toBe(true);
});
