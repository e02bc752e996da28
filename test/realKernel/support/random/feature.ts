/** What random rulesets, nodes and packets may have beside the plain things: one file a feature, registered in `features.ts`. */
import type { Family, Flow } from '../../../../src/kernel/flow.ts';
import type { Trace } from '../../../../src/kernel/trace.ts';
import type { Random } from '../random.ts';

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** Where a rule stands, and what it says already. */
export interface RulePlace {
  readonly random: Random;
  readonly family: Family;
  readonly table: string;
  /** Null in a user chain. */
  readonly hook: Hook | null;
  /** Of table nat: `dst` is reached from PREROUTING and OUTPUT, `src` from POSTROUTING, `in` from INPUT; `user` in other tables. */
  readonly kind: string;
  /** `tcp`, `udp`, `sctp`, `dccp`, `udplite`, `icmp` (ICMPv6 in IPv6), or nothing. */
  readonly protocol: string;
  /** `! ` or nothing, as drawn for this match. */
  readonly not: string;
}

/** The node that a packet is sent to, as far as a packet may be made for it. */
export interface FlowPlace {
  readonly random: Random;
  readonly family: Family;
  /** Its rules, as they were made. */
  readonly rules: string;
  /** Names of its interfaces that not every node has. */
  readonly faces: readonly string[];
  /** The engine's belief, to aim packets at connections; no judge of anything. */
  readonly trace: (flow: Flow) => Trace;
}

/** All of it may be left out. What one draws is drawn from `random` alone, so that a seed gives the same again. */
export interface Feature {
  /** As it is counted. */
  readonly name: string;
  /** Matches that a rule in this place may have: `-m x --y z`. One of all features' matches is taken. */
  readonly matches?: (place: RulePlace) => readonly string[];
  /** Targets that a rule in this place may have: `-j X --y z`. */
  readonly targets?: (place: RulePlace) => readonly string[];
  /** More lines for `ipset restore`. */
  readonly sets?: (random: Random, family: Family) => readonly string[];
  /** More commands of `ip` in the node. */
  readonly commands?: (random: Random, family: Family) => readonly string[];
  /** `net.x.y=1` */
  readonly sysctls?: (random: Random, family: Family) => readonly string[];
  /** Another packet in place of `flow`, or `flow` itself. Features are asked one after the other. */
  readonly flow?: (flow: Flow, place: FlowPlace) => Flow;
  /** Which rules have it, in the spelling of `iptables-save`; they are counted where a packet comes to them. */
  readonly inRule?: RegExp;
  readonly inFlow?: (flow: Flow) => boolean;
  /** Which of the node's commands and sysctls have it. */
  readonly inNode?: RegExp;
}
