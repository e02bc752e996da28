/** What a name stands for, among the Services, pods and nodes that are known. */
import type { KubernetesNode, Pod } from '../../kubernetes/objects.ts';
import { nearest } from '../../text/nearest.ts';
import type { NamedKind, NameWords } from './endWords.ts';
import { listed } from './packetText.ts';

interface NamedService {
  /** Null where the rules do not tell. */
  readonly namespace: string | null;
  readonly name: string;
}

/** All that may be named. */
export interface Named<Service extends NamedService> {
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly nodes: readonly KubernetesNode[];
  /** Whether pods and nodes are known by name at all. */
  readonly hasObjects: boolean;
}

export type NamedEnd<Service> =
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'node'; readonly node: KubernetesNode }
  | { readonly kind: 'wrong'; readonly message: string };

/** Who is meant by a name of which nothing else is said: the first of these that there is. */
const orders: Readonly<Record<'source' | 'destination', readonly NamedKind[]>> = {
  source: ['pod', 'node', 'service'],
  destination: ['service', 'pod', 'node'],
};

/** Looks a name up. `near` is the namespace that counts first where none is said, as it does in the DNS of a pod there. */
export function namedEnd<Service extends NamedService>(
  words: NameWords,
  side: 'source' | 'destination',
  known: Named<Service>,
  near: string | null = null,
): NamedEnd<Service> {
  const kinds = words.of === null ? orders[side] : [words.of];
  for (const reading of readingsOf(words)) {
    for (const kind of kinds) {
      const found = ofKind(kind, reading, known);
      const [only] = found.length > 1 ? found.filter(({ namespace }) => namespace === near) : found;
      if (only !== undefined) return only.end;
      if (found.length > 1) return wrong(ambiguous(words, kind, found));
    }
  }
  return wrong(unknownName(words, kinds, known));
}

interface Reading {
  /** Null: any. */
  readonly namespace: string | null;
  readonly name: string;
  readonly host: string | null;
}

/** A name with dots may be a whole name (nodes have such), one behind a word a namespace's (`svc/cart` in `svc`). */
function readingsOf({ text, namespace, name, host, of, dns }: NameWords): readonly Reading[] {
  const own: Reading = { namespace, name, host };
  if (dns) return [{ namespace: null, name: text, host: null }, own];
  const [, first = '', second = ''] = /^([^/:]+)\/([^/:]+)$/.exec(text) ?? [];
  return of !== null && second !== '' ? [{ namespace: first, name: second, host: null }, own] : [own];
}

interface Found<Service> {
  readonly namespace: string | null;
  readonly name: string;
  readonly end: NamedEnd<Service>;
}

function ofKind<Service extends NamedService>(
  kind: NamedKind,
  { namespace, name, host }: Reading,
  known: Named<Service>,
): readonly Found<Service>[] {
  const fits = (
    each: { readonly namespace: string | null; readonly name: string },
    wanted: string,
  ): boolean => each.name === wanted && (namespace === null || each.namespace === namespace);
  if (kind === 'node') {
    const nodes = namespace === null ? known.nodes.filter((node) => node.name === name) : [];
    return nodes.map((node) => ({ namespace: null, name: node.name, end: { kind, node } }));
  }
  if (kind === 'pod' || host !== null) {
    const pods = known.pods.filter((pod) => fits(pod, host ?? name));
    return pods.map((pod) => ({ namespace: pod.namespace, name: pod.name, end: { kind: 'pod', pod } }));
  }
  return known.services
    .filter((service) => fits(service, name))
    .map((service) => ({ namespace: service.namespace, name: service.name, end: { kind, service } }));
}

const FEW = 6;

function ambiguous<Service>({ text }: NameWords, kind: NamedKind, found: readonly Found<Service>[]): string {
  const names = found.slice(0, FEW).map(wholeName);
  const more = found.length > FEW ? [`${found.length - FEW} more`] : [];
  const nouns = { pod: 'pods', node: 'nodes', service: 'Services' } as const;
  return `"${text}" may be one of ${found.length} ${nouns[kind]}: ${listed([...names, ...more])}.`;
}

function wholeName({
  namespace,
  name,
}: {
  readonly namespace: string | null;
  readonly name: string;
}): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

function unknownName<Service extends NamedService>(
  words: NameWords,
  kinds: readonly NamedKind[],
  known: Named<Service>,
): string {
  const { text, namespace, name } = words;
  const nouns = { pod: 'pod', node: 'node', service: 'Service' } as const;
  const lookedFor = kinds.filter((kind) => kind === 'service' || known.hasObjects);
  const unknown = kinds.filter((kind) => !lookedFor.includes(kind)).map((kind) => nouns[kind]);
  const noObjects = `without objects.json no ${listed(unknown)} is known by its name`;
  if (lookedFor.length === 0) return `"${text}" is no address, and ${noObjects}.`;
  const none = `Nothing here is called "${text}"`;
  const all = lookedFor.flatMap((kind) => everyOne(kind, known));
  const elsewhere = namespace === null ? [] : all.filter((each) => each.name === name);
  if (elsewhere.length > 0) return `${none}, but there is ${listed(elsewhere.slice(0, FEW).map(wholeName))}.`;
  const meant = nearestName(words, all);
  if (meant !== null) return `${none}. Did you mean ${meant}?`;
  return unknown.length === 0
    ? `${none}: it is no address, and no ${listed(lookedFor.map((kind) => nouns[kind]))}.`
    : `${none}: it is no address and no ${listed(lookedFor.map((kind) => nouns[kind]))}, and ${noObjects}.`;
}

function everyOne<Service extends NamedService>(
  kind: NamedKind,
  { services, pods, nodes }: Named<Service>,
): readonly { readonly namespace: string | null; readonly name: string }[] {
  if (kind === 'service') return services;
  return kind === 'pod' ? pods : nodes.map(({ name }) => ({ namespace: null, name }));
}

function nearestName(
  { namespace, name }: NameWords,
  all: readonly { readonly namespace: string | null; readonly name: string }[],
): string | null {
  const byName = new Map<string, string>();
  for (const each of all) {
    const key = namespace === null ? each.name : wholeName(each);
    if (!byName.has(key)) byName.set(key, wholeName(each));
  }
  const meant = nearest(namespace === null ? name : `${namespace}/${name}`, [...byName.keys()]);
  return meant === null ? null : (byName.get(meant) ?? null);
}

function wrong(message: string): { readonly kind: 'wrong'; readonly message: string } {
  return { kind: 'wrong', message };
}
