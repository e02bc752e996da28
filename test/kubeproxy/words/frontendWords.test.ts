import { expect, test } from 'vitest';
import { frontendWords } from '../../../src/kubeproxy/words/frontendWords.ts';
import { dumpServices } from '../dumps.ts';

test.each([
  // The sample's EndpointSlices have two endpoints, both on other nodes (KUBE-EXT leads pods and the node to them).
  [
    'edge/np-local-nolocal:http',
    'node port 30084/TCP (masqueraded if from this node, dropped, unless from pods or this node: no endpoints on this node)',
  ],
  ['edge/np-cluster:http', 'node port 30080/TCP (masqueraded)'],
  ['edge/np-noep:http', 'node port 30085/TCP (rejected: no endpoints)'],
])('the node port of %s is told as what becomes of its traffic', (name, words) => {
  const frontends = dumpServices('1.36.3').catalog.portNamed(name)?.frontends ?? [];
  expect(
    frontends.filter(({ kind }) => kind === 'nodePort').map((each) => frontendWords(each, null)),
  ).toContain(words);
});
