/** Acceptance of "read only": what the product may ask of an API server, and nothing else. */
import * as assert from 'node:assert/strict';
import { allowedCommands } from '../../../src/cluster/collect/commands.ts';
import type { AuditEvent } from './audit.ts';
import type { Cluster } from './cluster.ts';

export interface ReadOnlyOptions {
  /** How many debug Pods the test let the product make, each of which must be gone. Default 0. */
  readonly debugPods?: number;
}

const readVerbs = new Set(['get', 'list', 'watch']);

const readResources = new Set([
  'services',
  'endpointslices',
  'nodes',
  'pods',
  'networkpolicies',
  'namespaces',
  'events',
]);

/** Of no resource: the release, and whether the server is there. */
const plainPaths = new Set(['/version', '/version/']);

/** Of kube-proxy; EKS has the second. */
const proxyConfigs = new Set(['kube-proxy', 'kube-proxy-config', 'cilium-config']);

const allowedArguments = new Set(allowedCommands.map(({ argv }) => JSON.stringify(argv)));

/** Throws when the product's users did anything but read since the cluster started. For the end of every live test file. */
export async function expectReadOnly(
  cluster: Cluster,
  { debugPods = 0 }: ReadOnlyOptions = {},
): Promise<void> {
  const events = cluster.auditEvents();
  const forbidden = forbiddenEvents(events, debugPods);
  assert.equal(forbidden.length, 0, `Not only reading:\n${forbidden.join('\n')}`);
  if (debugPods === 0) return;
  const made = names(events, 'create');
  assert.equal(made.length, debugPods, `debug Pods: ${made.join(', ')}`);
  assert.deepEqual([...new Set(names(events, 'delete'))].toSorted(), made);
  const pods = await cluster.client.list('/api/v1/pods');
  const left = pods.filter(({ metadata }) =>
    made.some((name) => JSON.stringify(metadata).includes(`"${name}"`)),
  );
  assert.deepEqual(left, []);
}

/** One line for each event that a product which only reads does not cause. */
export function forbiddenEvents(events: readonly AuditEvent[], debugPods = 0): readonly string[] {
  return events.filter((event) => !isAllowed(event, debugPods > 0)).map(describeEvent);
}

function isAllowed(event: AuditEvent, mayDebug: boolean): boolean {
  if (event.subresource === 'exec') return event.resource === 'pods' && isAllowedExec(event.uri);
  if (event.subresource !== '') return false;
  if (event.resource === '') return event.verb === 'get' && plainPaths.has(event.uri.split('?')[0] ?? '');
  if (readVerbs.has(event.verb)) return isReadable(event);
  return mayDebug && event.resource === 'pods' && ['create', 'delete'].includes(event.verb);
}

function isReadable({ resource, verb, namespace, name }: AuditEvent): boolean {
  if (readResources.has(resource)) return true;
  const isConfig = resource === 'configmaps' && namespace === 'kube-system' && proxyConfigs.has(name);
  return isConfig && verb === 'get';
}

/** An argv of the table, word by word; nothing is written to it, and it gets no terminal. */
function isAllowedExec(uri: string): boolean {
  const { searchParams } = new URL(uri, 'https://server');
  if (!allowedArguments.has(JSON.stringify(searchParams.getAll('command')))) return false;
  return searchParams.get('stdin') !== 'true' && searchParams.get('tty') !== 'true';
}

function names(events: readonly AuditEvent[], verb: 'create' | 'delete'): readonly string[] {
  return events
    .filter((event) => event.verb === verb && event.resource === 'pods' && event.subresource === '')
    .filter((event) => event.status < 300)
    .map(({ name }) => name)
    .toSorted();
}

function describeEvent({ user, verb, uri, status }: AuditEvent): string {
  return `${user} ${verb} ${uri} (${status})`;
}
