/** One node's rules and state, from whoever on it can tell. */
import type { JsonRecord } from '../../text/json.ts';
import type { ClusterApi } from '../clusterApi.ts';
import { ClusterFailure, type FailureKind } from '../failure.ts';
import type { NodeReading } from '../liveNode.ts';
import type { ConfirmDebugPod } from '../session.ts';
import { Asking } from './asking.ts';
import { type CollectedFiles, collectFiles, collectRulesOnly } from './collectFiles.ts';
import { withDebugPod } from './debugPod.ts';
import { debugImage, debugNamespace, debugPodManifest } from './debugPodManifest.ts';
import { findCandidates, findProxyPods, findReplacement } from './findSources.ts';
import { defaultLimits, type Limits, podRunner, type Runner } from './runner.ts';
import { userCommandRunner } from './userCommand.ts';
import { append } from '../../text/lists.ts';

/** Which node is asked, through what, and what is known of it. */
export interface CollectRequest {
  readonly api: ClusterApi;
  readonly context: string;
  readonly node: string;
  /** As the informers have them; the node's own are listed afresh. */
  readonly pods: readonly JsonRecord[];
  readonly nodeObject: JsonRecord | null;
  /** The user's own command (userCommand.ts); null = ask the node's Pods. */
  readonly command: readonly string[] | null;
  readonly confirmDebugPod: ConfirmDebugPod;
  /** The user's own image for it; null or left out = one that the cluster has. */
  readonly image?: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (words: string) => void;
  readonly limits?: Limits;
}

/**
 * In this order: the user's own command, the node's kube-proxy Pod, another Pod on the node's network that has iptables, a
 * debug Pod when the user agrees. Rejects with a `ClusterFailure`: what is in the way of the rules; `noSource` when
 * nobody can be asked. Files beside the rules that cannot be had are `missing`, with why.
 */
export async function collectNode(request: CollectRequest): Promise<NodeReading> {
  const { node, command } = request;
  if (command !== null) return collectFrom(request, userCommandRunner(command, node));
  const pods = await podsOfNode(request);
  const attempts: Attempt[] = [];
  for (const { source, obstacle } of findCandidates(node, pods)) {
    const name = `${source.namespace}/${source.pod}`;
    if (obstacle !== null) {
      attempts.push({ name, namespace: source.namespace, why: obstacle, failure: null });
      continue;
    }
    if (forbiddenIn(attempts, source.namespace)) continue;
    try {
      return await collectFrom(request, podRunner(request.api, source));
    } catch (error) {
      if (!(error instanceof ClusterFailure) || !ANOTHER_MAY_HELP.has(error.kind)) throw error;
      attempts.push({ name, namespace: source.namespace, why: wordsOf(error), failure: error });
    }
  }
  // A debug Pod would be asked in the same way.
  const final = attempts.find(
    ({ failure }) => failure?.kind === 'forbidden' || failure?.kind === 'execRefused',
  );
  if (final?.failure !== undefined && final.failure !== null) throw final.failure;
  const image = request.image ?? debugImage(await proxyPods(request), request.nodeObject);
  const manifest = debugPodManifest(node, image);
  if (!(await request.confirmDebugPod(node, manifest, request.signal)))
    throw noSource(request, pods, attempts);
  return collectFromDebugPod(request, manifest);
}

async function collectFromDebugPod(request: CollectRequest, manifest: JsonRecord): Promise<NodeReading> {
  const { value, left } = await withDebugPod(request.api, manifest, request, (source) =>
    collectFrom(request, podRunner(request.api, source)),
  );
  return left === null ? value : { ...value, warnings: [...value.warnings, left.replace(/\.$/, '')] };
}

/** Of one Pod alone: another may answer all the same. */
const ANOTHER_MAY_HELP: ReadonlySet<FailureKind> = new Set([
  'forbidden',
  'notFound',
  'execRefused',
  'noSuchBinary',
  'commandFailed',
  'other',
]);

interface Attempt {
  readonly name: string;
  readonly namespace: string;
  readonly why: string;
  readonly failure: ClusterFailure | null;
}

function forbiddenIn(attempts: readonly Attempt[], namespace: string): boolean {
  return attempts.some((each) => each.namespace === namespace && each.failure?.kind === 'forbidden');
}

async function collectFrom(request: CollectRequest, runner: Runner): Promise<NodeReading> {
  const { context, node, signal, onProgress, limits = defaultLimits } = request;
  // Without the rules nobody waits for the rest.
  const stop = new AbortController();
  const asking = new Asking(runner, limits, AbortSignal.any([signal, stop.signal]), onProgress);
  try {
    const collected: CollectedFiles = runner.takesPrograms
      ? await collectFiles(asking)
      : await collectRulesOnly(asking, runner.source);
    return { context, node, source: runner.source, ...collected };
  } finally {
    stop.abort();
  }
}

/** The node's Pods as they are now; where that right is missing, as the informers have them. */
async function podsOfNode({ api, node, pods, signal }: CollectRequest): Promise<readonly JsonRecord[]> {
  try {
    const found: JsonRecord[] = [];
    const query = { resource: 'pods', namespace: null, fieldSelector: `spec.nodeName=${node}` } as const;
    for await (const page of api.list(query, signal)) append(found, page);
    return found;
  } catch (error) {
    if (error instanceof ClusterFailure && error.kind === 'forbidden') return pods;
    throw error;
  }
}

/** Some kube-proxy Pods of other nodes, whose image this node can surely get; none where they may not be listed. */
async function proxyPods({ api, pods, signal }: CollectRequest): Promise<readonly JsonRecord[]> {
  const labelSelector = 'k8s-app=kube-proxy';
  try {
    const pages = api.list({ resource: 'pods', namespace: debugNamespace, labelSelector }, signal);
    for await (const page of pages) return [...page, ...pods];
    return pods;
  } catch (error) {
    if (error instanceof ClusterFailure && error.kind === 'forbidden') return pods;
    throw error;
  }
}

function wordsOf(failure: ClusterFailure): string {
  if (failure.kind === 'noSuchBinary') return 'has no iptables-save';
  return `did not tell: ${failure.message.replace(/\.$/, '')}`;
}

/** What was tried, and what runs in kube-proxy's place; what helps is said by who shows it. */
function noSource(
  { node, nodeObject }: CollectRequest,
  pods: readonly JsonRecord[],
  attempts: readonly Attempt[],
): ClusterFailure {
  const replacement = findReplacement(node, pods, nodeObject);
  const proxies = findProxyPods(node, pods);
  const instead = replacement === null ? '' : `; ${replacement} does its work here`;
  const head =
    proxies.length > 0
      ? `Nobody on ${node} can tell its rules`
      : `No kube-proxy Pod runs on ${node}${instead}, and nobody else there can tell its rules`;
  const tried = attempts.map((attempt) => `${attempt.name} ${attempt.why}`).join('; ');
  return new ClusterFailure('noSource', `${head}${tried === '' ? '' : ` (${tried})`}.`);
}
