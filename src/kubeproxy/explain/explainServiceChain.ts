/** The part of an explanation that only chains of Services have: names, endpoints, how they are reached. */
import type { ServiceEndpoint } from '../services/endpoint.ts';
import type { Frontend } from '../services/frontend.ts';
import { percent } from '../words/percent.ts';
import type { Chain } from '../../rules/iptables/nodes.ts';
import {
  chainOfEndpoint,
  type ChainOwner,
  type IptablesServices,
} from '../modes/iptables/iptablesServices.ts';
import type { ServiceChainKind } from '../modes/iptables/roles.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ObjectReference } from '../objectReference.ts';
import { sharesByWords, type Shares } from '../modes/iptables/shares.ts';
import type { ExplainedEndpoint, Explanation } from './explanation.ts';
import { plural } from '../narrative/words.ts';
import { durationWords } from '../words/clauses.ts';
import { frontendWords, masqueradeWords } from '../words/frontendWords.ts';
import { append } from '../../text/lists.ts';
import type { Sources } from '../sources.ts';
import { countedAt, countedSentences } from './counted.ts';
import { endpointPlace } from './endpointPlace.ts';

type ServicePart = Pick<
  Explanation,
  'objects' | 'title' | 'summary' | 'sentences' | 'endpoints' | 'reachedBy' | 'owner' | 'warnings'
> &
  Partial<Pick<Explanation, 'ending'>>;

/** Explains KUBE-SVC-, -SVL-, -EXT-, -FW-, -XLB- and -SEP- chains by the Service port that they belong to. */
export function explainServiceChain(
  owner: ChainOwner,
  chain: string,
  found: Chain | null,
  { iptables, sources }: { readonly iptables: IptablesServices; readonly sources: Sources },
): ServicePart {
  const own = owner.port.frontends.filter((each) => each.family === owner.family);
  const counted = countedAt(own, sources);
  const entries = own.map((frontend) => ({
    frontend,
    chain: iptables.chainOf(frontend),
    counted: counted(frontend),
  }));
  return owner.kind === 'sep'
    ? explainEndpoint(owner, entries)
    : explainBalancing(owner, owner.kind, { chain, found, entries });
}

function explainBalancing(
  owner: ChainOwner,
  kind: ServiceChainKind,
  {
    chain,
    found,
    entries: all,
  }: { readonly chain: string; readonly found: Chain | null; readonly entries: readonly Entry[] },
): ServicePart {
  const { port, family } = owner;
  const local = isLocalView(owner);
  const entries = all.filter((each) => leadsThrough(each, owner, chain));
  const frontends = entries.map(({ frontend }) => frontend);
  const rows = port.endpoints.filter((each) => each.family === family && isBalanced(each, local));
  const shares = kind === 'svc' || kind === 'svl' || kind === 'xlb' ? sharesByWords(found) : null;
  const where = local ? ' on this node' : '';
  return {
    objects: objectsOf(port, null),
    title: port.name,
    summary: summaryOf(isOpen(kind, frontends) ? 'ext' : kind, rows.length, where),
    sentences: [...sentencesOf(owner, entries, chain), ...(kind === 'svc' ? countedSentences(rows) : [])],
    endpoints: rows.map((each) => explainedEndpoint(each, local)),
    reachedBy: entries.map((each) => entryWords(each, chain)),
    owner: 'kube-proxy',
    ...(shares?.rest === 0 ? { ending: 'ends at one of its endpoints, always' } : {}),
    warnings: warningsOf(rows.length, shares, kind === 'ext' ? null : found),
  };
}

/** A frontend, and the first chain that its traffic goes to; null where it goes to none. */
interface Entry {
  readonly frontend: Frontend;
  readonly chain: string | null;
  /** What its rule counted, behind its words; may be empty. */
  readonly counted: string;
}

