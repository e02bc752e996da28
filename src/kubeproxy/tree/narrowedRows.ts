/** What a filter leaves of the Rules tree: rows that have its words or a problem, and those that lead to one. */
import type { Steps } from '../../values/steps.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import type { TreeNode, TreePage } from './tree.ts';

export interface RowFilter {
  /** In lower case; each stands in the row, or in one above it. */
  readonly words: readonly string[];
  /** Only rows with a badge. */
  readonly onlyProblems: boolean;
}

export interface NarrowedRow {
  readonly node: TreeNode;
  /** What is left of the filter for the rows below; null where all of them are shown. */
  readonly below: RowFilter | null;
}

export interface NarrowedPage {
  readonly items: readonly NarrowedRow[];
  /** Of all that the filter leaves below this parent. */
  readonly total: number;
}

/** All rows below one, of the tree that is narrowed. */
type RowsBelow = (parent: string | null) => TreePage;

const ROWS_PER_STEP = 500;

/**
 * The rows of one tree in one order, as a filter leaves them. A row that has what the filter asks for opens to all that is
 * below it, unless the rows below have it, too: then to these. Each chain is looked through once, however many rules jump to it.
 */
export class NarrowedRows {
  readonly #below: RowsBelow;
  readonly #pages = new Map<string, readonly NarrowedRow[]>();
  readonly #leads = new Map<string, boolean>();
  #top = '';
  #looked = 0;

  constructor(below: RowsBelow) {
    this.#below = below;
  }

  /** `filter`: the whole one at the top, below a row what that row left of it (`NarrowedRow.below`). */
  *rows(parent: string | null, filter: RowFilter, offset: number, limit: number): Steps<NarrowedPage> {
    if (parent === null) this.#begin(keyOf(filter));
    const key = `${parent ?? ''}\n${keyOf(filter)}`;
    const kept = this.#pages.get(key) ?? (yield* this.#kept(parent, filter));
    this.#pages.set(key, kept);
    return { items: kept.slice(offset, offset + limit), total: kept.length };
  }

  /** What was kept of another filter is of no use any more. */
  #begin(top: string): void {
    if (top === this.#top) return;
    this.#top = top;
    this.#pages.clear();
    this.#leads.clear();
  }

  *#kept(parent: string | null, filter: RowFilter): Steps<readonly NarrowedRow[]> {
    const kept: NarrowedRow[] = [];
    const open = new Set<string>();
    for (const node of this.#below(parent).items) {
      yield* this.#pause();
      const rest = leftBehind(node, filter);
      if (yield* this.#leadsOn(node, rest, open)) kept.push({ node, below: rest });
      else if (isFound(node, rest)) kept.push({ node, below: null });
    }
    return kept;
  }

  /** Whether a row below has what is left of the filter. `open`: the rows above that are looked through: no kernel holds a loop of chains. */
  *#leadsOn(node: TreeNode, filter: RowFilter, open: Set<string>): Steps<boolean> {
    // Of every row below one without a wish of its own all are shown.
    if (!node.hasChildren || (filter.words.length === 0 && !filter.onlyProblems)) return false;
    const key = `${placeBelow(node)}\n${keyOf(filter)}`;
    const known = this.#leads.get(key);
    if (known !== undefined) return known;
    if (open.has(key)) return false;
    open.add(key);
    const leads = yield* this.#anyBelow(node.id, filter, open);
    open.delete(key);
    this.#leads.set(key, leads);
    return leads;
  }

  *#anyBelow(parent: string, filter: RowFilter, open: Set<string>): Steps<boolean> {
    for (const node of this.#below(parent).items) {
      yield* this.#pause();
      const rest = leftBehind(node, filter);
      if (isFound(node, rest) || (yield* this.#leadsOn(node, rest, open))) return true;
    }
    return false;
  }

  *#pause(): Steps<void> {
    if (++this.#looked % ROWS_PER_STEP === 0) yield;
  }
}

/** The same for all rows that open the same chain of a table. */
function placeBelow({ id, kind, chain }: TreeNode): string {
  return kind === 'rule' && chain !== null ? `${id.split(':', 3).join(':')} ${chain}` : id;
}

function keyOf({ words, onlyProblems }: RowFilter): string {
  return `${onlyProblems} ${words.join(' ')}`;
}

/** The filter without the words that this row has. */
function leftBehind(node: TreeNode, filter: RowFilter): RowFilter {
  if (filter.words.length === 0) return filter;
  const text = textOf(node);
  const words = filter.words.filter((word) => !text.includes(word));
  return words.length === filter.words.length ? filter : { ...filter, words };
}

function isFound(node: TreeNode, { words, onlyProblems }: RowFilter): boolean {
  return words.length === 0 && (!onlyProblems || node.badge !== null);
}

/** What a row can be found by: what it says, and the chain, address and object that its menus know. */
function textOf(node: TreeNode): string {
  const { label, description, chain, address, port, object } = node;
  const place = address === null ? '' : port === null ? address : joinHostPort(address, port);
  const named = object === null ? '' : `${object.namespace}/${object.name}`;
  return [label, description, chain ?? '', place, named].join('\n').toLowerCase();
}
