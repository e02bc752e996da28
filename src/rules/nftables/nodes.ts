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
  /** Lines outside of tables that are none: `flush ruleset`, `add rule …`, `define x = 1`; they are not read further. */
  readonly commands: readonly Command[];
  readonly problems: readonly Problem[];
}

export type ProblemCode =
  /** A statement that is not known, up to the end of its rule. */
  | 'unknown-statement'
  /** Something in a table, a chain's header, a set or an object that is not known. */
  | 'unknown-item'
  /** The text ends within a block. */
  | 'unclosed'
  /** What is no JSON, in a listing of `nft -j`. */
  | 'not-json';

export interface Problem extends Span {
  readonly code: ProblemCode;
}

/** `flush ruleset`: `name` is its first word. */
export interface Command extends Span {
  readonly name: string;
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
