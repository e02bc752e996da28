/** Statements of nftables: what a rule tests and does, in the order in which the kernel does it. Each has its span. */
import type { Span } from '../../text/span.ts';
import type { AnonymousSet, Element, Expression, SetReference, Value, Verdict, Word } from './expressions.ts';
import type { StatefulStatement } from './stateful.ts';

/** What nft writes behind the brace or the rule with `-a`: `# handle 7`. */
export type Handle = number | null;

/** `ip saddr 10.0.0.1 counter accept comment "x" # handle 7` */
export interface Rule extends Span {
  readonly statements: readonly Statement[];
  readonly comment: Word | null;
  readonly handle: Handle;
}

/** `tcp dport != 80` */
export interface MatchStatement extends Span {
  readonly kind: 'match';
  readonly left: Expression;
  /** `in`: any of the bits is set (`ct state new`); `!`: none is; `==` also where no operator is written. */
  readonly operator: MatchOperator;
  readonly right: Expression;
}

export type MatchOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!';

/** `accept`, `jump input_eth0`, `jump { … }` */
export interface VerdictStatement extends Span {
  readonly kind: 'verdict';
  readonly verdict: Verdict;
  /** Of `jump` and `goto`. */
  readonly target: Word | null;
  /** The rules of an anonymous chain. */
  readonly rules: readonly Rule[] | null;
}

/** `ip daddr vmap @services` */
interface VmapStatement extends Span {
  readonly kind: 'vmap';
  readonly key: Expression;
  readonly data: AnonymousSet | SetReference;
}

/** `log prefix "x" level info flags all`: its options in the order in which they are written. */
export interface LogStatement extends Span {
  readonly kind: 'log';
  readonly options: readonly { readonly name: string; readonly value: Word }[];
}

/** `reject with icmp port-unreachable`: `with` is `icmp`, `icmpv6`, `icmpx`, `tcp reset`; null where nothing is said. */
export interface RejectStatement extends Span {
  readonly kind: 'reject';
  readonly with: string | null;
  readonly code: Value | null;
}

/** `dnat ip to 10.0.0.1:80 random` */
export interface NatStatement extends Span {
  readonly kind: 'snat' | 'dnat' | 'masquerade' | 'redirect' | 'tproxy';
  readonly family: 'ip' | 'ip6' | null;
  /** `prefix`: only the bits of the prefix are taken; `interval`, `addr . port`: what nft before 1.0 says of a map's data. */
  readonly style: string | null;
  readonly address: Expression | null;
  readonly port: Expression | null;
  /** `random`, `fully-random`, `persistent` */
  readonly flags: readonly string[];
}

/** `meta mark set 0x1` */
interface SetStatement extends Span {
  readonly kind: 'set';
  readonly target: Expression;
  readonly value: Expression;
}

/** `update @clients { ip saddr timeout 1h }`; `meter m size 10 { ip saddr limit rate 1/second }` is an `update` with its size. */
export interface DynamicStatement extends Span {
  readonly kind: 'dynamic';
  readonly operation: 'add' | 'update' | 'delete' | 'meter';
  readonly set: Word;
  readonly size: number | null;
  readonly element: Element;
}

/** `queue flags bypass to 1-3` */
export interface QueueStatement extends Span {
  readonly kind: 'queue';
  readonly flags: readonly string[];
  readonly to: Expression | null;
}

/** `dup to 10.0.0.1 device "eth0"`, `fwd to "eth0"` */
export interface CopyStatement extends Span {
  readonly kind: 'dup' | 'fwd';
  readonly family: 'ip' | 'ip6' | null;
  readonly to: Expression;
  readonly device: Expression | null;
}

/** `synproxy mss 1460 wscale 7 timestamp sack-perm` */
export interface SynproxyStatement extends Span {
  readonly kind: 'synproxy';
  readonly mss: number | null;
  readonly wscale: number | null;
  readonly flags: readonly string[];
}

/** `counter name "http"`, `ct helper set "ftp"`, `quota name ip saddr map @quotas`, `flow add @fast` */
export interface ObjectStatement extends Span {
  readonly kind: 'object';
  /** `counter`, `quota`, `limit`, `synproxy`, `ct helper`, `ct timeout`, `ct expectation`, `flow` */
  readonly type: string;
  readonly name: Expression;
}

/** `notrack`; `reset tcp option sack-perm`; `xt match "comment"`, which nft cannot say in its own words */
export interface WordStatement extends Span {
  readonly kind: 'notrack' | 'reset' | 'xt';
  /** What is written behind the first word. */
  readonly words: readonly Word[];
}

/** What is not known, up to the end of its rule. */
interface UnknownStatement extends Span {
  readonly kind: 'unknown';
}

export type Statement =
  | MatchStatement
  | VerdictStatement
  | VmapStatement
  | StatefulStatement
  | LogStatement
  | RejectStatement
  | NatStatement
  | SetStatement
  | DynamicStatement
  | QueueStatement
  | CopyStatement
  | SynproxyStatement
  | ObjectStatement
  | WordStatement
  | UnknownStatement;
