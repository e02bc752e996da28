/** What is worked out from a node's own files, whatever the cluster's objects are: kept while only those change. */
import { createEngine, type Engine } from '../kernel/engine.ts';
import type { Family } from '../kernel/flow.ts';
import type { Node } from '../kernel/node/node.ts';
import { readNode } from '../kernel/node/readNode.ts';
import type { SnapshotFiles } from '../kernel/snapshot.ts';
import { iptablesMachine } from '../machines/iptables/machine.ts';
import type { Audit } from './findings/cluster/audit.ts';
import type { Catalog } from './services/catalog.ts';
import { type ClusterObjects, objectsOfFile } from './clusterObjects.ts';
import { describeDump, type DumpDescription } from './describeDump.ts';
import { modeOfNode, type NodeMode } from './mode/mode.ts';
import { type OtherRules, readOtherRules } from './mode/otherRules.ts';
import { type NodeModes, readModes } from './modes/nodeModes.ts';
import type { Rulesets } from './rulesets.ts';
import { namesOfTables } from './services/namesOfTables.ts';
import type { Source, Sources } from './sources.ts';

export class NodeRules {
  readonly sources: Sources;
  readonly files: SnapshotFiles;
  /** Those that were made last, from which the next ones take over what did not change. */
  catalog: Catalog | null = null;
  audit: Audit | null = null;
  readonly #engines = new Map<Family, Engine | null>();
  #node: Node | null = null;
  #otherRules: OtherRules | null = null;
  #modes: NodeModes | null = null;
  #mode: NodeMode | null = null;
  #dump: DumpDescription | null = null;
  #objects: ClusterObjects | null = null;

  constructor(sources: Sources, files: SnapshotFiles) {
    this.sources = sources;
    this.files = files;
  }

  get rulesets(): Rulesets {
    return this.sources.rulesets;
  }

  get node(): Node {
    return (this.#node ??= readNode(this.files));
  }

  get otherRules(): OtherRules {
    return (this.#otherRules ??= readOtherRules(this.files, this.sources));
  }

  get modes(): NodeModes {
    return (this.#modes ??= readModes(this.sources));
  }

  get mode(): NodeMode {
    return (this.#mode ??= modeOfNode(this));
  }

  get dump(): DumpDescription {
    return (this.#dump ??= describeDump(this.rulesets, this.mode));
  }

  /** Of `objects.json`, with what the rules tell of them; null where there is none. */
  get objects(): ClusterObjects | null {
    const text = this.files.get('objects.json');
    return text === undefined ? null : (this.#objects ??= this.#readObjects(text));
  }

  /** The one engine of a family, without hints. Null where there are no rules of that family. */
  engine(family: Family): Engine | null {
    const known = this.#engines.get(family);
    if (known !== undefined) return known;
    const source = this.sources.followed(family);
    const engine = source === null ? null : this.#engineOf(source, family);
    this.#engines.set(family, engine);
    return engine;
  }

  #readObjects(text: string): ClusterObjects {
    const read = objectsOfFile(text);
    const { objects, problems } = namesOfTables(read.objects, this.modes.all);
    return { ...read, objects, problems: [...read.problems, ...problems] };
  }

  #engineOf({ id, ruleset }: Source, family: Family): Engine {
    return createEngine([iptablesMachine(ruleset, family, this.node, { source: id })], family, this.node);
  }
}
