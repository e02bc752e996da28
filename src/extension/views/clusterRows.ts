/** The rows of the Clusters view that VS Code was given. What is kept of a context goes when it is closed. */
import type { ClusterElement } from './clusterElements.ts';

/** How many children of a row are shown at first. */
const firstPage = 200;

/** Rows by id, and how many children of each are shown. A context's rows have ids of their own each time it is open. */
export class ClusterRows {
  /** VS Code knows a row again by its element. */
  readonly #rows = new Map<string, ClusterElement>();
  /** Row → how many of its children are shown, where that is not the first page. */
  readonly #shown = new Map<string, number>();
  /** Context → how often it was closed: a closed row must not come back opened, as that would open the context. */
  readonly #closed = new Map<string, number>();

  /** How many rows are kept. */
  get size(): number {
    return this.#rows.size;
  }

  /** The id of a context's row as it is now; the ids of all rows in it begin with it and a slash. */
  idOf(context: string): string {
    return `context/${this.#closed.get(context) ?? 0}/${encodeURIComponent(context)}`;
  }

  /** False for a row of before its context was closed, which VS Code may still ask about. */
  isOfNow(row: ClusterElement): boolean {
    if (row.kind === 'problem') return true;
    if (row.kind === 'more') return this.isOfNow(row.parent);
    const id = this.idOf(row.kind === 'context' ? row.context.name : row.context);
    return row.id === id || row.id.startsWith(`${id}/`);
  }

  /** Undefined for a row that was not given yet, or went with its context. */
  get(id: string): ClusterElement | undefined {
    return this.#rows.get(id);
  }

  /** The row that was given under this id already, if it says the same; else `row`, from now on. */
  keep(row: ClusterElement): ClusterElement {
    const known = this.#rows.get(row.id);
    // What a row stands for never changes with its id, but what it says of it may.
    if (known !== undefined && sameWords(known, row)) return known;
    this.#rows.set(row.id, row);
    return row;
  }

  /** How many of the row's children are shown. */
  limit(row: ClusterElement): number {
    return this.#shown.get(row.id) ?? firstPage;
  }

  setLimit(row: ClusterElement, limit: number): void {
    this.#shown.set(row.id, limit);
  }

  /** The context was closed: its rows are forgotten, and it has another id from now on. */
  close(context: string): void {
    const gone = this.idOf(context);
    for (const map of [this.#rows, this.#shown]) {
      for (const id of map.keys()) if (id === gone || id.startsWith(`${gone}/`)) map.delete(id);
    }
    this.#closed.set(context, (this.#closed.get(context) ?? 0) + 1);
  }
}

function sameWords(known: ClusterElement, now: ClusterElement): boolean {
  return Object.entries(now).every(([key, value]) =>
    Object.entries(known).some(([k, v]) => k === key && v === value),
  );
}
