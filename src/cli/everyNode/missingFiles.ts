/** Files that could not be had of some nodes: what stands on them was not looked at there. */
import { either, plural } from '../../kubeproxy/narrative/words.ts';
import { someOf } from '../../kubeproxy/nodes/agreement.ts';

export interface MissingFile {
  readonly file: string;
  /** The end of a sentence without a full stop: `Pod kube-system/kube-proxy-x2x9k has no conntrack`. */
  readonly reason: string;
}

/** One file, and the nodes that lack it; `reason`: of the one that told it first. */
interface Row extends MissingFile {
  readonly nodes: string[];
}

export class MissingFiles {
  readonly #rows = new Map<string, Row>();

  add(node: string, missing: readonly MissingFile[]): void {
    for (const { file, reason } of missing) {
      const row = this.#rows.get(file) ?? { file, reason, nodes: [] };
      row.nodes.push(node);
      this.#rows.set(file, row);
    }
  }

  /** Those of most nodes first. */
  get rows(): readonly Readonly<Row>[] {
    return [...this.#rows.values()]
      .map((row) => ({ ...row, nodes: row.nodes.toSorted() }))
      .sort((a, b) => b.nodes.length - a.nodes.length || (a.file < b.file ? -1 : 1));
  }

  /** Sentences: of the files that no node has, and of each that some lack. */
  words(answered: number): readonly string[] {
    const { rows } = this;
    const ofAll = rows.filter(({ nodes }) => nodes.length === answered);
    const all = ofAll.map(({ file, reason }) => `${file} (${reason})`);
    return [
      ...(all.length === 0 ? [] : [`Not to be had of any node: ${either(all, 'and')}.`]),
      ...rows
        .filter((row) => !ofAll.includes(row))
        .map(({ file, nodes, reason }) => {
          const which = `${nodes.length} of ${plural(answered, 'node')}, ${someOf(nodes)}`;
          return `${file} could not be had of ${which} (${reason}): what it would tell was not looked at there.`;
        }),
    ];
  }
}
