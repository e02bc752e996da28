/** What an extension of iptables is, as data: for the parser (which option takes how many words), diagnostics, hovers and completion. */
import type { Family } from '../values/address.ts';

/** What the words after an option mean; `src/iptables/values/` has a reader for each that can be checked. */
export type ValueKind =
  | 'string'
  | 'chain'
  | 'number'
  | 'numberRange'
  | 'protocol'
  | 'interface'
  | 'address'
  | 'addressRange'
  | 'port'
  | 'portRange'
  | 'portList'
  | 'mark'
  | 'markSet'
  | 'probability'
  | 'states'
  | 'conntrackStates'
  | 'conntrackStatuses'
  | 'tcpFlags'
  | 'tcpOption'
  | 'icmpType'
  | 'icmpv6Type'
  | 'rate'
  | 'setMatch'
  | 'dscp'
  | 'dscpClass'
  | 'tos'
  | 'tosSet'
  | 'ttl'
  | 'lengthRange'
  | 'natDestination'
  | 'natSource'
  | 'natPorts'
  | 'netmap'
  | 'owner'
  | 'addressTypes'
  | 'packetType'
  | 'mac'
  | 'rejectWith'
  | 'keyword';

export interface OptionDefinition {
  /** As iptables-save prints it: `--dport`, `-s`. */
  readonly name: string;
  /** Every other spelling: `--destination-port`. */
  readonly aliases: readonly string[];
  /** How many words follow. */
  readonly values: number;
  readonly negatable: boolean;
  readonly kind: ValueKind | null;
  /** The only words that are valid, where `kind` is `keyword`. */
  readonly keywords: readonly string[];
  readonly doc: string;
  /** iptables-save up to 1.8.9 prints two blanks before the value. */
  readonly wideGap: boolean;
}

interface Extension {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly families: readonly Family[];
  readonly options: readonly OptionDefinition[];
  readonly doc: string;
}

export interface MatchDefinition extends Extension {
  /** The protocols of which one must be given with `-p`; null where any will do. */
  readonly protocols: readonly string[] | null;
}

export interface TargetDefinition extends Extension {
  /** The tables in which the kernel allows it; null for all. */
  readonly tables: readonly string[] | null;
  /** The hooks (built-in chains) from which it may be reached; null for all. */
  readonly hooks: readonly string[] | null;
  /** Whether the packet leaves the chain here, whatever happens; `sometimes` where it depends on the packet. */
  readonly terminal: boolean | 'sometimes';
}

interface OptionExtras {
  readonly aliases?: readonly string[];
  readonly values?: number;
  readonly keywords?: readonly string[];
  readonly wideGap?: boolean;
}

/** An option that takes values of `kind`; a name that starts with `!` can be negated: `! --dport`. */
export function option(
  name: string,
  kind: ValueKind | null,
  doc: string,
  extras: OptionExtras = {},
): OptionDefinition {
  const negatable = name.startsWith('! ');
  return {
    name: negatable ? name.slice(2) : name,
    aliases: extras.aliases ?? [],
    values: extras.values ?? (kind === null ? 0 : 1),
    negatable,
    kind,
    keywords: extras.keywords ?? [],
    doc,
    wideGap: extras.wideGap ?? false,
  };
}

const BOTH: readonly Family[] = [4, 6];

/** A match of both families that needs no protocol, unless `extras` say otherwise. */
export function match(
  name: string,
  doc: string,
  options: readonly OptionDefinition[],
  extras: Partial<Pick<MatchDefinition, 'aliases' | 'families' | 'protocols'>> = {},
): MatchDefinition {
  return { name, aliases: [], families: BOTH, protocols: null, options, doc, ...extras };
}

/** A target of both families that is allowed everywhere and ends the walk, unless `extras` say otherwise. */
export function target(
  name: string,
  doc: string,
  options: readonly OptionDefinition[],
  extras: Partial<Pick<TargetDefinition, 'aliases' | 'families' | 'tables' | 'hooks' | 'terminal'>> = {},
): TargetDefinition {
  return {
    name,
    aliases: [],
    families: BOTH,
    tables: null,
    hooks: null,
    terminal: true,
    options,
    doc,
    ...extras,
  };
}
