/** As many connections as the node may track: the first packet of another one is dropped (nf_conntrack_alloc). */
import type { Node } from '../../../kernel/node/node.ts';
import { numberSysctl } from '../../../kernel/node/sysctls.ts';
import { countWords } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';

/** From this part on it is told: what is counted comes and goes within seconds. */
const NEARLY = 0.95;

export function conntrackFull({ node }: { readonly node: Node }): readonly Finding[] {
  const count = numberSysctl(node, 'net.netfilter.nf_conntrack_count');
  const most = numberSysctl(node, 'net.netfilter.nf_conntrack_max');
  // 0 is no limit.
  if (count === null || most === null || most <= 0 || count < most * NEARLY) return [];
  const [state, does] =
    count >= most ? ['full', 'drops new connections'] : ['nearly full', 'drops new connections once it is'];
  return [
    ruleFinding({
      code: 'conntrack-full',
      at: null,
      message: `The node’s table of connections is ${state}, with ${countWords(count)} of at most ${countWords(most)}: the kernel ${does}, to Services and all else alike, and logs "nf_conntrack: table full, dropping packet". Raise net.netfilter.nf_conntrack_max (kube-proxy sets it by --conntrack-max-per-core and --conntrack-min), and look with "conntrack -L" who opens so many.`,
    }),
  ];
}
