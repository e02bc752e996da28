/** What was found on several nodes: each finding once, with the nodes that have it. */
import type { Severity } from '../../kubeproxy/findings/kind.ts';
import type { FindingCode } from '../../kubeproxy/findings/table.ts';

/** Of one finding on one node, as far as the table tells of it. */
export interface NodeProblem {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** `shop/web:http`; null where it is of no Service. */
  readonly service: string | null;
  readonly message: string;
}

export interface TableRow extends NodeProblem {
  readonly nodes: readonly string[];
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2 };

export class NodeTable {
  readonly #rows = new Map<string, NodeProblem & { readonly nodes: string[] }>();

  add(node: string, problems: readonly NodeProblem[]): void {
    for (const problem of problems) {
      const key = `${problem.code} ${problem.service ?? problem.message}`;
      const row = this.#rows.get(key) ?? { ...problem, nodes: [] };
      if (row.nodes.at(-1) !== node) row.nodes.push(node);
      this.#rows.set(key, row);
    }
  }

  /** The gravest first, of equal ones those of most nodes. */
  get rows(): readonly TableRow[] {
    return [...this.#rows.values()]
      .map((row) => ({ ...row, nodes: row.nodes.toSorted() }))
      .sort(
        (a, b) =>
          ranks[a.severity] - ranks[b.severity] ||
          b.nodes.length - a.nodes.length ||
          (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
      );
  }
}
