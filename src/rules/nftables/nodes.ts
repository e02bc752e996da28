/**
 * The syntax tree of `nft list ruleset`. Bad input is data: what could not be understood stands in the tree as a statement
 * or an item of kind `unknown`, and in `Ruleset.problems`. Every node has its span.
 */
import type { Span } from '../../text/span.ts';
import type { Element, Expression, Word } from './expressions.ts';
import type { StatefulStatement } from './stateful.ts';
import type { Handle, Rule, SynproxyStatement } from './statements.ts';

export interface Ruleset {
  readonly text: string;
  /** In the order of the text; a script may open one table twice. */
  readonly tables: readonly Table[];
  /** Lines that are no tables: `flush ruleset`, `add rule …`; `define x = 1` and `include` also where they stand within tables. They are not applied to `tables` (`appliedRuleset`). */
  readonly commands: readonly Command[];
  /** Where commands are applied: those that name a rule which the text does not show. Else empty. */
  readonly unapplied: readonly Command[];
  /** `define x = 1`, in the order of the text. */
  readonly defines: readonly Define[];
  /** `$x`; the tree holds what it stands for. */
  readonly uses: readonly DefineUse[];
  readonly problems: readonly Problem[];
}

export type ProblemCode =
  /** A statement that is not known, up to the end of its rule. */
  | 'unknown-statement'
  /** Something in a table, a chain's header, a set or an object that is not known. */
  | 'unknown-item'
  /** A line outside of tables that is no command. */
  | 'unknown-command'
  /** A line’s end or `;` is missing: nft wants one before a `}` as well. */
  | 'no-separator'
  /** The text ends within a block. */
  | 'unclosed'
  /** What is no JSON, in a listing of `nft -j`. */
  | 'not-json';

export interface Problem extends Span {
  readonly code: ProblemCode;
}

/** `flush ruleset`, `add rule ip t c drop`, `add element ip t s { 1 }`. */
export interface Command extends Span {
  /** Its first word; `add` where none is written (`chain ip t c { … }`). */
  readonly name: string;
  /** `rule`, `chain`, `element`, `ct helper` …; null of `define`, `include` and what is not known. */
  readonly object: string | null;
  /** As written; `ip` where none is. */
  readonly family: string;
  readonly table: Word | null;
  /** The chain, set or object that is named. */
  readonly target: Word | null;
  /** The new name of `rename`, the file of `include`. */
  readonly word: Word | null;
  /** Of `add rule`, `insert rule`, `replace rule`. */
  readonly rule: Rule | null;
  /** `handle 7`, `index 2`: the rule that the command is about, or stands by; an index counts from 0. */
  readonly position: { readonly by: 'handle' | 'index'; readonly number: number } | null;
  /** Of `add element`, `delete element`. */
  readonly elements: readonly Element[];
  /** What `add chain`, `add set` … says of it. */
  readonly item: TableItem | null;
}

/** `define admin = { 10.0.0.1, 10.0.0.2 }` */
export interface Define extends Span {
  readonly name: Word;
  /** Null where it was not understood. */
  readonly value: Expression | null;
  /** It is no `redefine`, and the name has a value already, in this block or around it. */
  readonly again: boolean;
}

/** `$admin` */
export interface DefineUse extends Span {
  readonly name: string;
  /** The one before it in the text; null where there is none. */
  readonly define: Define | null;
}

/** `table ip kube-proxy { … }` */
export interface Table extends Span {
  /** `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev` */
  readonly family: string;
  readonly name: Word;
  readonly handle: Handle;
  /** `dormant`, `owner`, `persist` */
  readonly flags: readonly string[];
  readonly comment: Word | null;
  readonly items: readonly TableItem[];
}

export type TableItem = Chain | SetDefinition | NamedObject | Flowtable | UnknownItem;

interface UnknownItem extends Span {
  readonly kind: 'unknown';
}

/** `chain input { type filter hook input priority filter; policy accept; … }` */
export interface Chain extends Span {
  readonly kind: 'chain';
  readonly name: Word;
  readonly handle: Handle;
  readonly base: BaseChain | null;
  /** `accept` or `drop`; null where none is written. */
  readonly policy: Word | null;
  /** `offload` */
  readonly flags: readonly string[];
  readonly comment: Word | null;
  readonly rules: readonly Rule[];
}

/** `type filter hook input priority filter + 10` */
export interface BaseChain extends Span {
  readonly type: Word;
  readonly hook: Word;
  /** Of `ingress` and `egress`. */
  readonly devices: readonly Word[];
  readonly priority: Priority;
}

/** `filter + 10`, `-100`; `name` is null where only a number is written. */
export interface Priority extends Span {
  readonly name: string | null;
  readonly offset: number;
}

/** `type ipv4_addr . inet_service` (`of` is a concatenation of values), `typeof ip saddr` */
export interface SetType extends Span {
  readonly kind: 'type' | 'typeof';
  readonly of: Expression;
}

/** `set blocked { … }`, `map services { … }` */
export interface SetDefinition extends Span {
  readonly kind: 'set' | 'map';
  readonly name: Word;
  readonly handle: Handle;
  readonly type: SetType | null;
  /** `: verdict`, `: ipv4_addr . inet_service`; of maps. */
  readonly data: Expression | null;
  /** `: interval ipv4_addr`: the data are ranges or prefixes. */
  readonly dataInterval: boolean;
  /** `interval`, `timeout`, `dynamic`, `constant` */
  readonly flags: readonly string[];
  /** Seconds. */
  readonly timeout: number | null;
  /** Seconds. */
  readonly gcInterval: number | null;
  readonly size: number | null;
  /** `memory`, `performance` */
  readonly policy: string | null;
  readonly autoMerge: boolean;
  readonly comment: Word | null;
  /** `counter`, `limit` …: what each element gets. */
  readonly statements: readonly StatefulStatement[];
  readonly elements: readonly Element[];
}

/** `counter http { packets 0 bytes 0 }`, `ct helper ftp { type "ftp" protocol tcp; l3proto inet; }` */
export interface NamedObject extends Span {
  readonly kind: 'object';
  /** `counter`, `quota`, `limit`, `synproxy`, `secmark`, `tunnel`, `ct helper`, `ct timeout`, `ct expectation` */
  readonly type: string;
  readonly name: Word;
  readonly handle: Handle;
  readonly comment: Word | null;
  /** What a counter, quota, limit or synproxy holds; null of the others. */
  readonly state: StatefulStatement | SynproxyStatement | null;
  /** What the others hold, each a line: `protocol tcp`, `policy = { established : 100s }`. */
  readonly properties: readonly Property[];
}

export interface Property extends Span {
  readonly name: string;
  readonly values: readonly Expression[];
}

/** `flowtable fast { hook ingress priority filter; devices = { "eth0" }; }` */
export interface Flowtable extends Span {
  readonly kind: 'flowtable';
  readonly name: Word;
  readonly handle: Handle;
  readonly hook: Word | null;
  readonly priority: Priority | null;
  readonly devices: readonly Word[];
  /** `offload` */
  readonly flags: readonly string[];
  readonly counter: boolean;
}
