/** What the program tells of a recorded flow, over one node. */
import type { Flow } from '../../../src/kernel/flow.ts';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { followPacket } from '../../../src/kubeproxy/journey/followPacket.ts';
import type { Narrative } from '../../../src/kubeproxy/narrative/narrative.ts';

const nobody = () => Promise.resolve(null);

/** Null where there are no rules of the flow's family. */
export async function toldOf(flow: Flow, analysis: Analysis): Promise<Narrative | null> {
  const { leg } = await followPacket({ flow, analysis, decisions: [], otherNode: nobody, most: 0 });
  return leg?.narrative ?? null;
}
