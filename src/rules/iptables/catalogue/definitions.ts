/** What an extension of iptables is, as data: for the parser (which option takes how many words), diagnostics, hovers and completion. */
import type { Family } from '../../../values/address.ts';
import type { NumberRange } from '../../../values/numbers.ts';

/** What the words after an option mean; `src/values/` has a reader for each that can be checked. */
export type ValueKind =
  /** Free text: iptables-save quotes it where it is more than one plain name. */
  | 'text'
  /** A value of a form of its own that nothing here reads. */
  | 'word'
  | 'chain'
  /** Whole numbers of so many bits (`positive`: not 0), and ranges of them, `a:b`. */
  | 'number8'
  | 'number16'
  | 'limitBurst'
  | 'positive8'
  | 'positive32'
  | 'number32'
  | 'number64'
  /** A number of which only the beginning is looked at: `-c 12x 0`. */
  | 'counter'
  /** A name that becomes a file under /proc. */
  | 'procName'
  | 'range8'
  | 'range16'
  /** As `range16`, with both ends. */
  | 'span16'
  | 'range32'
  | 'protocol'
  | 'interface'
  /** Addresses with masks, several with commas: `-s` and `-d`. */
  | 'addressList'
  | 'network'
  | 'address'
  | 'addressRange'
  | 'port'
  | 'portRange'
  /** As `portRange`, where the end may not come before the beginning. */
  | 'orderedPortRange'
  | 'portList'
  | 'mark'
  | 'markSet'
  | 'segmentSize'
  | 'probability'
  | 'conntrackStates'
  /** As `conntrackStates`, without SNAT and DNAT. */
  | 'trackedStates'
  | 'conntrackStatuses'
  | 'tcpFlags'
  | 'icmpType'
  | 'icmpv6Type'
  | 'rate'
  | 'setMatch'
  | 'dscp'
  | 'dscpClass'
  | 'tos'
  | 'tosSet'
  | 'natDestination'
  | 'natSource'
  | 'natPorts'
  | 'netmap'
  | 'owner'
  | 'addressTypes'
  | 'packetType'
  | 'mac'
  | 'rejectWith'
  | 'timeOfDay'
  | 'date'
  | 'monthDays'
  | 'weekDays'
  | 'u32'
  | 'bytecode'
  | 'tcpOptions'
  | 'ipv6Headers'
  | 'ipv6Options'
  | 'mobilityTypes'
  | 'chunkTypes'
  | 'class'
  | 'zone'
  /** A number with a mask, or a name of /etc/iproute2. */
  | 'group'
  | 'byteRange'
  | 'estimatorTime'
  | 'hexString'
  /** A number up to 127, or a name of connlabel.conf. */
  | 'label'
  /** Packets or bytes in a time: `5/sec`, `512kb/s`. */
  | 'hashRate'
  | 'hashBurst'
  /** Seconds, at least 1, of which only the beginning is looked at. */
  | 'interval'
  /** A prefix length, or a mask as an address: any, or one of a prefix length. */
  | 'groupMask'
  | 'prefixMask'
  /** One of `OptionDefinition.keywords`; `keywords` is a list of them with commas. */
  | 'keyword'
  | 'keywords';

