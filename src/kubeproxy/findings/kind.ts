/** `error`: the kernel or iptables-restore refuses it. `warning`: something is most likely wrong. `information`: worth knowing. */
export type Severity = 'error' | 'warning' | 'information';

/**
 * What a finding stands on. `syntax`: the text of the rules, as iptables-restore and the kernel take it. `rules`: what the
 * rules do, and the node's files. `cluster`: the rules beside the cluster's objects. `packet`: a traced packet.
 */
export type Layer = 'syntax' | 'rules' | 'cluster' | 'packet';

/** What is said of every finding of one code. Texts are Markdown, one paragraph each. */
export interface FindingKind {
  /** A headline without a full stop: `Jump to a chain that does not exist`. */
  readonly title: string;
  /** The usual one: a finding may be graver or lighter, by the backend that would refuse it. */
  readonly severity: Severity;
  readonly layer: Layer;
  /** When it comes, and what it means for traffic. */
  readonly meaning: string;
  /** What to do. */
  readonly cure: string;
}
