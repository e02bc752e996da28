import type { Flow } from '../../netfilter/flow.ts';
import type { Analysis } from '../analysis.ts';
import { ownerNote } from './destinationText.ts';

const kindWords = { pod: 'pod', external: 'outside the cluster', node: 'this node' } as const;

/** How the source was understood: `pod default/client, enters by cni0`. */
export function sourceNote(flow: Flow, analysis: Analysis): string {
  const { kind, address, interface: arrival } = flow.from;
  const owner = address === null || kind === 'node' ? '' : ownerNote(address, analysis);
  const who = owner === '' ? kindWords[kind] : owner;
  return arrival ? `${who}, enters by ${arrival}` : who;
}
