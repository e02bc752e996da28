/** How a cluster's objects are told while they are followed: the one contract of informers, extension and server. */
import type { JsonRecord } from '../text/json.ts';
import type { ObjectResource } from './slim.ts';

/** The parts of an object that this product reads (slim.ts), or the whole of it; null for one that is gone. */
export interface ObjectChange {
  readonly resource: ObjectResource;
  /** `default/web`, a node's name. */
  readonly key: string;
  readonly object: JsonRecord | null;
}

/**
 * Thousands of objects come in parts: the first message of a resource names it in `replaced`, and the one that ends the
 * first list in `complete`; until then objects that exist may be missing, so nothing may be concluded from their absence.
 */
export interface ObjectChanges {
  /** What was known of these resources before this message is forgotten: `changes` begins them anew. */
  readonly replaced: readonly ObjectResource[];
  readonly changes: readonly ObjectChange[];
  /** With these changes all objects of the resource are known. One that cannot be read never gets complete. */
  readonly complete: readonly ObjectResource[];
}