export interface OptionDefinition {
  /** As iptables-save prints it: `--dport`, `-s`. */
  readonly name: string;
  /** Every other spelling: `--destination-port`. */
  readonly aliases: readonly string[];
  /** How many words follow. */
  readonly values: number;
  readonly negatable: boolean;
  readonly kind: ValueKind | null;
  /** The only words that are valid, where `kind` is `keyword` or `keywords`. */
  readonly keywords: readonly string[];
  /** Those of `keywords` that exist in a family; null where all exist in both. */
  readonly familyKeywords: Readonly<Record<Family, readonly string[]>> | null;
  /** The numbers that it takes, where these are fewer than `kind` holds; null for all. */
  readonly range: NumberRange | null;
  /** Whether keywords may be in capital letters or small ones. */
  readonly anyCase: boolean;
  /** Whether `|` separates keywords too, and what is empty between two does not count. */
  readonly looseList: boolean;
  /** What it does, in one line. */
  readonly doc: string;
  /** Whether the last value may be left out. */
  readonly optional: boolean;
  /** iptables-save up to 1.8.9 prints two blanks before the value. */
  readonly wideGap: boolean;
  /** An option of the same extension that must stand beside it; by its value, where that decides. Null for none. */
  readonly needs: string | Readonly<Record<string, string>> | null;
  /** The protocols of which one must be given with `-p`, where the extension itself takes more; null for all of them. */
  readonly protocols: readonly string[] | null;
  /** The families of rules in which it exists, where its extension exists in both; null for those. */
  readonly families: readonly Family[] | null;
  /** The hooks that it allows, by its value where that decides; null for those of the extension. */
  readonly hooks: readonly string[] | Readonly<Record<string, readonly string[]>> | null;
}

interface Extension {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly families: readonly Family[];
  readonly options: readonly OptionDefinition[];
  /** The protocols of which one must be given with `-p`; null where any will do. */
  readonly protocols: readonly string[] | null;
  /** The one family of rules that must name a protocol; null for both. */
  readonly protocolsIn: Family | null;
  /** Whether iptables looks for the protocol when it reads an option, so that `-p` must stand before. */
  readonly protocolFirst: boolean;
  /** The tables in which the kernel allows it; null for all. */
  readonly tables: readonly string[] | null;
  /** The hooks (built-in chains) from which it may be reached; null for all. */
  readonly hooks: readonly string[] | null;
  /** What must be given with it: of each row any one of its options. */
  readonly needs: readonly (readonly string[])[];
  /** What cannot be given together: of each row one option at most. */
  readonly excludes: readonly (readonly string[])[];
  /** Whether an option may be given several times, as each element of an IPsec policy has its own. */
  readonly repeats: boolean;
  /** What it is for, in one line. */
  readonly doc: string;
}

export type MatchDefinition = Extension;

export interface TargetDefinition extends Extension {
  /**
   * Whether the walk through this chain ends at a rule with this target; `sometimes` where it depends on the packet.
   * From the value that the kernel's function returns: XT_CONTINUE is false.
   */
  readonly terminal: boolean | 'sometimes';
}

type OptionExtras = Partial<Omit<OptionDefinition, 'name' | 'negatable' | 'kind' | 'doc'>>;

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
    familyKeywords: extras.familyKeywords ?? null,
    range: extras.range ?? null,
    doc,
    anyCase: extras.anyCase ?? false,
    looseList: extras.looseList ?? false,
    optional: extras.optional ?? false,
    wideGap: extras.wideGap ?? false,
    needs: extras.needs ?? null,
    protocols: extras.protocols ?? null,
    families: extras.families ?? null,
    hooks: extras.hooks ?? null,
  };
}

const BOTH: readonly Family[] = [4, 6];

const ANYWHERE = {
  aliases: [],
  families: BOTH,
  protocols: null,
  protocolsIn: null,
  protocolFirst: false,
  tables: null,
  hooks: null,
  needs: [],
  excludes: [],
  repeats: false,
} as const;

type Constraints = Partial<Omit<Extension, 'name' | 'options' | 'doc'>>;

/** A match of both families that may stand in any rule, unless `constraints` say otherwise. */
export function match(
  name: string,
  doc: string,
  options: readonly OptionDefinition[],
  constraints: Constraints = {},
): MatchDefinition {
  return { ...ANYWHERE, name, doc, options, ...constraints };
}

/** A target that ends the walk, of both families and in any rule, unless `constraints` say otherwise. */
export function target(
  name: string,
  doc: string,
  options: readonly OptionDefinition[],
  constraints: Constraints & Partial<Pick<TargetDefinition, 'terminal'>> = {},
): TargetDefinition {
  return { ...ANYWHERE, name, doc, options, terminal: true, ...constraints };
}
