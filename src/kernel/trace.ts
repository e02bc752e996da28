/** What the engine answers: plain data. */
import type { Budget } from './budget.ts';
import type { Hints } from './hints.ts';
import type { Refusal } from './node/decisions.ts';
import type { RuleAt, SourceId } from './ruleAt.ts';

export const verdicts = ['forward', 'local', 'drop', 'reject', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];
export const hookNames = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const;
export type HookName = (typeof hookNames)[number];
/** Where a device takes a packet in, or sends it out. */
export type DeviceHook = 'ingress' | 'egress';

/** A port of a bridge (or bond), or the interface that IP sees. */
export type DeviceKind = 'port' | 'interface';

/** An address with its port; port null for ICMP, `'*'` where the kernel picks one at random. Written with `formatEndpoint`. */
export interface Endpoint {
  readonly address: string;
  readonly port: number | '*' | null;
}

/**
 * Something the answer takes for granted. `key` names the question within this trace (the same question asked twice has
 * one key), so that a caller may decide it (`TraceOptions.decisions`).
 */
export interface Assumption {
  readonly key: string;
  /** Stable, kebab-case: `new-connection`, `ipset-unknown`, `routing-unknown`, `match-unknown`, `recent-unknown` … */
  readonly code: string;
  /** One sentence in plain text. */
  readonly message: string;
  /** True where both answers were explored and each outcome says in `assuming` which one it belongs to. */
  readonly branched: boolean;
  /** For a branched one: what "yes" claims, as a short clause ("the ipset contains the source"). */
  readonly claim: string | null;
  /**
   * What the claim is about, where others may be about the same: `input`, `output` … Of one variable no outcome holds
   * claims that contradict. `exact`: "yes" leaves nothing open, so that the "no" of others goes without saying.
   */
  readonly about: { readonly variable: string; readonly exact: boolean } | null;
}

/** One branch taken at an unknown. */
export interface Decision {
  readonly key: string;
  readonly value: boolean;
}

/** What a matched rule did to the packet. */
export type Effect =
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'return' | 'accept' | 'drop' | 'count' | 'log' | 'notrack' }
  | { readonly kind: 'reject'; readonly with: string; readonly answered: boolean }
  | {
      readonly kind: 'dnat' | 'snat' | 'masquerade' | 'redirect' | 'netmap';
      readonly was: Endpoint;
      readonly is: Endpoint;
      /** The addresses that `is` was picked from, `10.0.0.1-10.0.0.9`; left out where there was no choice. */
      readonly among?: string;
      /** The packet's checksum is wrong from here on: of SNPT and DNPT for an address that does not have their prefix. */
      readonly spoils?: true;
    }
  | { readonly kind: 'mark' | 'connmark'; readonly was: number; readonly is: number }
  | {
      readonly kind: 'set';
      readonly field: 'tos' | 'dscp' | 'ttl';
      readonly was: number;
      readonly is: number;
    }
  /** Handed to a transparent socket bound there, addresses as they are. */
  | { readonly kind: 'tproxy'; readonly to: Endpoint; readonly was: number; readonly is: number }
  /** A target that this engine does not model; the packet goes on, or both ways where it might not. */
  | { readonly kind: 'unknown'; readonly target: string };

/** Why a rule that was considered did not match: its first failing option. */
export interface FirstFailure {
  /** Offsets of the option in the rules' text. */
  readonly start: number;
  readonly end: number;
  /** Plain text: "the packet goes to 10.96.12.3, not 10.96.0.10". */
  readonly reason: string;
}

