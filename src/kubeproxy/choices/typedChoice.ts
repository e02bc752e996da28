/** What was typed, as a choice beside those that were found. */
import type { Analysis } from '../analysis.ts';
import { readForm } from '../form/flowForm.ts';
import { readEndWords } from '../form/endWords.ts';
import type { Choice, ChoiceSide } from './choice.ts';
import type { ClusterIndex } from './clusterIndex.ts';
import { destinationEnd, sourceEnd, type DestinationEnd, type SourceEnd } from './formEnds.ts';

/** How the words of a query are understood. */
export interface Typed {
  readonly side: ChoiceSide;
  readonly text: string;
  readonly isRead: boolean;
  /** What it is, or why it cannot be read. */
  readonly note: string;
}

/** `found` with what was typed as the last one: where it can be read and is none of them, or where there are none. */
export function withTyped(found: readonly Choice[], typed: Typed | null, limit: number): readonly Choice[] {
  if (typed === null || (!typed.isRead && found.length > 0)) return found;
  const { side, text, note } = typed;
  const isSame = ({ form }: Choice): boolean => (side === 'source' ? form.from : form.to) === text;
  if (found.some(isSame)) return found;
  const form = side === 'source' ? { from: text } : { to: text };
  const choice: Choice = { side, label: text, description: note, form, kind: 'typed' };
  return [...found.slice(0, Math.max(limit - 1, 0)), choice].slice(0, limit);
}

/** As the form reads it; null for an empty query. */
export function typedHere(
  analysis: Analysis,
  { side, query, from }: { readonly side: ChoiceSide; readonly query: string; readonly from: string },
): Typed | null {
  const text = query.trim();
  if (text === '') return null;
  const ends =
    side === 'source' ? { from: text, to: ANYWHERE } : { from: from === '' ? 'node' : from, to: text };
  const reading = readForm({ ...NOTHING_ELSE, ...ends }, analysis);
  const field = side === 'source' ? 'from' : 'to';
  if (reading.kind === 'flow') {
    return { side, text, isRead: true, note: side === 'source' ? reading.fromNote : reading.toNote };
  }
  const wrong = reading.errors.find((each) => each.field === field);
  return { side, text, isRead: wrong === undefined, note: wrong?.message ?? '' };
}

/** A destination that can always be read. */
const ANYWHERE = ':1';

const NOTHING_ELSE = { protocol: '', state: '', mark: '', interface: '', ttl: '', tcpFlags: '' } as const;

/** As the objects of a cluster know it. */
export function typedInCluster(index: ClusterIndex, side: ChoiceSide, query: string): Typed | null {
  const text = query.trim();
  if (text === '') return null;
  const words = readEndWords(text);
  if (words.kind === 'wrong') return { side, text, isRead: false, note: words.message };
  const end = side === 'source' ? sourceEnd(text, index) : destinationEnd(text, '', index);
  if (end.kind !== 'unread') return { side, text, isRead: true, note: wordsOf(end) };
  const isAddress = words.kind !== 'name';
  return { side, text, isRead: isAddress, note: isAddress ? '' : `nothing here is called “${words.text}”` };
}

function wordsOf(end: Exclude<SourceEnd | DestinationEnd, { readonly kind: 'unread' }>): string {
  switch (end.kind) {
    case 'pod':
      return `the pod ${end.pod.namespace}/${end.pod.name}`;
    case 'node':
      return end.node === null ? 'a process of a node' : `the node ${end.node.name}`;
    case 'somePod':
      return 'any pod';
    case 'unknownPod':
      return 'a pod that is not known';
    case 'service':
      return `the Service ${end.service.namespace}/${end.service.name}`;
    case 'outside':
      return end.address === null ? 'any client outside the cluster' : `outside the cluster: ${end.address}`;
    default:
      return 'an address';
  }
}
