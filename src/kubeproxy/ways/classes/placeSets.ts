/** The sets and maps of kube-proxy's table whose elements are Services' own: keys are places, or connections of an endpoint to itself. */
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { Statement } from '../../../rules/nftables/statements.ts';
import { targetOf } from '../../../rules/nftables/ways.ts';
import { normalAddress } from '../../../values/address.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';

type Part = 'source' | 'address' | 'protocol' | 'port';

/** An address and port, and the protocol. */
export interface AskedPlace {
  readonly address: string | null;
  readonly protocol: string;
  readonly port: number;
}

export class PlaceSets {
  /** Null where some rule leads to a Service's chain by itself, so that others may get there. */
  static of(table: ProxyTable): PlaceSets | null {
    const lookUps = new Map<string, readonly Part[] | null>();
    for (const chain of table.chains.values()) {
      if (table.portChains.has(chain)) continue;
      for (const [index, rule] of chain.rules.entries()) {
        const target = targetOf(table.ruleset, chain, rule, index);
        if (target !== null && table.portChains.has(target)) return null;
        for (const statement of rule.statements) {
          const look = lookUpIn(statement);
          if (look === null) continue;
          const parts = partsOf(look.key);
          const known = lookUps.get(look.name);
          const isSame = known === undefined || known?.join() === parts?.join();
          lookUps.set(look.name, isSame ? parts : null);
        }
      }
    }
    return new PlaceSets(table, lookUps);
  }

  readonly names: ReadonlySet<string>;
  readonly #sets: readonly {
    readonly name: string;
    readonly parts: readonly Part[];
    readonly elements: ReadonlyMap<string, Element>;
  }[];

  private constructor(table: ProxyTable, lookUps: ReadonlyMap<string, readonly Part[] | null>) {
    this.#sets = [...lookUps].flatMap(([name, parts]) => {
      const set = parts === null ? null : setNamed(table.ruleset, table.name, name);
      const elements = set === null || parts === null ? null : elementsOf(set.elements, parts);
      return parts === null || elements === null ? [] : [{ name, parts, elements }];
    });
    this.names = new Set(this.#sets.map(({ name }) => name));
  }

  /** What these sets have for packets to a place, by the name of the set. */
  *at(place: AskedPlace): Generator<readonly [set: string, element: Element], void> {
    for (const { name, parts, elements } of this.#sets) {
      if (place.address === null && parts.includes('address')) continue;
      const found = elements.get(parts.map((part) => wordOf(part, place)).join(' '));
      if (found !== undefined) yield [name, found];
    }
  }
}

function wordOf(part: Part, { address, protocol, port }: AskedPlace): string {
  if (part === 'protocol') return protocol;
  return part === 'port' ? String(port) : normalAddress(address ?? '');
}

function lookUpIn(statement: Statement): { readonly key: Expression; readonly name: string } | null {
  if (statement.kind === 'match')
    return statement.right.kind === 'reference' && ['==', '!='].includes(statement.operator)
      ? { key: statement.left, name: statement.right.name }
      : null;
  const look =
    statement.kind === 'vmap'
      ? statement
      : statement.kind === 'dnat' && statement.address?.kind === 'map'
        ? statement.address
        : null;
  return look?.data.kind === 'reference' ? { key: look.key, name: look.data.name } : null;
}

/** Null for a key of anything else. */
function partsOf(key: Expression): readonly Part[] | null {
  const parts = (key.kind === 'concat' ? key.parts : [key]).map(partOf);
  const known = parts.filter((each) => each !== null);
  return known.length === parts.length ? known : null;
}

function partOf(key: Expression): Part | null {
  if (key.kind === 'meta') return key.key === 'l4proto' ? 'protocol' : null;
  if (key.kind !== 'payload' || key.tunnel !== null) return null;
  if (key.field === 'saddr') return 'source';
  return key.field === 'daddr' ? 'address' : key.field === 'dport' ? 'port' : null;
}

/** Null where an element is no single place, or of two addresses that differ. */
function elementsOf(
  elements: readonly Element[],
  parts: readonly Part[],
): ReadonlyMap<string, Element> | null {
  if (parts.length === 1 && parts[0] === 'source') return null;
  const found = new Map<string, Element>();
  for (const element of elements) {
    const own = element.key.kind === 'concat' ? element.key.parts : [element.key];
    if (own.length !== parts.length || own.some(({ kind }) => kind !== 'value')) return null;
    const words = own.map((each) => normalAddress(printExpression(each)));
    const [source, address] = [words[parts.indexOf('source')], words[parts.indexOf('address')]];
    if (source !== undefined && source !== address) return null;
    found.set(words.join(' '), element);
  }
  return found;
}

/** Chains of the table that are a Service port's own. */
export function isOwnChain(table: ProxyTable, chain: PlacedChain): boolean {
  return chain.table === table.name && table.portChains.has(chain);
}
