/** Where things stand in the sample that the tests open; lines and columns from 1. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const sample = readFileSync(
  join(import.meta.dirname, '../../media/samples/kube-proxy-1.36/iptables-save.txt'),
  'utf8',
).split('\n');

/** The rule of edge/np-cluster's cluster IP, and the column of its chain. */
export const ruleLine =
  sample.findIndex(
    (line) => line.includes('"edge/np-cluster:http cluster IP"') && line.includes('-j KUBE-SVC-'),
  ) + 1;
export const chainColumn = (sample[ruleLine - 1] ?? '').indexOf('KUBE-SVC-') + 3;
export const chain = /KUBE-SVC-\w+/.exec(sample[ruleLine - 1] ?? '')?.[0] ?? '';

/** The rule that sends edge/np-cluster's packets to an endpoint. */
export function dnatLine(endpoint: string): number {
  const end = `--to-destination ${endpoint}`;
  return sample.findIndex((line) => line.includes('"edge/np-cluster:http"') && line.endsWith(end)) + 1;
}

/** The cluster IP of edge/np-cluster, and the number of its rule in KUBE-SERVICES of nat. */
export const clusterIp = /-d ([\d.]+)\/32/.exec(sample[ruleLine - 1] ?? '')?.[1] ?? '';
export const serviceRule = sample
  .slice(sample.indexOf('*nat'), ruleLine)
  .filter((line) => /-A KUBE-SERVICES /.test(line)).length;
