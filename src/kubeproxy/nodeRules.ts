/** What is worked out from a node's own files, whatever the cluster's objects are: kept while only those change. */
import { createEngine, type Engine } from '../kernel/engine.ts';
import type { Family } from '../kernel/flow.ts';
import type { Node } from '../kernel/node/node.ts';
import { readNode } from '../kernel/node/readNode.ts';
import type { SnapshotFiles } from '../kernel/snapshot.ts';
import type { RuleMachine } from '../kernel/hookCall.ts';
import { nftablesMachine } from '../machines/nftables/machine.ts';
import { iptablesMachine } from '../machines/iptables/machine.ts';
import { ipvsMachine } from '../machines/ipvs/machine.ts';
import type { Audit } from './findings/cluster/audit.ts';
import type { Catalog } from './services/catalog.ts';
import { type ClusterObjects, objectsOfFile } from './clusterObjects.ts';
import { describeDump, type DumpDescription } from './describeDump.ts';
import { modeOfNode, type NodeMode } from './mode/mode.ts';
import { type OtherRules, readOtherRules } from './mode/otherRules.ts';
import { type NodeModes, readModes } from './modes/nodeModes.ts';
import type { Rulesets } from './rulesets.ts';
import { namesOfTables } from './services/namesOfTables.ts';
import { type IpvsSource, ipvsOfFiles, isIpvsAlone } from './ipvsSource.ts';
import type { Sources } from './sources.ts';

export class NodeRules {
  readonly sources: Sources;
  readonly files: SnapshotFiles;
  /** Those that were made last, from which the next ones take over what did not change. */
  catalog: Catalog | null = null;
  audit: Audit | null = null;
  readonly #engines = new Map<Family, Engine | null>();
  #ipvs: IpvsSource | null | undefined;
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

  /** The virtual servers of IPVS; null where none are known. */
  get ipvs(): IpvsSource | null {
    if (this.#ipvs === undefined) this.#ipvs = ipvsOfFiles(this.files);
    return this.#ipvs;
  }

  get modes(): NodeModes {
    return (this.#modes ??= readModes(this));
  }

  get mode(): NodeMode {
    return (this.#mode ??= modeOfNode(this));
  }

  get dump(): DumpDescription {
    return (this.#dump ??= describeDump(this.sources, this.mode));
  }

  /** Of `objects.json`, with what the rules tell of them; null where there is none. */
  get objects(): ClusterObjects | null {
    const text = this.files.get('objects.json');
    return text === undefined ? null : (this.#objects ??= this.#readObjects(text));
  }

  /** The one engine of a family, without hints. Null where there are no rules of that family, nor a listing of IPVS alone. */
  engine(family: Family): Engine | null {
    const known = this.#engines.get(family);
    if (known !== undefined) return known;
    const machines = this.#machinesOf(family);
    const engine =
      machines.length === 0 && !isIpvsAlone(this, family)
        ? null
        : createEngine([...machines, ...this.#balancers(family)], family, this.node);
    this.#engines.set(family, engine);
    return engine;
  }

  #readObjects(text: string): ClusterObjects {
    const read = objectsOfFile(text);
    const { objects, problems } = namesOfTables(read.objects, this.modes.all);
    return { ...read, objects, problems: [...read.problems, ...problems] };
  }

  /**
   * A listing of nftables is one of both families: what it does not have the node has not. Tables that iptables-nft made stand in it
   * among the others, which tells when they were made; those of the legacy backend do not.
   */
  #machinesOf(family: Family): readonly RuleMachine[] {
    const { nft } = this.sources;
    const source = this.sources.followed(family);
    const own =
      source === null ? [] : [iptablesMachine(source.ruleset, family, this.node, { source: source.id })];
    if (nft === null) return own;
    const isLegacy = source?.backend === 'legacy';
    const settings = { source: nft.id, beside: isLegacy ? [] : own };
    const native = nftablesMachine(nft.applied, family, this.node, settings);
    return isLegacy ? [...own, native] : [native];
  }

  /** kube-proxy adds servers in any order; others load them as they are listed. */
  #balancers(family: Family): readonly RuleMachine[] {
    const { ipvs } = this;
    if (ipvs === null) return [];
    return [ipvsMachine(ipvs.rules, family, this.node, { orderKnown: this.mode[family].mode !== 'ipvs' })];
  }
}
