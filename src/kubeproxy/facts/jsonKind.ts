/** What a JSON document is, by the names in its beginning. */
import type { ContentKind } from './contentKind.ts';

/** So many characters are looked at: the first object of a list is in them. */
const HEAD = 4000;

/** `"kind": "ServiceList"`: a flow of `trace --flows` has kinds of its own. */
const OBJECT = /"kind":\s*"(Service|EndpointSlice|Endpoints|Node|Pod|List|[A-Z]\w*List)"/;

/** Null for one that is not read. */
export function jsonKind(text: string, start: number, end: number): ContentKind | null {
  const head = text.slice(start, Math.min(end, start + HEAD));
  const has = (name: string): boolean => head.includes(`"${name}"`);
  if (has('nftables')) return 'nft';
  if (has('apiVersion') || OBJECT.test(head)) return 'objects';
  if (has('ifname') && has('addr_info')) return 'addresses';
  if (has('priority') && (has('src') || has('table'))) return 'policy-rules';
  if (has('dst') && has('uid') && has('cache')) return 'route-answers';
  if (has('dst') && (has('dev') || has('type') || has('nexthops') || has('gateway'))) return 'routes';
  return has('taken') && has('node') ? 'snapshot' : null;
}
