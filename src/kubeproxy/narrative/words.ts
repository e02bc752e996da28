/** The words for addresses, marks, rules' places and shares, names before numbers. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import { readPlace, type RulePlace } from '../../kernel/ruleAt.ts';
import type { Effect, Endpoint, Outcome, Step } from '../../kernel/trace.ts';
import type { IptablesServices } from '../modes/iptables/iptablesServices.ts';
import type { ObjectReference } from '../objectReference.ts';
import type { Catalog } from '../services/catalog.ts';

/** 1/3 → `33.3 %`. A share that is not nothing is never shown as 0.0 %. */
export function shareWords(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  if (percent < 100 && percent >= 99.95) return '> 99.9 %';
  return `${percent.toFixed(1)} %`;
}

/** 1204 → `1,204`; independent of the locale, as the rest of the text is English. */
export function countWords(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `3 endpoints`, `1 endpoint` */
export function plural(count: number, noun: string): string {
  return `${countWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a, b or c` */
export function either(words: readonly string[], joint = 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`;
}

/** A clause as a sentence: `dropped by the kernel` → `Dropped by the kernel`. */
/** The first of many words, and how many more there are: `a, b and 5 more`. */
export function firstFew(words: readonly string[], most = 3): string {
  const more = words.length - most;
  return either(more > 0 ? [...words.slice(0, most), `${countWords(more)} more`] : words, 'and');
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The kubelet's mark for packets to be dropped, of releases up to 1.27 (its `--iptables-drop-bit` is 15 unless set). */
const DROP_MARK = 0x8000;

type Marks = Pick<IptablesServices, 'masqueradeMark'>;

/** `0x4000 (masquerade mark)`, `none` for 0. `dropMark`: whether these rules have KUBE-MARK-DROP. */
export function markWords(mark: number, marks: Marks, dropMark: boolean): string {
  if (mark === 0) return 'none';
  const names = markNames(mark, marks, dropMark);
  const number = `0x${(mark >>> 0).toString(16)}`;
  return names.length === 0 ? number : `${number} (${names.join(', ')})`;
}

/** The names of the bits that are set in a mark. */
export function markNames(mark: number, { masqueradeMark }: Marks, dropMark: boolean): readonly string[] {
  const names: string[] = [];
  if ((mark & masqueradeMark) !== 0) names.push('masquerade mark');
  if (dropMark && (mark & DROP_MARK) !== 0) names.push('drop mark');
  return names;
}

/** The place of `nat/KUBE-SERVICES/12`; null for `kernel` and for a policy. */
export function placeOf(by: string): RulePlace | null {
  const place = readPlace(by);
  return place === null || place.index === 'policy' ? null : { ...place, index: place.index };
}

/** `policy of filter FORWARD`, of `filter/FORWARD/policy`; null for anything else. */
export function policyOf(by: string): { readonly table: string; readonly chain: string } | null {
  const place = readPlace(by);
  return place?.index === 'policy' ? place : null;
}

/** `rule 12 of DOCKER-USER`, `IPVS at TCP 10.96.0.1:443`, counted from 1 as people and `iptables --line-numbers` do. */
export function placeWords(place: RulePlace): string {
  if (place.table === 'ipvs' || place.table === 'ipvs-out') return `IPVS at ${place.chain}`;
  return `rule ${countWords(place.index + 1)} of ${place.chain}`;
}

/** A Pod or a node of the cluster's objects, as sentences name it. */
export interface NamedOwner {
  /** `web-7d9f-abcde on node-1`, `node node-1` */
  readonly words: string;
  /** Null of a node. */
  readonly pod: ObjectReference | null;
}

/** Who has an address; null where nothing tells. */
export function ownerOf(address: string, catalog: Catalog): NamedOwner | null {
  if (!catalog.hasObjects) return null;
  for (const owner of catalog.whoHas(address)) {
    if (owner.kind === 'pod') return podOwner(owner, owner.node);
    if (owner.kind === 'node') return { words: `node ${owner.name}`, pod: null };
    if (owner.kind === 'endpoint' && owner.endpoint.pod !== null)
      return podOwner(owner.endpoint.pod, owner.endpoint.node);
  }
  return null;
}

function podOwner({ namespace, name }: { namespace: string; name: string }, node: string | null): NamedOwner {
  const words = node === null ? name : `${name} on ${node}`;
  return { words, pod: { resource: 'pods', namespace, name } };
}

/** The words for who has an address; empty where nothing tells. */
export function nameOf(address: string, catalog: Catalog): string {
  return ownerOf(address, catalog)?.words ?? '';
}

/** `10.244.1.5:8080 (web-7d9f-abcde on node-1)` */
export function namedEndpoint(endpoint: Endpoint, catalog: Catalog): string {
  const name = nameOf(endpoint.address, catalog);
  return name === '' ? formatEndpoint(endpoint) : `${formatEndpoint(endpoint)} (${name})`;
}

/** Who sends: for sentences about what is noticed. */
export function clientWord(flow: Flow): string {
  return flow.from.kind === 'node' ? 'the process' : 'the client';
}

/** Where the socket listens that TPROXY handed the packet to; null without one. */
export function socketOf(outcome: Outcome): Endpoint | null {
  for (const step of outcome.steps) {
    if (step.kind === 'rule' && step.effect.kind === 'tproxy') return step.effect.to;
  }
  return null;
}

/** Whether SYNPROXY took the packet: it ends there, and the node itself goes on with the connection. */
export function isProxied({ verdict, reason }: Outcome): boolean {
  return verdict === 'drop' && reason !== null && /^synproxy /i.test(reason);
}

type RuleStep = Extract<Step, { kind: 'rule' }>;

/** The last rule that gave the packet another destination; null where none did. */
export function translationOf({ steps }: Outcome): RuleStep | null {
  const at = steps.findLastIndex((_, index) => translatedEnd(steps, index) === 'destination');
  const step = steps[at];
  return step?.kind === 'rule' ? step : null;
}

/** Which end of the packet the rule of this step translated; null for a step that did not. */
export function translatedEnd(steps: readonly Step[], index: number): 'source' | 'destination' | null {
  const step = steps[index];
  if (step?.kind !== 'rule') return null;
  if (step.effect.kind !== 'netmap') return endOfEffect(step.effect, '');
  const entered = steps.findLast((each, at) => at < index && each.kind === 'hook');
  return endOfEffect(step.effect, entered?.kind === 'hook' ? entered.hook : '');
}

/** Which end an effect at this hook translates: NETMAP, SNPT and DNPT go by the hook. */
export function endOfEffect({ kind }: Effect, hook: string): 'source' | 'destination' | null {
  switch (kind) {
    case 'dnat':
    case 'redirect':
      return 'destination';
    case 'snat':
    case 'masquerade':
      return 'source';
    case 'netmap':
      return hook === 'POSTROUTING' || hook === 'INPUT' ? 'source' : 'destination';
    default:
      return null;
  }
}
