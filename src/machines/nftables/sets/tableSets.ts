/** The sets and maps that a table names. */
import { typeOf } from '../../../rules/nftables/catalogue/typeOf.ts';
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import type { SetDefinition, TableItem } from '../../../rules/nftables/nodes.ts';
import { partsOf } from '../values/parts.ts';
import { Elements } from './elements.ts';

/** A set or map with what its keys and data are. */
export interface SetOf {
  /** Tells it from others: `ip kube-proxy @service-ips`. */
  readonly name: string;
  readonly types: readonly (string | null)[];
  readonly dataTypes: readonly (string | null)[];
  /** Rules add to it, or its elements go by themselves. */
  readonly dynamic: boolean;
  readonly definition: SetDefinition | null;
  readonly elements: Elements;
}

export class TableSets {
  readonly #table: string;
  readonly #definitions = new Map<string, SetDefinition>();
  readonly #sets = new Map<string, SetOf>();

  constructor(table: string, items: readonly TableItem[]) {
    this.#table = table;
    for (const item of items)
      if (item.kind === 'set' || item.kind === 'map') this.#definitions.set(item.name.text, item);
  }

  /** Null for one that the table does not have. Reads its elements when it is first asked for. */
  get(name: string): SetOf | null {
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const definition = this.#definitions.get(name);
    if (definition === undefined) return null;
    const set = new NamedSet(`${this.#table} @${name}`, definition);
    this.#sets.set(name, set);
    return set;
  }
}

class NamedSet implements SetOf {
  readonly name: string;
  readonly definition: SetDefinition;
  readonly types: readonly (string | null)[];
  readonly dataTypes: readonly (string | null)[];
  readonly dynamic: boolean;
  #elements: Elements | null = null;

  constructor(name: string, definition: SetDefinition) {
    this.name = name;
    this.definition = definition;
    this.types = typesOf(definition.type?.of ?? null);
    this.dataTypes = typesOf(definition.data);
    this.dynamic = definition.flags.includes('dynamic') || definition.flags.includes('timeout');
  }

  get elements(): Elements {
    return (this.#elements ??= new Elements(this.definition.elements, this.types));
  }
}

/** Of `type ipv4_addr . inet_service`, and of `typeof ip saddr . tcp dport`. */
function typesOf(expression: Expression | null): readonly (string | null)[] {
  if (expression === null) return [];
  return partsOf(expression).map((part) => (part.kind === 'value' ? part.text : typeOf(part)));
}

/** `{ 80, 443 }` for keys of these types. */
export function anonymousSet(
  name: string,
  elements: readonly Element[],
  types: readonly (string | null)[],
  dataTypes: readonly (string | null)[],
): SetOf {
  return {
    name,
    types,
    dataTypes,
    dynamic: false,
    definition: null,
    elements: new Elements(elements, types),
  };
}