/** How it leads to a chain of the port: `ClusterIP 10.96.12.3:80/TCP`, `NodePort 30080/TCP (through KUBE-EXT-…, masqueraded)`. */
function entryWords({ frontend, chain, counted }: Entry, to: string | null): string {
  return `${frontendWords(frontend, chain === to ? null : chain)}${counted}`;
}

/** KUBE-SVL and KUBE-XLB balance locally; KUBE-EXT and KUBE-FW as the external policy says. */
function isLocalView({ port, kind }: ChainOwner): boolean {
  if (kind === 'svl' || kind === 'xlb') return true;
  return (kind === 'ext' || kind === 'fw') && port.externalPolicy === 'Local';
}

function isBalanced(endpoint: ServiceEndpoint, local: boolean): boolean {
  if (!endpoint.inRules) return false;
  return local ? endpoint.localShare !== null : endpoint.share !== null || endpoint.localShare === null;
}

function leadsThrough({ frontend, chain: first }: Entry, { kind }: ChainOwner, chain: string): boolean {
  if (first === chain) return true;
  if (kind === 'svc') return frontend.policy === 'Cluster';
  if (kind === 'svl') return frontend.policy === 'Local';
  return (kind === 'ext' || kind === 'xlb') && first?.startsWith('KUBE-FW-') === true;
}

/** Up to 1.23 every load-balancer IP has its KUBE-FW, which lets everybody through where no source ranges are set. */
function isOpen(kind: ServiceChainKind, frontends: readonly Frontend[]): boolean {
  return kind === 'fw' && frontends.length > 0 && frontends.every((each) => each.sourceRanges === null);
}

const summaries: Readonly<Record<ServiceChainKind, string>> = {
  svc: 'balances over',
  svl: 'balances over',
  ext: 'takes traffic from outside to',
  xlb: 'takes traffic from outside to',
  fw: 'lets the allowed sources through to',
};

function summaryOf(kind: ServiceChainKind, endpoints: number, where: string): string {
  return `${summaries[kind]} ${plural(endpoints, 'endpoint')}${where}`;
}

function sentencesOf(owner: ChainOwner, entries: readonly Entry[], chain: string): readonly string[] {
  const { port, kind } = owner;
  const { affinity } = port;
  const sentences = [
    ...serviceSentence(port),
    affinity === null
      ? 'Session affinity: none.'
      : `Session affinity: a client keeps its endpoint for ${durationWords(affinity.seconds)}, on this port of the Service alone.`,
  ];
  const [first] = entries;
  const masquerade = first === undefined ? '' : masqueradeWords(first.frontend);
  if (kind === 'svc' && masquerade !== '' && first?.chain === chain) {
    sentences.push(`Its traffic is ${masquerade}.`);
  }
  for (const { frontend } of kind === 'fw' ? entries : []) {
    const { sourceRanges, lateRanges } = frontend;
    if (sourceRanges !== null) sentences.push(`Allowed sources: ${sourceRanges.join(', ')}.`);
    if (lateRanges.length > 0) {
      sentences.push(
        `Of no effect: ${lateRanges.join(', ')}, behind a rule that marks every packet to be dropped.`,
      );
    }
  }
  return sentences;
}

/** `It is a NodePort Service, with external traffic policy Local.` Nothing where the objects do not know it. */
export function serviceSentence({ object }: ServicePort): readonly string[] {
  if (object === null) return [];
  const policies = [
    object.internalTrafficPolicy === 'Local' ? 'internal traffic policy Local' : '',
    object.externalTrafficPolicy === 'Local' ? 'external traffic policy Local' : '',
  ].filter((each) => each !== '');
  const tail = policies.length === 0 ? '' : `, with ${policies.join(' and ')}`;
  return [`It is a Service of type ${object.type}${tail}.`];
}

export function objectsOf(
  { object }: ServicePort,
  endpoint: ServiceEndpoint | null,
): readonly ObjectReference[] {
  const pod = endpoint?.pod ?? null;
  return [
    ...(object === null
      ? []
      : [{ resource: 'services', namespace: object.namespace, name: object.name } as const]),
    ...(pod === null ? [] : [{ resource: 'pods', ...pod } as const]),
  ];
}

