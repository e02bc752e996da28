/** What sentences name that has a line: rules, Services, addresses, with the step of an outcome's path where one is about it. */
import type {
  NamedPod,
  Narrative,
  NarrativeLocation,
  NarrativeStep,
} from '../../kubeproxy/narrative/narrative.ts';
import type { ObjectReference } from '../../kubeproxy/objectReference.ts';
import { number } from '../shared/strings.ts';

export interface NamedPlace {
  readonly words: string;
  /** The step of an outcome's path to show; null where none is about it. */
  readonly at: { readonly outcome: string; readonly step: string } | null;
  /** A line, or an object of the live cluster. */
  readonly leadsTo: NarrativeLocation | ObjectReference;
}

type Named = Pick<Narrative, 'groups' | 'named' | 'pods'>;

/** Sentences name what the first outcomes have, too. */
const MOST_OUTCOMES = 20;

/** `default/web:http`, `kube-system/kube-dns` */
const SERVICE = /(?<![\w./-])[a-z\d][a-z\d.-]*\/[a-z\d][a-z\d.-]*(?::[a-z\d][a-z\d-]*)?/gu;

/** `nat/KUBE-SERVICES/4` → `KUBE-SERVICES` */
const CHAIN = /^[^/]*\/(.*)\/\d+$/u;

/** The longest words first; of two rules with the same words the one that comes first. `live`: objects can be shown. */
export function namedPlaces({ groups, named, pods }: Named, live: boolean): readonly NamedPlace[] {
  const places = new Map<string, NamedPlace>();
  for (const { id, path } of groups.flatMap(({ outcomes }) => outcomes).slice(0, MOST_OUTCOMES)) {
    for (const step of rulesIn(path)) {
      for (const [words, location] of namesIn(step, pods)) {
        if (!places.has(words))
          places.set(words, { words, at: { outcome: id, step: step.id }, leadsTo: location });
      }
    }
  }
  for (const { name, location } of named)
    if (!places.has(name)) places.set(name, { words: name, at: null, leadsTo: location });
  if (live) for (const { name, object } of pods) places.set(name, { words: name, at: null, leadsTo: object });
  return [...places.values()].toSorted((a, b) => b.words.length - a.words.length);
}

type RuleStep = NarrativeStep & { readonly location: NarrativeLocation };

function rulesIn(steps: readonly NarrativeStep[]): readonly RuleStep[] {
  return steps.flatMap((step) => {
    const { location } = step;
    const below = rulesIn(step.children);
    return location === null ? below : [{ ...step, location }, ...below];
  });
}

/** The line that says which Service port it is comes before that of a rule which has the name in its words. */
function namesIn(
  step: RuleStep,
  pods: readonly NamedPod[],
): readonly (readonly [words: string, location: NarrativeLocation])[] {
  const { service, location } = step;
  const named = [...wordsOf(step), ...podsReached(step, pods)].map((words) => [words, location] as const);
  return service === null ? named : [[service.name, service.location], ...named];
}

/** A rule by its number is one that decides: another table may have a chain of the same name. */
function wordsOf(step: RuleStep): readonly string[] {
  const { number: rule, place, label, detail, changes, verdict } = step;
  const chain = CHAIN.exec(place ?? '')?.[1] ?? '';
  const decides = changes.length > 0 || (verdict !== null && verdict !== 'accept');
  const rules = rule === null || chain === '' || !decides ? [] : [`rule ${number.format(rule)} of ${chain}`];
  const addresses = changes
    .filter(({ field }) => field === 'source' || field === 'destination')
    .flatMap(({ field, is }) => (field === 'source' ? [is, hostOf(is)] : [is]));
  return [...rules, ...addresses, ...(`${label} ${detail}`.match(SERVICE) ?? [])];
}

/** Those to whose address a rule sends. */
function podsReached({ changes }: RuleStep, pods: readonly NamedPod[]): readonly string[] {
  const hosts = changes.filter(({ field }) => field === 'destination').map(({ is }) => hostOf(is));
  return pods.filter(({ address }) => hosts.includes(address)).map(({ name }) => name);
}

/** `10.244.1.1:40000`, `10.244.1.1:*` → `10.244.1.1`, `[fd00::1]:*` → `fd00::1`: whom the receiver sees is told without a port. */
function hostOf(endpoint: string): string {
  return endpoint.replace(/:(?:\d+|\*)$/u, '').replace(/^\[(.*)\]$/u, '$1');
}

/** A text in parts, those that name something with its place; nothing is named twice in texts that share `told`. */
export function withPlaces(
  text: string,
  places: readonly NamedPlace[],
  told: Set<string>,
): readonly (string | NamedPlace)[] {
  if (places.length === 0) return [text];
  const byWords = new Map(places.map((place) => [place.words, place]));
  const any = places.map(({ words }) => words.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`)).join('|');
  const parts = text.split(new RegExp(`(?<![\\w./:-])(${any})(?![\\w/-]|[.:]\\w)`, 'u'));
  return parts.map((part, at) => {
    const place = at % 2 === 1 ? byWords.get(part) : undefined;
    if (place === undefined || told.has(part)) return part;
    told.add(part);
    return place;
  });
}
