/**
 * Everything that is worked out from one node's files, each part once and only when it is first asked for. The server,
 * the command line and the tests all stand on this bundle.
 */
import { type Coverage, NO_COVERAGE } from '../kubernetes/coverage.ts';
import type { KubernetesObjects } from '../kubernetes/objects.ts';
import type { Engine } from '../kernel/engine.ts';
import type { Family } from '../kernel/flow.ts';
import type { Hints } from '../kernel/hints.ts';
import type { Node } from '../kernel/node/node.ts';
import type { SnapshotFiles } from '../kernel/snapshot.ts';
import { addressHintsOf } from './addressHints.ts';
import { type Audit, createAudit, NO_AUDIT } from './findings/cluster/audit.ts';
import { withConnections } from './findings/connectionAudit.ts';
import { nodeFactsOf } from './findings/cluster/nodeFacts.ts';
import { buildCatalog } from './services/buildCatalog.ts';
import type { Catalog } from './services/catalog.ts';
import type { ClusterObjects } from './clusterObjects.ts';
import type { DumpDescription } from './describeDump.ts';
import { IptablesServices } from './modes/iptables/iptablesServices.ts';
import type { NodeModes } from './modes/nodeModes.ts';
import { NodeRules } from './nodeRules.ts';
import type { IpvsSource } from './ipvsSource.ts';
import type { NodeMode } from './mode/mode.ts';
import type { OtherRules } from './mode/otherRules.ts';
import type { Rulesets } from './rulesets.ts';
import { type Sources, sourcesOfFiles } from './sources.ts';
import type { Tree } from './tree/tree.ts';
import { createTree } from './tree/createTree.ts';

export interface Analysis {
  /** Every set of rules that the node's files hold. */
  readonly sources: Sources;
  /** Those that the engine follows, by family. */
  readonly rulesets: Rulesets;
  readonly files: SnapshotFiles;
  readonly node: Node;
  /** The virtual servers of IPVS; null where none are known. */
  readonly ipvs: IpvsSource | null;
  /** What decides about packets here and is in no rules file that is followed. */
  readonly otherRules: OtherRules;
  /** In what mode kube-proxy works here, and where it keeps its Services. */
  readonly mode: NodeMode;
  /** What the cluster calls this node; null where nothing tells. */
  readonly nodeName: string | null;
  /** What kube-proxy and the objects tell of addresses; goes with each question to an engine. */
  readonly hints: Hints;
  /** Null where there are no rules of that family. What it says of a packet is no answer yet: see answer/answer.ts. */
  engine(family: Family): Engine | null;
  readonly catalog: Catalog;
  /** The catalog's Services seen from the chains of iptables mode. */
  readonly iptables: IptablesServices;
  /** What each mode of kube-proxy finds in the rules alone. */
  readonly modes: NodeModes;
  readonly tree: Tree;
  /** Where the rules and the objects disagree; finds nothing without objects. */
  readonly audit: Audit;
  /** Of the live cluster, else of `objects.json`; null where there is neither. */
  readonly objects: KubernetesObjects | null;
  /** What may be concluded from an object that is not there. */
  readonly coverage: Coverage;
  /** What could not be read in the objects, in plain text. */
  readonly objectProblems: readonly string[];
  readonly dump: DumpDescription;
  /**
   * The same rules with other objects; both may be used side by side. What hangs on the rules alone is shared: parsed
   * files, engines, indexes.
   */
  withObjects(objects: ClusterObjects | null): Analysis;
}

/** What `openAnalysis` is given: the sources of rules, and all of the snapshot's files as text. */
export interface AnalysisInput {
  readonly sources: Sources;
  readonly files: SnapshotFiles;
  /** Of a live cluster, in place of `objects.json`. */
  readonly objects?: ClusterObjects | null;
  /** In place of the name in `snapshot.json`. */
  readonly nodeName?: string | null;
}

/** Opens a node's files. Nothing is read or built before it is asked for; bad input becomes problems, never exceptions. */
export function openAnalysis({ sources, files, objects, nodeName }: AnalysisInput): Analysis {
  return new LazyAnalysis(new NodeRules(sources.with(files), files), objects ?? null, nodeName ?? null);
}

/** As `openAnalysis`, with the rules of the files. */
export function analysisOfFiles(files: SnapshotFiles): Analysis {
  return openAnalysis({ sources: sourcesOfFiles(files), files });
}

class LazyAnalysis implements Analysis {
  readonly #rules: NodeRules;
  readonly #given: ClusterObjects | null;
  readonly #givenName: string | null;
  readonly hints = addressHintsOf(this);
  #catalog: Catalog | null = null;
  #iptables: IptablesServices | null = null;
  #tree: Tree | null = null;
  #audit: Audit | null = null;

  constructor(rules: NodeRules, objects: ClusterObjects | null, nodeName: string | null) {
    this.#rules = rules;
    this.#given = objects;
    this.#givenName = nodeName;
  }

  get sources(): Sources {
    return this.#rules.sources;
  }

  get rulesets(): Rulesets {
    return this.#rules.rulesets;
  }

  get files(): SnapshotFiles {
    return this.#rules.files;
  }

  get node(): Node {
    return this.#rules.node;
  }

  get ipvs(): IpvsSource | null {
    return this.#rules.ipvs;
  }

  get otherRules(): OtherRules {
    return this.#rules.otherRules;
  }

  get mode(): NodeMode {
    return this.#rules.mode;
  }

  get nodeName(): string | null {
    return this.#givenName ?? this.node.info.node;
  }

  engine(family: Family): Engine | null {
    return this.#rules.engine(family);
  }

  get catalog(): Catalog {
    if (this.#catalog === null) {
      this.#catalog = buildCatalog(this.modes.all, this.objects, this.#rules.catalog);
      this.#rules.catalog = this.#catalog;
    }
    return this.#catalog;
  }

  get iptables(): IptablesServices {
    return (this.#iptables ??= new IptablesServices(this.modes.iptables, this.catalog));
  }

  get modes(): NodeModes {
    return this.#rules.modes;
  }

  get tree(): Tree {
    return (this.#tree ??= createTree(this));
  }

  get audit(): Audit {
    if (this.#audit === null) {
      const compared = this.#createAudit();
      this.#rules.audit = compared;
      this.#audit = withConnections(compared, this.node, this.catalog);
    }
    return this.#audit;
  }

  get objects(): KubernetesObjects | null {
    return this.#known?.objects ?? null;
  }

  get coverage(): Coverage {
    return this.#known?.coverage ?? NO_COVERAGE;
  }

  get objectProblems(): readonly string[] {
    return this.#known?.problems ?? [];
  }

  get dump(): DumpDescription {
    return this.#rules.dump;
  }

  withObjects(objects: ClusterObjects | null): Analysis {
    return new LazyAnalysis(this.#rules, objects, this.#givenName);
  }

  #createAudit(): Audit {
    if (this.#known === null || this.#known.stale) return NO_AUDIT;
    const { sources, rulesets, catalog, coverage, mode } = this;
    const { taken } = this.node.info;
    return createAudit(
      { sources, rulesets, mode, catalog, coverage, node: nodeFactsOf(this), taken },
      this.#rules.audit,
    );
  }

  get #known(): ClusterObjects | null {
    return this.#given ?? this.#rules.objects;
  }
}
