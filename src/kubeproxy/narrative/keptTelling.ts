import type { Flow } from '../../kernel/flow.ts';
import { keptBySender } from '../form/keptBySender.ts';
import type { Narrative } from './narrative.ts';
import { clientWord } from './words.ts';

/** Of a packet that its sender keeps: what the rules would do with one like it that somebody forged is no answer to the sender. */
export function keptTelling(flow: Flow): Pick<Narrative, 'verdict' | 'headline' | 'details'> | null {
  const kept = keptBySender(flow);
  if (kept === null) return null;
  const whose = kept === 'own' ? 'its own address' : 'the loopback address of each machine';
  return {
    verdict: 'unknown',
    headline: `Never comes to this node: ${clientWord(flow)} keeps what it sends to ${flow.to.address}, ${whose}.`,
    details: [
      'Whether something listens there, at the sender itself, the rules do not tell.',
      'The way below is that of a packet that somebody forged.',
    ],
  };
}
