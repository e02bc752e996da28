/**
 * Everything that is worked out from one node's files, each part once and only when it is first asked for. The server,
 * the command line and the tests all stand on this bundle.
 */
import type { KubernetesObjects } from '../kubernetes/objects.ts';
import { readObjects, type ObjectsRead } from '../kubernetes/readObjects.ts';
import { createEngine, type Engine } from '../netfilter/engine.ts';
import type { Family } from '../netfilter/flow.ts';
import type { Node } from '../netfilter/node/node.ts';
import { readNode } from '../netfilter/node/readNode.ts';
import type { SnapshotFiles } from '../netfilter/snapshot.ts';
import { addressHintsOf } from './addressHints.ts';
import { buildCatalog } from './catalog/buildCatalog.ts';
import type { Catalog } from './catalog/catalog.ts';
import { describeDump, type DumpDescription } from './describeDump.ts';
import { rulesetsOfFiles, type Rulesets } from './rulesets.ts';
import type { Tree } from './tree.ts';
import { createTree } from './treeRows.ts';

export interface Analysis {
  readonly rulesets: Rulesets;
  readonly files: SnapshotFiles;
  readonly node: Node;
  /** Null where there are no rules of that family. */
  engine(family: Family): Engine | null;
  readonly catalog: Catalog;
  readonly tree: Tree;
  /** Null where `objects.json` was not given. */
  readonly objects: KubernetesObjects | null;
  /** What could not be read in `objects.json`, in plain text. */
  readonly objectProblems: readonly string[];
  readonly dump: DumpDescription;
}

/** What `openAnalysis` is given: rules that are parsed already, and the snapshot's other files as text. */
export interface AnalysisInput {
  readonly rulesets: Rulesets;
  readonly files: SnapshotFiles;
}

/** Opens a node's files. Nothing is read or built before it is asked for; bad input becomes problems, never exceptions. */
export function openAnalysis(input: AnalysisInput): Analysis {
  return new LazyAnalysis(input.rulesets, input.files);
}

/** As `openAnalysis`, parsing the rules files too. A file that holds both families is split. */
export function analysisOfFiles(files: SnapshotFiles): Analysis {
  return openAnalysis({ rulesets: rulesetsOfFiles(files), files });
}

class LazyAnalysis implements Analysis {
  readonly rulesets: Rulesets;
  readonly files: SnapshotFiles;
  readonly #engines = new Map<Family, Engine | null>();
  #node: Node | null = null;
  #catalog: Catalog | null = null;
  #tree: Tree | null = null;
  #objects: ObjectsRead | null = null;
  #dump: DumpDescription | null = null;

  constructor(rulesets: Rulesets, files: SnapshotFiles) {
    this.rulesets = rulesets;
    this.files = files;
  }

  get node(): Node {
    return (this.#node ??= readNode(this.files));
  }

  engine(family: Family): Engine | null {
    const known = this.#engines.get(family);
    if (known !== undefined) return known;
    const ruleset = this.rulesets[family];
    const engine =
      ruleset === null ? null : createEngine(ruleset, family, this.node, { hints: addressHintsOf(this) });
    this.#engines.set(family, engine);
    return engine;
  }

  get catalog(): Catalog {
    return (this.#catalog ??= buildCatalog(this.rulesets, this.objects));
  }

  get tree(): Tree {
    return (this.#tree ??= createTree(this));
  }

  get objects(): KubernetesObjects | null {
    return this.files.has('objects.json') ? this.#readObjects().objects : null;
  }

  get objectProblems(): readonly string[] {
    return this.#readObjects().problems;
  }

  get dump(): DumpDescription {
    return (this.#dump ??= describeDump(this.rulesets, this.files));
  }

  #readObjects(): ObjectsRead {
    return (this.#objects ??= readObjects(this.files.get('objects.json') ?? ''));
  }
}
