/** A random Service of one port: what a real kube-proxy is told, and what `proxyNode` writes as it would. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../../../realKernel/support/random.ts';
import { LOCAL_PODS, REMOTE_PODS } from './ipvsNode.ts';

export interface RandomService {
  readonly family: Family;
  readonly protocol: string;
  readonly port: number;
  readonly clusterIp: string;
  readonly targetPort: number;
  /** Addresses of Pods. */
  readonly endpoints: readonly string[];
  /** ClientIP, for three hours. */
  readonly affinity: boolean;
  /** externalTrafficPolicy: Local */
  readonly isLocal: boolean;
  readonly nodePort: number | null;
  readonly externalIp: string | null;
  readonly loadBalancer: LoadBalancer | null;
}

interface LoadBalancer {
  readonly address: string;
  /** Null where all may come. */
  readonly sourceRanges: readonly string[] | null;
}

const NETWORKS: Readonly<Record<Family, { readonly cluster: string; readonly outside: string }>> = {
  4: { cluster: '10.96.0.', outside: '203.0.113.' },
  6: { cluster: 'fd00:10:96::', outside: '2001:db8:9::' },
};
const SOURCES: Readonly<Record<Family, readonly string[]>> = {
  4: ['198.51.100.0/24', '10.244.0.0/16', '192.168.0.3/32'],
  6: ['2001:db8:2::/48', 'fd00:10:244::/48', 'fd00:192:168::3/128'],
};

/** `number`: another one for each Service of a node, from 1. */
export function randomService(random: Random, family: Family, number: number): RandomService {
  const { cluster, outside } = NETWORKS[family];
  const port = random.pick([53, 80, 443]);
  const pods = random.shuffled([...LOCAL_PODS[family], ...REMOTE_PODS[family]]);
  return {
    family,
    protocol: random.pick(['tcp', 'tcp', 'tcp', 'udp', 'sctp']),
    port,
    clusterIp: `${cluster}${number + 10}`,
    targetPort: random.pick([53, 8080, port]),
    endpoints: pods.slice(0, random.pick([0, 1, 2, 3, 4])),
    affinity: random.chance(0.2),
    isLocal: random.chance(0.4),
    nodePort: random.chance(0.5) ? 30000 + number : null,
    externalIp: random.chance(0.3) ? `${outside}${number + 10}` : null,
    loadBalancer: random.chance(0.4)
      ? {
          address: `${outside}${number + 40}`,
          sourceRanges: random.chance(0.5) ? SOURCES[family].filter(() => random.chance(0.5)) : null,
        }
      : null,
  };
}
