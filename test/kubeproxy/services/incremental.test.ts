import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { objectsOfFile, type ClusterObjects } from '../../../src/kubeproxy/clusterObjects.ts';
import { ObjectStore } from '../../../src/kubernetes/objectStore.ts';
import { coverageOfResources } from '../../../src/kubernetes/coverage.ts';
import { allResources, changesOf } from '../../server/liveChanges.ts';
import { auditedDump } from '../findings/cluster/support.ts';
import { dumpText } from '../dumps.ts';

const changes = changesOf(dumpText('1.36.3', 'objects.json') ?? '');
const coverage = coverageOfResources(new Set(allResources));
const first = auditedDump('1.36.3');

function told(store: ObjectStore): ClusterObjects {
  return { objects: store.objects, problems: store.problems, coverage, stale: false };
}

/** All that is shown of Services: every row, and every finding. */
function seen(analysis: Analysis): unknown {
  const visit = (parent: string | null): unknown =>
    analysis.tree
      .rows('service', parent, 0, 100_000)
      .items.map((row) => [row, row.hasChildren ? visit(row.id) : null]);
  return [visit(null), analysis.catalog.ports.flatMap((port) => analysis.audit.ofPort(port))];
}

test('an analysis that followed changes is the same as one that is made anew', () => {
  const some = fc.subarray(
    changes.map((_, index) => index),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), (steps) => {
      const store = new ObjectStore();
      store.apply({ replaced: allResources, changes, complete: allResources });
      let following = first.withObjects(told(store));
      seen(following);
      steps.forEach((indexes, step) => {
        const these = indexes.flatMap((index) => changes[index] ?? []);
        const gone = these.map((each) => ({ ...each, object: step % 2 === 0 ? null : each.object }));
        store.apply({ replaced: [], changes: gone, complete: [] });
        following = following.withObjects(told(store));
        expect(seen(following)).toEqual(seen(auditedDump('1.36.3').withObjects(told(store))));
      });
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('ports of which no object changed are the same values', () => {
  const objects = objectsOfFile(dumpText('1.36.3', 'objects.json') ?? '');
  const before = first.withObjects(objects);
  const ports = new Set(before.catalog.ports);
  const [, ...services] = objects.objects.services;
  const after = before.withObjects({ ...objects, objects: { ...objects.objects, services } });
  expect(after.catalog.ports.filter((port) => !ports.has(port)).map((port) => port.id)).toEqual(
    before.catalog.ports.filter((port) => port.object === objects.objects.services[0]).map((port) => port.id),
  );
});
