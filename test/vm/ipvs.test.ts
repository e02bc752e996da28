/** Random virtual servers, and those of dumps: what a kernel with IPVS does is one of the engine's outcomes. */
import { describe } from 'vitest';
import { dumpFolders, dumpNode } from './support/dumpNode.ts';
import { caseOf, judgeNodes, seedAt, seeds } from './support/judgeNodes.ts';
import { handMadeNode } from './support/random/handMadeNode.ts';
import { proxyNode } from './support/random/proxyNode.ts';

describe('IPVS of a kernel in a virtual machine', () => {
  const dumps = dumpFolders().map((folder, index) => caseOf(seedAt(index), () => dumpNode(folder, 4)));
  const random = seeds(10).map((seed) => caseOf(seed, seed % 2 === 0 ? proxyNode : handMadeNode));
  judgeNodes([...dumps, ...random], null);
});
