/** Questions that samples answer, each with the packet that shows it. Plain data: their words are in `storyWords.ts`. */

export type StoryId =
  'refused' | 'hangs' | 'clientAddress' | 'localhost' | 'stale' | 'changed' | 'nftables' | 'ipvs';

/** A packet through the rules of a sample. */
export interface Step {
  /** Of `media/samples/`. */
  readonly folder: string;
  /** The file in it that is opened. */
  readonly file: 'iptables-save.txt' | 'nft.txt';
  readonly from: string;
  readonly to: string;
  /** Default: worked out. */
  readonly protocol?: 'icmp';
  /** What becomes of the packet, as the answer has it. */
  readonly verdict: 'forward' | 'local' | 'drop' | 'reject' | 'unanswered';
}

export interface Story extends Step {
  readonly id: StoryId;
  /** The folder of the state before: the two are then compared, in place of the trace. */
  readonly before?: string;
  /** What to try once the answer is understood. */
  readonly tryNext?: Step;
}

const outside = 'external:198.51.100.7';
const pod = 'pod:10.244.1.7';
const file = 'iptables-save.txt';

/** In the order of the pick. */
export const stories: readonly Story[] = [
  {
    id: 'refused',
    folder: 'refused',
    file,
    from: pod,
    to: 'shop/no-endpoints:http',
    verdict: 'reject',
    tryNext: { folder: 'refused', file, from: pod, to: 'shop/three:http', verdict: 'forward' },
  },
  {
    id: 'hangs',
    folder: 'from-outside',
    file,
    from: outside,
    to: 'edge/np-local-nolocal:http',
    verdict: 'drop',
    tryNext: {
      folder: 'from-outside',
      file,
      from: pod,
      to: 'edge/np-local-nolocal:http',
      verdict: 'forward',
    },
  },
  {
    id: 'clientAddress',
    folder: 'from-outside',
    file,
    from: outside,
    to: 'edge/np-cluster:http',
    verdict: 'forward',
    tryNext: { folder: 'from-outside', file, from: outside, to: 'edge/np-local:http', verdict: 'forward' },
  },
  {
    id: 'localhost',
    folder: 'nodeport-lab',
    file,
    from: outside,
    to: ':30080',
    verdict: 'drop',
    tryNext: { folder: 'nodeport-lab', file, from: 'node', to: ':30080', verdict: 'local' },
  },
  { id: 'stale', folder: 'stale-rules', file, from: pod, to: 'shop/five:http', verdict: 'forward' },
  {
    id: 'changed',
    folder: 'what-changed/after',
    file,
    before: 'what-changed/before',
    from: outside,
    to: ':30500',
    verdict: 'forward',
  },
  {
    id: 'nftables',
    folder: 'nftables-node',
    file: 'nft.txt',
    from: outside,
    to: 'edge/np-cluster:http',
    verdict: 'forward',
    tryNext: { folder: 'ipvs-node', file, from: outside, to: 'edge/np-cluster:http', verdict: 'forward' },
  },
  {
    id: 'ipvs',
    folder: 'ipvs-node',
    file,
    from: outside,
    to: 'edge/np-cluster:http',
    verdict: 'forward',
    tryNext: { folder: 'ipvs-node', file, from: pod, to: 'shop/three:http', verdict: 'forward' },
  },
];