export type Step =
  /** A table's base chain begins: everything up to the next `hook`, `routing` or end belongs to it. */
  | {
      readonly kind: 'hook';
      readonly hook: HookName;
      readonly source: SourceId;
      readonly table: string;
      /** The base chain of a native table, which may have several at one hook. */
      readonly chain?: string;
      readonly rules: number;
    }
  /** A rule that matched (and counted). `depth` 0 = in the base chain. `chance`: of the random match in it, if it has one. */
  | {
      readonly kind: 'rule';
      readonly at: RuleAt;
      readonly depth: number;
      readonly effect: Effect;
      readonly chance: number | null;
    }
  /** On request only (`considered`): a rule that was looked at and failed. */
  | {
      readonly kind: 'considered';
      readonly at: RuleAt;
      readonly depth: number;
      readonly failure: FirstFailure;
    }
  /** The end of a base chain was reached. */
  | {
      readonly kind: 'policy';
      readonly source: SourceId;
      readonly table: string;
      readonly chain: string;
      readonly policy: 'ACCEPT' | 'DROP';
    }
  | { readonly kind: 'conntrack'; readonly state: string }
  /** `interface` null where unknown. `result` as in `ip route get`: unicast, local, broadcast, unreachable … or `dropped`. */
  | {
      readonly kind: 'routing';
      readonly interface: string | null;
      readonly result: string;
      readonly reason: string | null;
    }
  /** A decision at an unknown. */
  | { readonly kind: 'assume'; readonly decision: Decision };

/** The tuples that conntrack keeps, from which the reply direction follows. */
export interface ConntrackTuples {
  readonly originalSource: Endpoint;
  readonly originalDestination: Endpoint;
  readonly replySource: Endpoint;
  readonly replyDestination: Endpoint;
}

export interface Outcome {
  readonly verdict: Verdict;
  /**
   * The outcomes of a trace sum to 1. Where an outcome stands behind unknowns (`assuming` not empty) nothing is known of
   * their odds: each such branch then weighs one half, and `shareGivenAssumptions` is the honest number to show.
   */
  readonly probability: number;
  /** The probability given that `assuming` holds. */
  readonly shareGivenAssumptions: number;
  readonly assuming: readonly Decision[];
  /** Null where it cannot be known, and for a dropped or rejected packet. */
  readonly source: Endpoint | null;
  readonly destination: Endpoint | null;
  /** Where it left, or, for `local`, came in. */
  readonly interface: string | null;
  readonly masqueraded: boolean;
  readonly mark: number | null;
  /** The TTL (hop limit) that it left or arrived with; left out where there is no packet to speak of. */
  readonly ttl?: number;
  /** What ended it: `table/CHAIN/index`, `table/CHAIN/policy` or `kernel`; null when it went through. */
  readonly by: string | null;
  /** For `by: kernel`: why, in plain text ("reverse path filter", "no route to 10.9.9.9"). */
  readonly reason: string | null;
  readonly rejectWith: string | null;
  /** For `by: kernel`: what it finds no way for, and may tell the sender; left out where it is no such end. */
  readonly refusal?: Refusal | null;
  readonly steps: readonly Step[];
  readonly conntrack: ConntrackTuples | null;
}

export interface Trace {
  readonly outcomes: readonly Outcome[];
  /** For the outcome with the same index, the answers that lead to it: they stand for one way of it in `Engine.considered`. */
  readonly ways: readonly (readonly number[])[];
  readonly assumptions: readonly Assumption[];
}

/** The answer to a sequence: what the packets' results are, jointly. */
export interface JointTrace {
  /** `results[i]`: `forward 10.244.1.39:8080`, `local …`, `drop`, `reject` of packet i. */
  readonly joint: readonly { readonly results: readonly string[]; readonly probability: number }[];
  readonly assumptions: readonly Assumption[];
}

export interface TraceOptions {
  /** Also report the rules that were considered and failed. Default false. */
  readonly considered?: boolean;
  /** Unknowns that the caller decides. */
  readonly decisions?: readonly Decision[];
  /** Used only where the node's files do not tell. */
  readonly hints?: Hints;
  /** What this question may cost, with others of the same answer. Default: as much as one answer may. */
  readonly budget?: Budget;
}
