/** What a text declares, by table; where packets come to each chain. */
import type { Element } from '../expressions.ts';
import type { Flowtable, NamedObject, Ruleset, SetDefinition } from '../nodes.ts';
import type { Rule } from '../statements.ts';
import { type Part, partsOf } from './parts.ts';

/** A base chain’s place: `nat prerouting`. */
export interface Hooked {
  readonly type: string;
  readonly hook: string;
}

/** A chain as its name stands for it; or a map, which leads to chains. */
interface ChainNode {
  /** Null for a chain that no hook calls. */
  hooked: Hooked | null;
  isMade: boolean;
  readonly to: ChainNode[];
  /** The kinds of base chains from which packets come to it. */
  readonly hooks: Hooked[];
}

/** What one table declares. */
export class Scope {
  readonly sets = new Map<string, SetDefinition>();
  readonly objects = new Map<string, NamedObject>();
  readonly flowtables = new Map<string, Flowtable>();
  readonly #chains = new Map<string, ChainNode>();
  /** Named maps: many rules may look into one. */
  readonly #maps = new Map<string, ChainNode>();
  #isSpread = false;
  /** Whether the text makes it. */
  isMade = false;

  addChain(name: string, hooked: Hooked | null): void {
    const node = this.#nodeOf(this.#chains, name);
    node.isMade = true;
    node.hooked = hooked ?? node.hooked;
  }

  hasChain(name: string): boolean {
    return this.#chains.get(name)?.isMade === true;
  }

  /** Where a hook calls the chain; null where none does. */
  hookedOf(name: string): Hooked | null {
    return this.#chains.get(name)?.hooked ?? null;
  }

  /** Whether a packet in `chain` may come to `other`, by whichever rules; a chain leads to itself. */
  leadsTo(chain: string, other: string): boolean {
    const target = this.#chains.get(other);
    const open = [this.#chains.get(chain)];
    const seen = new Set(open);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node === target) return true;
      for (const each of node.to) {
        if (!seen.has(each)) open.push(each);
        seen.add(each);
      }
    }
    return chain === other;
  }

  addJumps(chain: string, rules: readonly Rule[]): void {
    this.#jumpsOf(rules, this.#nodeOf(this.#chains, chain).to);
  }

  /** The kinds of base chains from which packets come to a chain; its own, where it is one. All jumps are known by then. */
  hooksOf(chain: string): readonly Hooked[] {
    if (!this.#isSpread) this.#spread();
    this.#isSpread = true;
    return this.#chains.get(chain)?.hooks ?? [];
  }

  #nodeOf(nodes: Map<string, ChainNode>, name: string): ChainNode {
    let node = nodes.get(name);
    if (node === undefined) nodes.set(name, (node = { hooked: null, isMade: false, to: [], hooks: [] }));
    return node;
  }

  /** The chains that rules lead to, by their verdicts, their maps and the maps that they name. */
  #jumpsOf(rules: readonly Rule[], to: ChainNode[]): void {
    for (const { statements } of rules) {
      for (const statement of statements) {
        if (statement.kind === 'verdict') {
          if (statement.target !== null) to.push(this.#nodeOf(this.#chains, statement.target.text));
          if (statement.rules !== null) this.#jumpsOf(statement.rules, to);
        } else if (statement.kind === 'vmap') {
          if (statement.data.kind === 'set') this.#targetsOf(statement.data.elements, to);
          else to.push(this.#mapNamed(statement.data.name));
        }
      }
    }
  }

  #mapNamed(name: string): ChainNode {
    const node = this.#nodeOf(this.#maps, name);
    const set = this.sets.get(name);
    if (node.to.length === 0 && set !== undefined) this.#targetsOf(set.elements, node.to);
    return node;
  }

  #targetsOf(elements: readonly Element[], to: ChainNode[]): void {
    for (const { data } of elements)
      if (data?.kind === 'verdict' && data.target !== null)
        to.push(this.#nodeOf(this.#chains, data.target.text));
  }

  /** One walk for each kind of base chain, whichever chains are of it. */
  #spread(): void {
    const walks = new Map<string, Set<ChainNode>>();
    for (const base of this.#chains.values()) {
      const { hooked } = base;
      if (hooked === null) continue;
      const kind = `${hooked.type} ${hooked.hook}`;
      let reached = walks.get(kind);
      if (reached === undefined) walks.set(kind, (reached = new Set()));
      const open = [base];
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        if (reached.has(node)) continue;
        reached.add(node);
        node.hooks.push(hooked);
        for (const each of node.to) open.push(each);
      }
    }
  }
}

export class World {
  readonly #scopes = new Map<string, Scope>();
  /** Whether the text begins anew, so that all that there is stands in it. */
  readonly isAll: boolean;

  constructor(ruleset: Ruleset) {
    this.isAll = ruleset.commands.some(({ name, object }) => name === 'flush' && object === 'ruleset');
    const parts = partsOf(ruleset);
    for (const part of parts) this.#declare(part);
    for (const { table, bodies } of parts) {
      for (const { rules, chain } of bodies) this.scope(table).addJumps(chain, rules);
    }
  }

  scope(table: string): Scope {
    const known = this.#scopes.get(table);
    if (known !== undefined) return known;
    const made = new Scope();
    this.#scopes.set(table, made);
    return made;
  }

  /** Whether what a table does not declare in this text is nowhere. */
  knows(table: string): boolean {
    return this.isAll || this.scope(table).isMade;
  }

  #declare(part: Part): void {
    const scope = this.scope(part.table);
    scope.isMade ||= part.makesTable;
    for (const { name, base } of part.chains) {
      scope.addChain(name.text, base === null ? null : { type: base.type.text, hook: base.hook.text });
    }
    for (const { text } of part.bareChains) scope.addChain(text, null);
    for (const set of part.sets) scope.sets.set(set.name.text, set);
    for (const object of part.objects) scope.objects.set(`${object.type} ${object.name.text}`, object);
    for (const each of part.flowtables) scope.flowtables.set(each.name.text, each);
  }
}
