/** What `docs/lessons` teach, as packets to trace. Plain data: what each shows is said in `lessonWords.ts`. */
import type { Step } from './stories.ts';

/** The name of its page in `docs/lessons`, too. */
export type LessonId =
  | 'probabilities'
  | 'ping'
  | 'node-port'
  | 'local-policy'
  | 'drop-that-never-matches'
  | 'before-and-after'
  | 'other-modes'
  | 'localhost'
  | 'source-ranges'
  | 'affinity'
  | 'not-reachable';

export interface Lesson {
  readonly id: LessonId;
  readonly steps: readonly [Step, ...Step[]];
}

const outside = 'external:198.51.100.7';
const stranger = 'external:192.0.2.77';
const pod = 'pod:10.244.1.7';
const file = 'iptables-save.txt';
const npCluster = 'edge/np-cluster:http';
const three = '10.106.89.61';
const loadBalancer = '203.0.113.16:80';
const toThree: Step = { folder: 'refused', file, from: pod, to: 'shop/three:http', verdict: 'forward' };
const fromOutside = { folder: 'from-outside', file, from: outside } as const;
const full = { folder: 'kube-proxy-1.36', file } as const;
const refused: Step = {
  folder: 'refused',
  file,
  from: pod,
  to: 'shop/no-endpoints:http',
  verdict: 'reject',
};
const five: Step = { folder: 'stale-rules', file, from: pod, to: 'shop/five:http', verdict: 'forward' };
const noLocal = 'edge/np-local-nolocal:http';

/** In the order of `docs/lessons/README.md`. */
export const lessons: readonly Lesson[] = [
  { id: 'probabilities', steps: [toThree, five] },
  {
    id: 'ping',
    steps: [
      { folder: 'refused', file, from: pod, to: three, protocol: 'icmp', verdict: 'unanswered' },
      toThree,
      {
        folder: 'nftables-node',
        file: 'nft.txt',
        from: pod,
        to: three,
        protocol: 'icmp',
        verdict: 'reject',
      },
      { folder: 'ipvs-node', file, from: pod, to: three, protocol: 'icmp', verdict: 'reject' },
    ],
  },
  {
    id: 'node-port',
    steps: [
      { ...fromOutside, to: npCluster, verdict: 'forward' },
      { ...fromOutside, from: pod, to: npCluster, verdict: 'forward' },
      { ...fromOutside, from: 'node', to: npCluster, verdict: 'forward' },
    ],
  },
  {
    id: 'local-policy',
    steps: [
      { ...fromOutside, to: 'edge/np-local:http', verdict: 'forward' },
      { ...fromOutside, from: pod, to: 'edge/np-local:http', verdict: 'forward' },
      { ...fromOutside, to: noLocal, verdict: 'drop' },
    ],
  },
  {
    id: 'drop-that-never-matches',
    steps: [
      { ...fromOutside, folder: 'drop-in-input', to: ':30080', verdict: 'forward' },
      { ...fromOutside, folder: 'drop-early', to: ':30080', verdict: 'drop' },
    ],
  },
  {
    id: 'before-and-after',
    steps: [
      { folder: 'what-changed/before', file, from: outside, to: ':30500', verdict: 'local' },
      { folder: 'what-changed/after', file, from: outside, to: ':30500', verdict: 'forward' },
    ],
  },
  {
    id: 'other-modes',
    steps: [
      { ...fromOutside, to: npCluster, verdict: 'forward' },
      { ...fromOutside, folder: 'nftables-node', file: 'nft.txt', to: npCluster, verdict: 'forward' },
      { ...fromOutside, folder: 'ipvs-node', to: npCluster, verdict: 'forward' },
    ],
  },
  {
    id: 'localhost',
    steps: [
      { folder: 'nodeport-lab', file, from: 'node', to: ':30080', verdict: 'local' },
      { folder: 'nodeport-lab', file, from: outside, to: ':30080', verdict: 'drop' },
    ],
  },
  {
    id: 'source-ranges',
    steps: [
      { ...full, from: outside, to: loadBalancer, verdict: 'forward' },
      { ...full, from: stranger, to: loadBalancer, verdict: 'drop' },
      { ...full, from: stranger, to: ':30098', verdict: 'forward' },
    ],
  },
  { id: 'affinity', steps: [{ ...full, from: pod, to: 'shop/sticky:http', verdict: 'forward' }] },
  { id: 'not-reachable', steps: [refused, { ...fromOutside, to: noLocal, verdict: 'drop' }, five] },
];
