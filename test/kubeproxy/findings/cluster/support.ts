/** A dump with its objects, and what the audit finds when the objects are changed. */
import { analysisOfFiles, type Analysis } from '../../../../src/kubeproxy/analysis.ts';
import type { SnapshotFileName } from '../../../../src/kernel/snapshot.ts';
import { isRecord } from '../../../../src/text/json.ts';
import { dumpText } from '../../dumps.ts';

/* The few fields of the API's objects that tests change. */
export interface RawEndpoint {
  addresses: string[];
  conditions: { ready?: boolean; serving?: boolean; terminating?: boolean };
  nodeName?: string;
  hints?: object;
}
export interface RawObject {
  kind: string;
  metadata: { namespace?: string; name: string; labels?: Record<string, string> };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  endpoints: RawEndpoint[];
}

export interface Cluster {
  readonly items: RawObject[];
  /** Drops the others. */
  keep(isKept: (object: RawObject) => boolean): void;
  service(name: string): RawObject;
  slices(service: string): RawObject[];
  /** The endpoints of a Service, in all of its slices. */
  endpoints(service: string): RawEndpoint[];
}

export interface Changes {
  readonly node?: string | null;
  readonly change?: (cluster: Cluster) => void;
  /** Changes the text of the IPv4 rules. */
  readonly rules?: (text: string) => string;
}

/** `node` null = not known. The rules were taken at 10:31:02. */
export function auditedDump(dump: string, { node = 'node-1', change, rules }: Changes = {}): Analysis {
  const files = new Map<SnapshotFileName, string>();
  for (const name of ['iptables-save.txt', 'ip6tables-save.txt'] as const) {
    const text = dumpText(dump, name);
    if (text !== null)
      files.set(name, name === 'iptables-save.txt' && rules !== undefined ? rules(text) : text);
  }
  const items = objectsIn(JSON.parse(dumpText(dump, 'objects.json') ?? ''));
  change?.(clusterOf(items));
  files.set('objects.json', JSON.stringify({ kind: 'List', items }));
  files.set('snapshot.json', JSON.stringify({ node, taken: '2026-11-21T10:31:02Z' }));
  return analysisOfFiles(files);
}

function objectsIn(list: unknown): RawObject[] {
  return isRecord(list) && Array.isArray(list['items']) ? list['items'].filter(isRawObject) : [];
}

function isRawObject(value: unknown): value is RawObject {
  return isRecord(value) && typeof value['kind'] === 'string' && isRecord(value['metadata']);
}

function clusterOf(items: RawObject[]): Cluster {
  const named = (name: string) => (each: RawObject) =>
    each.kind === 'Service' && `${each.metadata.namespace}/${each.metadata.name}` === name;
  const slices = (name: string): RawObject[] => {
    const [namespace, service] = name.split('/');
    return items.filter(
      (each) =>
        each.kind === 'EndpointSlice' &&
        each.metadata.namespace === namespace &&
        each.metadata.labels?.['kubernetes.io/service-name'] === service,
    );
  };
  return {
    items,
    keep: (isKept) => void items.splice(0, items.length, ...items.filter(isKept)),
    service: (name) => {
      const found = items.find(named(name));
      if (found === undefined) throw new Error(`no Service ${name}`);
      return found;
    },
    slices,
    endpoints: (name) => slices(name).flatMap((slice) => slice.endpoints ?? []),
  };
}

/** `shop/three:http IPv4: endpoint-stale: in the rules, and no endpoint any more`, for all ports. */
export function findingsOf(analysis: Analysis): readonly string[] {
  return analysis.catalog.ports.flatMap((port) =>
    analysis.audit
      .ofPort(port)
      .map(
        (each) =>
          `${port.name} IPv${each.family} ${each.code}${each.endpoint === null ? '' : ` ${each.endpoint.address}`}`,
      ),
  );
}
