/** A real kube-proxy in IPVS mode writes the rules of random Services: what the kernel does with packets to them is one of the engine's outcomes. */
import { describe } from 'vitest';
import { clusterBinaries, clusterBinariesBlocked } from '../../scripts/clusterBinaries.mjs';
import { caseOf, judgeNodes, seeds } from './support/judgeNodes.ts';
import { realProxyNode } from './support/random/realProxyNode.ts';

describe.skipIf(clusterBinariesBlocked() !== null)('a real kube-proxy in a virtual machine', () => {
  judgeNodes(
    seeds(1).map((seed) => caseOf(seed, realProxyNode)),
    () => clusterBinaries(console.log)['kube-proxy'],
  );
});
