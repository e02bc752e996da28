/**
 * The rules of a chain that may take all packets of later ones, found by what both ask for: a look-up for each shape of
 * question (tuple space search: Srinivasan, Suri, Varghese 1999) in place of a comparison of every pair.
 */
import { type Family, type Network, prefixMask } from '../../values/address.ts';
import { readInterface, readProtocol } from '../../values/names.ts';
import { askedOf, networks, portsOf } from './asked.ts';
import { covers, type Taker, takerOf } from './covers.ts';
import { conditionMeanings } from './meaning.ts';
import type { Rule } from './nodes.ts';

/** Rules ask in few shapes: a taker of one more is left out, as is one more that asks for the same values. Both prove nothing then. */
const MOST_SHAPES = 32;
const MOST_ALIKE = 16;

export class Takers {
  readonly #shapes = new Map<string, Shape>();

  /**
   * The first rule before this one that takes every packet which it could match; null where none is found. Rules are given in
   * the order of their chain. `takes`: whether no packet that it matches gets past it, so that it is a taker of those behind.
   */
  next(rule: Rule, takes: boolean): Rule | null {
    if (this.#shapes.size === 0 && !takes) return null;
    const asked = firstOf(rule);
    const taker = this.#of(rule, asked);
    if (taker === null && takes) this.#add(rule, asked.map(precise));
    return taker;
  }

  #add(rule: Rule, asked: Asked): void {
    const taker = takerOf(rule);
    if (taker === null) return;
    const name = asked.map((value) => value?.kind ?? '').join(' ');
    const shape = this.#shapes.get(name);
    const key = asked.map((value) => value?.words ?? '').join(' ');
    const alike = shape?.takers.get(key);
    if (alike !== undefined) {
      if (alike.length < MOST_ALIKE) alike.push(taker);
    } else if (shape !== undefined) {
      shape.takers.set(key, [taker]);
    } else if (this.#shapes.size < MOST_SHAPES) {
      const kinds = asked.map((value) => value?.kind ?? null);
      this.#shapes.set(name, { kinds, takers: new Map([[key, [taker]]]) });
    }
  }

  #of(later: Rule, asked: Asked): Rule | null {
    let conditions: ReadonlySet<string> | null = null;
    let first: Rule | null = null;
    for (const { kinds, takers } of this.#shapes.values()) {
      const key = keyIn(kinds, asked);
      const alike = key === null ? undefined : takers.get(key);
      if (alike === undefined) continue;
      conditions ??= new Set(conditionMeanings(later));
      for (const taker of alike) {
        if (first !== null && first.index < taker.rule.index) break;
        if (covers(taker, later, conditions)) first = taker.rule;
      }
    }
    return first;
  }
}

/** Which values takers of one shape ask for, and those takers by the values. */
interface Shape {
  readonly kinds: readonly (string | null)[];
  readonly takers: Map<string, Taker[]>;
}

/** Of each question (protocol, networks, interfaces, ports) the first value that a rule asks for; null for any. */
type Asked = readonly (Value | null)[];

/** `kind`: what has to be known of a value to compare it, of a network its family and length. */
interface Value {
  readonly words: string;
  readonly kind: string;
  readonly network?: Network;
  /** Stands for other values, too, which a taker that asks for it would take as well. */
  readonly wide?: boolean;
}

function firstOf(rule: Rule): Asked {
  return [
    protocolOf(rule),
    networkOf(rule, '-d'),
    networkOf(rule, '-s'),
    interfaceOf(rule, '-i'),
    interfaceOf(rule, '-o'),
    portOf(rule, '--dport', '--dports'),
    portOf(rule, '--sport', '--sports'),
  ];
}

function precise(value: Value | null): Value | null {
  return value?.wide === true ? null : value;
}

function protocolOf(rule: Rule): Value | null {
  const protocol = askedOf(rule, '-p', readProtocol);
  return protocol === null || protocol === 0 ? null : { words: String(protocol), kind: 'p' };
}

function interfaceOf(rule: Rule, option: string): Value | null {
  const asked = askedOf(rule, option, readInterface);
  return asked === null ? null : { words: asked.name, kind: 'name', wide: asked.prefix };
}

function portOf(rule: Rule, one: string, many: string): Value | null {
  const ranges = portsOf(rule, one, many);
  const [range] = ranges ?? [];
  if (range === undefined) return null;
  return { words: String(range.from), kind: 'port', wide: ranges?.length !== 1 || range.from !== range.to };
}

function networkOf(rule: Rule, option: string): Value | null {
  const asked = askedOf(rule, option, networks);
  const [network] = asked ?? [];
  if (network === undefined) return null;
  const length = lengthOf(network);
  return {
    words: String(network.value),
    kind: `${network.family}/${length}`,
    network,
    wide: asked?.length !== 1 || length === undefined,
  };
}

/** What `asked` is called among takers of that shape; null where none of them can take what is asked for. */
function keyIn(kinds: Shape['kinds'], asked: Asked): string | null {
  const words: string[] = [];
  for (const [index, kind] of kinds.entries()) {
    const value = kind === null ? null : (asked[index] ?? null);
    const word = kind === null ? '' : value === null ? null : wordsIn(kind, value);
    if (word === null) return null;
    words.push(word);
  }
  return words.join(' ');
}

function wordsIn(kind: string, value: Value): string | null {
  const { network } = value;
  if (network === undefined) return value.words;
  const mask = masks.get(kind);
  const isNarrower =
    mask !== undefined && kind.startsWith(`${network.family}/`) && (mask & ~network.mask) === 0n;
  return isNarrower ? String(network.value & mask) : null;
}

function lengthOf({ family, mask }: Network): number | undefined {
  return lengths[family].get(mask);
}

function masksOf(family: Family): readonly bigint[] {
  return Array.from({ length: family === 4 ? 33 : 129 }, (_, length) => prefixMask(family, length));
}

const lengths = {
  4: new Map(masksOf(4).map((mask, length) => [mask, length])),
  6: new Map(masksOf(6).map((mask, length) => [mask, length])),
};

const masks: ReadonlyMap<string, bigint> = new Map(
  ([4, 6] as const).flatMap((family) =>
    masksOf(family).map((mask, length) => [`${family}/${length}`, mask] as const),
  ),
);
