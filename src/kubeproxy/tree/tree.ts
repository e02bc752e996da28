/** Rows of the Rules tree, made on demand: the views and the command line's `tree` show the same model. */
import type { FindingsByService } from '../findings/byService.ts';
import type { ObjectReference } from '../objectReference.ts';
import type { SourceSpan } from '../sources.ts';

export type TreeNodeKind =
  | 'hook'
  | 'table'
  | 'chain'
  | 'rule'
  | 'policy'
  | 'note'
  | 'namespace'
  | 'service'
  | 'port'
  | 'frontend'
  | 'endpoints'
  | 'endpoint'
  | 'group'
  | 'more';

export type Badge = 'error' | 'warning' | 'info';

/** Plain data; every text is plain text. */
export interface TreeNode {
  /**
   * Give it to `rows` to open the row. It names what the row is of and not where it stands, so that it stays the same in
   * the next rules of the node.
   */
  readonly id: string;
  readonly kind: TreeNodeKind;
  readonly label: string;
  /** Dimmed, behind the label. */
  readonly description: string;
  readonly badge: Badge | null;
  readonly badgeReason: string | null;
  readonly hasChildren: boolean;
  /** The rule or declaration to reveal; null where the rules have none for it. */
  readonly at: SourceSpan | null;
  /** What context menus copy or trace to. */
  readonly chain: string | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
  /** The object of the cluster that the row is about; null where there is none, or it is not known. */
  readonly object: ObjectReference | null;
}

export type TreeOrder = 'hook' | 'service';

export interface TreePage {
  readonly items: readonly TreeNode[];
  /** Of all children, also those outside this page. */
  readonly total: number;
}

/** Rows on demand; opening a row costs as much as its children. An id that is not known (any more) has no rows. */
export interface Tree {
  /** `parent` null for the top. `found`: what is known of Services beside what each row finds by itself; rows by Service tell it. */
  rows(
    order: TreeOrder,
    parent: string | null,
    offset: number,
    limit: number,
    found?: FindingsByService,
  ): TreePage;
}
