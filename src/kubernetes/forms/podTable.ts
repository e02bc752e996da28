/** Pods and Nodes of the tables of `kubectl get` (pkg/printers/internalversion: printPod, printNode). */
import type { JsonRecord } from '../../text/json.ts';
import { type Row, given, nameOf, optional } from './tableRows.ts';

/** `nodes` are rows of the same text: Pods of the node's own network are told by its address. */
export function podValues(pods: readonly Row[], nodes: readonly Row[]): readonly JsonRecord[] {
  const nodeAddresses = new Set(nodes.flatMap((row) => given(row, 'INTERNAL-IP') ?? []));
  return pods.map((row) => podValue(row, isHostNetwork(row, pods, nodeAddresses)));
}

/** Pods of the node's own network have its address, which no other Pod has. */
function isHostNetwork(row: Row, pods: readonly Row[], nodes: ReadonlySet<string>): boolean {
  const ip = given(row, 'IP');
  if (ip === null) return false;
  return (
    nodes.has(ip) ||
    pods.some((other) => other !== row && other.get('IP') === ip && !isOver(other) && !isOver(row))
  );
}

function isOver(row: Row): boolean {
  return ['Succeeded', 'Failed'].includes(phaseOf(row.get('STATUS') ?? ''));
}

function podValue(row: Row, hostNetwork: boolean): JsonRecord {
  const status = row.get('STATUS') ?? '';
  const [, ready, all] = /^(\d+)\/(\d+)$/.exec(row.get('READY') ?? '') ?? [];
  const isReady = ready !== undefined && ready === all && status === 'Running';
  const ip = given(row, 'IP');
  const isLeaving = status === 'Terminating';
  return {
    kind: 'Pod',
    metadata: {
      name: nameOf(row),
      ...optional('namespace', row.get('NAMESPACE') ?? null),
      ...(isLeaving ? { deletionTimestamp: status } : {}),
    },
    spec: { ...optional('nodeName', given(row, 'NODE')), hostNetwork },
    status: {
      phase: phaseOf(status),
      podIPs: ip === null ? [] : [{ ip }],
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    },
  };
}

/** The column STATUS tells a reason where there is one (printPod). */
function phaseOf(status: string): string {
  if (status === 'Completed' || status === 'Succeeded') return 'Succeeded';
  if (status === 'Failed' || status === 'Evicted') return 'Failed';
  return /^(Pending|ContainerCreating|PodInitializing|Init:)/.test(status) ? 'Pending' : 'Running';
}

export function nodeValue(row: Row): JsonRecord {
  const status = (row.get('STATUS') ?? '').split(',');
  const addresses = [
    { type: 'InternalIP', address: given(row, 'INTERNAL-IP') },
    { type: 'ExternalIP', address: given(row, 'EXTERNAL-IP') },
  ].filter(({ address }) => address !== null);
  const isKnown = status.includes('Ready') || status.includes('NotReady');
  return {
    kind: 'Node',
    metadata: { name: nameOf(row) },
    status: {
      addresses,
      conditions: isKnown ? [{ type: 'Ready', status: status.includes('Ready') ? 'True' : 'False' }] : [],
    },
  };
}
