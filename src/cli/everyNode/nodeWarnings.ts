/** What is so of some nodes and no file of theirs shows: rules in both backends of iptables, a debug Pod that stayed. */
import { someOf } from '../../kubeproxy/nodes/agreement.ts';
import { plural } from '../../kubeproxy/narrative/words.ts';

export class NodeWarnings {
  readonly #nodes = new Map<string, string[]>();

  /** `warnings`: sentences, with or without a full stop. */
  add(node: string, warnings: readonly string[]): void {
    for (const warning of warnings) {
      const words = warning.replace(/\.$/, '');
      const nodes = this.#nodes.get(words) ?? [];
      nodes.push(node);
      this.#nodes.set(words, nodes);
    }
  }

  /** Those of most nodes first. */
  get rows(): readonly { readonly words: string; readonly nodes: readonly string[] }[] {
    return [...this.#nodes]
      .map(([words, nodes]) => ({ words, nodes: nodes.toSorted() }))
      .sort((a, b) => b.nodes.length - a.nodes.length || (a.words < b.words ? -1 : 1));
  }

  /** Sentences. */
  get words(): readonly string[] {
    const { rows } = this;
    const left = rows.length - MOST_TOLD;
    return [
      ...rows.slice(0, MOST_TOLD).map(({ words, nodes }) => `${someOf(nodes)}: ${words}.`),
      ...(left > 0 ? [`${plural(left, 'more warning')} of nodes: --format json has all of them.`] : []),
    ];
  }
}

const MOST_TOLD = 8;