/** `Its pod is shop/web-0 on node-1: ready.` Nothing where the objects do not know it. */
export function podSentence(endpoint: ServiceEndpoint): readonly string[] {
  const { pod, node } = endpoint;
  const state = stateWords(endpoint);
  const where = node === null ? '' : ` on ${node}`;
  if (pod !== null)
    return [`It is the pod ${pod.namespace}/${pod.name}${where}${state === '' ? '' : `: ${state}`}.`];
  return state === '' ? [] : [`The cluster lists it${where} as ${state}.`];
}

/** `ready`, `not ready`, `terminating, still serving`; empty where the objects do not say. */
export function stateWords({
  ready,
  serving,
  terminating,
}: Pick<ServiceEndpoint, 'ready' | 'serving' | 'terminating'>): string {
  if (terminating === true) return serving === true ? 'terminating, still serving' : 'terminating';
  return ready === null ? '' : ready ? 'ready' : 'not ready';
}

function warningsOf(endpoints: number, shares: Shares | null, found: Chain | null): readonly string[] {
  const warnings: string[] = [];
  if (found !== null && found.rules.length === 0)
    warnings.push('The chain is empty: traffic passes it untouched.');
  else if (endpoints === 0) warnings.push('No endpoints.');
  const rest = shares?.rest ?? 0;
  if (endpoints > 0 && rest > 0) {
    warnings.push(`${percent(rest)} of new connections get no endpoint: the rules do not add up.`);
  }
  if (endpoints > 0 && shares?.rest === null)
    warnings.push('The shares hang on conditions, and are not known.');
  return warnings;
}

function explainEndpoint(owner: ChainOwner, entries: readonly Entry[]): ServicePart {
  const { port, endpoint } = owner;
  const where = endpoint === null ? '' : endpointPlace(endpoint);
  const sentences: string[] = [];
  if (endpoint !== null) {
    append(sentences, podSentence(endpoint));
    if (endpoint.share !== null) sentences.push(`Takes ${percent(endpoint.share)} of new connections.`);
    if (endpoint.localShare !== null) {
      sentences.push(`Takes ${percent(endpoint.localShare)} of what is balanced on this node only.`);
    }
    if (endpoint.hairpin) sentences.push('Its own packets are masqueraded when they come back to it.');
  }
  return {
    objects: objectsOf(owner.port, endpoint),
    title: port.name,
    summary: where === '' ? 'one endpoint' : `endpoint ${where}`,
    sentences,
    endpoints: endpoint === null ? [] : [explainedEndpoint(endpoint, endpoint.share === null)],
    reachedBy: entries.map((each) => entryWords(each, null)),
    owner: 'kube-proxy',
    ...(endpoint?.at == null ? {} : { ending: 'ends with the translation to its endpoint' }),
    warnings: endpoint?.at == null ? ['The chain translates to no address: its rules are missing.'] : [],
  };
}

export function explainedEndpoint(endpoint: ServiceEndpoint, local: boolean): ExplainedEndpoint {
  return {
    share: local ? endpoint.localShare : endpoint.share,
    endpoint: endpointPlace(endpoint),
    pod: [endpoint.pod?.name, endpoint.node].filter((each) => each != null).join(' · '),
    packets: endpoint.packets,
    note: endpointNote(endpoint),
    chain: chainOfEndpoint(endpoint),
  };
}

/** `not ready`, `terminating`, `not in the objects`, `not in the rules`; empty where all is as it should be. */
function endpointNote(endpoint: ServiceEndpoint): string {
  const notes: string[] = [];
  if (endpoint.inObjects === false) notes.push('not in the objects');
  if (endpoint.ready === false && endpoint.terminating !== true) notes.push('not ready');
  if (endpoint.terminating === true) notes.push('terminating');
  if (!endpoint.inRules && endpoint.ready !== false) notes.push('not in the rules');
  return notes.join(', ');
}
