/** Lists, page by page, so that no answer holds more than some hundred objects. */
import { isRecord, type JsonRecord } from '../../text/json.ts';
import type { ListQuery } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import { AnsweredFailure } from './answers.ts';
import { collectionPath, selectors, withQuery } from './paths.ts';
import type { Transport } from './transport.ts';

/** A list as it comes. */
export type ListPart =
  /** The list begins, or begins again because its continuation expired: forget the pages so far. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'page'; readonly objects: readonly JsonRecord[] }
  /** All pages were given; a watch can go on from here. */
  | { readonly kind: 'end'; readonly resourceVersion: string };

const PAGE = 500;
/** A page larger than this is asked for again in smaller ones: objects can have 1.5 MB each. */
const MAX_PAGE_BYTES = 32 << 20;
/** A list that expires more often than this is not going to end. */
const MAX_RESTARTS = 5;

/**
 * Lists `query` to its end, which is told by `end`. Rejects with a `ClusterFailure`: the server's, or `other` for a
 * list that never ends.
 */
export async function* listParts(
  transport: Transport,
  query: ListQuery,
  signal: AbortSignal,
): AsyncGenerator<ListPart> {
  let restarts = 0;
  let limit = PAGE;
  let next: string | undefined;
  yield { kind: 'begin' };
  for (;;) {
    const page = await readPage(transport, query, { limit, continue: next }, signal);
    if (page === 'tooLarge' && limit > 1) {
      limit = Math.ceil(limit / 10);
    } else if (page === 'expired' && restarts < MAX_RESTARTS) {
      restarts++;
      next = undefined;
      yield { kind: 'begin' };
    } else if (typeof page === 'string') {
      throw new ClusterFailure(
        'other',
        `The list of ${query.resource} cannot be read: it is ${page === 'expired' ? 'always expired before its end' : 'too large'}.`,
      );
    } else {
      yield { kind: 'page', objects: page.objects };
      next = page.next;
      if (next === undefined) {
        yield { kind: 'end', resourceVersion: page.resourceVersion };
        return;
      }
    }
  }
}

interface Page {
  readonly objects: readonly JsonRecord[];
  readonly next: string | undefined;
  readonly resourceVersion: string;
}

async function readPage(
  transport: Transport,
  query: ListQuery,
  { limit, continue: from }: { limit: number; continue: string | undefined },
  signal: AbortSignal,
): Promise<Page | 'expired' | 'tooLarge'> {
  const path = collectionPath(query.resource, query.namespace);
  try {
    const answer = await transport.json({
      method: 'GET',
      path: withQuery(path, { ...selectors(query), limit: String(limit), continue: from }),
      asked: { verb: 'list', resource: query.resource, namespace: query.namespace },
      signal,
      maxBytes: MAX_PAGE_BYTES,
    });
    return readList(answer);
  } catch (error) {
    if (error instanceof AnsweredFailure && error.status === 410 && from !== undefined) return 'expired';
    if (error instanceof ClusterFailure && error.kind === 'tooLarge') return 'tooLarge';
    throw error;
  }
}

function readList(answer: JsonRecord): Page {
  const metadata = isRecord(answer['metadata']) ? answer['metadata'] : {};
  const items: readonly unknown[] = Array.isArray(answer['items']) ? answer['items'] : [];
  const { continue: next, resourceVersion } = metadata;
  // As kubectl does: the items of a list do not say what they are.
  const { apiVersion, kind: listKind } = answer;
  const kind = typeof listKind === 'string' ? listKind.replace(/List$/, '') : '';
  return {
    objects: items.filter(isRecord).map((item) => ({ apiVersion, kind, ...item })),
    next: typeof next === 'string' && next !== '' ? next : undefined,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
  };
}
