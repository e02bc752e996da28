/** Expressions of nftables: what a rule reads of a packet, and what it compares it with or writes. Each has its span. */
import type { Span } from '../../text/span.ts';
import type { StatefulStatement } from './stateful.ts';

/** A word as read: `text` without quotes, the span covers the quotes too. */
export interface Word extends Span {
  readonly text: string;
  readonly quoted: boolean;
}

/** `80`, `0x10`, `1h`, `tcp`, `"eth0"`, `10.0.0.1`, `exists` */
export interface Value extends Span {
  readonly kind: 'value';
  /** As written, without quotes. */
  readonly text: string;
  /** Numbers in any notation up to 2^53 as number, times in seconds; everything else is its text. */
  readonly value: string | number;
  readonly quoted: boolean;
}

/** `ip saddr`; `vxlan ip saddr` is the field of the header within. */
export interface Payload extends Span {
  readonly kind: 'payload';
  readonly tunnel: string | null;
  readonly protocol: string;
  readonly field: string;
}

/** `@nh,128,32`: bits of the packet from a header on. */
export interface RawPayload extends Span {
  readonly kind: 'raw';
  /** `ll`, `nh`, `th`, `ih` */
  readonly base: string;
  readonly offset: number;
  readonly length: number;
}

/** `meta mark`, `iifname` */
export interface Meta extends Span {
  readonly kind: 'meta';
  readonly key: string;
}

/** `ct state`, `ct original ip saddr` (key `ip saddr`) */
export interface Ct extends Span {
  readonly kind: 'ct';
  readonly key: string;
  readonly direction: 'original' | 'reply' | null;
}

/** `rt ip nexthop`, `socket cgroupv2 level 1`, `osf ttl loose name`, `ipsec in ip saddr`: a key and what it is asked with. */
export interface Lookup extends Span {
  readonly kind: 'rt' | 'socket' | 'osf' | 'ipsec';
  readonly key: string;
  /** Words before the key: `in`, `ip`; `ttl`, `loose`. */
  readonly before: readonly string[];
  /** Words behind the key: `level`, `1`. */
  readonly behind: readonly string[];
}

/** `fib saddr . iif oif` */
export interface Fib extends Span {
  readonly kind: 'fib';
  readonly flags: readonly string[];
  readonly result: string;
}

/** `numgen random mod 2 offset 0` */
export interface Numgen extends Span {
  readonly kind: 'numgen';
  readonly mode: string;
  readonly mod: number;
  readonly offset: number;
}

/** `jhash ip saddr . tcp sport mod 2 seed 0x1 offset 100`; a symhash has no expression and no seed. */
export interface Hash extends Span {
  readonly kind: 'jhash' | 'symhash';
  readonly expression: Expression | null;
  readonly mod: number;
  readonly seed: number | null;
  readonly offset: number;
}

/** `tcp option maxseg size`, `ip option rr addr`, `sctp chunk data tsn`, `frag id` (of `exthdr`, name `frag`) */
export interface HeaderOption extends Span {
  readonly kind: 'option';
  readonly of: 'tcp option' | 'ip option' | 'sctp chunk' | 'dccp option' | 'exthdr';
  readonly name: string;
  /** Null where only its presence is asked. */
  readonly field: string | null;
}

/** `meta mark & 0xff` */
interface Binary extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type BinaryOperator = '&' | '|' | '^' | '<<' | '>>';

/** `ip saddr . tcp dport` */
interface Concatenation extends Span {
  readonly kind: 'concat';
  readonly parts: readonly Expression[];
}

/** `established,related`; `(fin|syn)`, where words of one type stand for bits */
export interface ValueList extends Span {
  readonly kind: 'list';
  readonly items: readonly Expression[];
}

/** `1-1023` */
export interface Range extends Span {
  readonly kind: 'range';
  readonly from: Expression;
  readonly to: Expression;
}

/** `10.0.0.0/8`; in a statement of nat also `ip saddr map { … }` as prefix */
export interface Prefix extends Span {
  readonly kind: 'prefix';
  readonly address: Value;
  readonly length: number;
}

/** `{ 80, 443 }`, `{ 80 : accept }` */
export interface AnonymousSet extends Span {
  readonly kind: 'set';
  readonly elements: readonly Element[];
}

/** `@blocked` */
export interface SetReference extends Span {
  readonly kind: 'reference';
  readonly name: string;
}

/** `ip saddr map { … }`, `tcp dport map @marks` */
export interface MapLookup extends Span {
  readonly kind: 'map';
  readonly key: Expression;
  readonly data: AnonymousSet | SetReference;
}

/** `accept` as the data of an element */
export interface VerdictValue extends Span {
  readonly kind: 'verdict';
  readonly verdict: Verdict;
  /** Of `jump` and `goto`. */
  readonly target: Word | null;
}

export type Verdict = 'accept' | 'drop' | 'continue' | 'return' | 'jump' | 'goto';

/** `*`: what no other element matches. */
interface CatchAll extends Span {
  readonly kind: 'any';
}

export type Expression =
  | Value
  | Payload
  | RawPayload
  | Meta
  | Ct
  | Lookup
  | Fib
  | Numgen
  | Hash
  | HeaderOption
  | Binary
  | Concatenation
  | ValueList
  | Range
  | Prefix
  | AnonymousSet
  | SetReference
  | MapLookup
  | VerdictValue
  | CatchAll;

/** `10.0.0.1 timeout 1h expires 59m comment "x" : accept` */
export interface Element extends Span {
  readonly key: Expression;
  readonly data: Expression | null;
  /** Seconds. */
  readonly timeout: number | null;
  /** Seconds. */
  readonly expires: number | null;
  readonly comment: Word | null;
  /** `counter`, `limit`, … that each element has of its own. */
  readonly statements: readonly StatefulStatement[];
}
