/**
 * A trace told to a person: what the panel, the command line's text and "copy as Markdown" show. Plain JSON data; every
 * string is plain text, to be escaped by whoever renders it. Built by `narrate.ts` from a trace and the catalog.
 */
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { Verdict } from '../../kernel/trace.ts';
import type { AssumptionOption } from '../answer/assumptionOptions.ts';
import type { ObjectReference } from '../objectReference.ts';

/** Where a rule stands: lines and characters from 0, in the text of `source`. */
export interface NarrativeLocation {
  readonly source: SourceId;
  readonly line: number;
  readonly startCharacter: number;
  readonly endCharacter: number;
}

/** `10.96.12.3:80 → 10.244.1.5:8080` with what each is. */
export interface NarrativeChange {
  readonly field: 'source' | 'destination' | 'mark' | 'connmark' | 'tos' | 'dscp' | 'ttl';
  readonly was: string;
  readonly is: string;
}

/** Something that a sentence may name, with its line. */
export interface NamedLine {
  readonly name: string;
  readonly location: NarrativeLocation;
}

/** A Pod that a sentence may name: `web-0 on node-1`. */
export interface NamedPod {
  readonly name: string;
  readonly address: string;
  readonly object: ObjectReference;
}

/** A row of the path, a tree: hooks contain rules, a jump contains the rules of the chain it goes to. */
export interface NarrativeStep {
  readonly id: string;
  readonly kind: 'hook' | 'rule' | 'skipped' | 'policy' | 'routing' | 'conntrack' | 'assume' | 'end';
  /** `12` for a rule (from 1, as people count), null for the others. */
  readonly number: number | null;
  /** The rule in the shortest words that say it, or the step: `PREROUTING · nat`, `11 rules did not match`, `routing: out by cni0`. */
  readonly label: string;
  /** Behind it, dimmed: the comment, what a KUBE chain is (`default/web:http balances over 3 endpoints`), why. */
  readonly detail: string;
  /** Of a random match: `1 of 3`. */
  readonly chance: string | null;
  readonly changes: readonly NarrativeChange[];
  readonly verdict: NarrativeVerdict | 'accept' | null;
  readonly location: NarrativeLocation | null;
  readonly place: string | null;
  /** The Service port that the rule is about, with the line that says so; null of none, or of one without a name. */
  readonly service: NamedLine | null;
  readonly children: readonly NarrativeStep[];
  /** For `skipped`: which rules of which chain; `considered` answers them, in pages. Null where the row stands for too many steps to show. */
  readonly skipped: {
    readonly table: string;
    readonly chain: string;
    readonly from: number;
    readonly to: number;
  } | null;
}

/** A row of "11 rules did not match". */
export interface ConsideredRule {
  readonly number: number;
  /** The rule's text, and which part of it (offsets in `text`) failed first. */
  readonly text: string;
  readonly failStart: number;
  readonly failEnd: number;
  readonly reason: string;
  readonly location: NarrativeLocation | null;
}

/** One stop on the way through the node, in the picture: a table of a hook, routing, or the end. */
export interface NarrativeStage {
  /** `PREROUTING`, `routing`, `end` … */
  readonly hook: string;
  readonly table: string | null;
  /** What happened there in one or two words (`DNAT`, `→ cni0`, `accept`), or empty. */
  readonly word: string;
  /** The step to select. */
  readonly stepId: string | null;
}

export interface NarrativeOutcome {
  readonly id: string;
  /** What becomes of the packet; `mark` is what it comes to for who sent it. */
  readonly verdict: Verdict;
  readonly mark: NarrativeVerdict;
  /** From 0 to 1, given the assumptions of its group. */
  readonly share: number;
  /** The final destination with its name: `10.244.1.5:8080`, `web-7d9f-abcde on node-1`. */
  readonly title: string;
  readonly subtitle: string;
  readonly sourceChange: NarrativeChange | null;
  readonly destinationChange: NarrativeChange | null;
  /** `masquerade mark`, names before numbers. */
  readonly marks: readonly string[];
  /** What the client would notice, and how the answer comes back. */
  readonly notices: readonly string[];
  readonly stages: readonly NarrativeStage[];
  readonly path: readonly NarrativeStep[];
}

/** Outcomes that hold under the same decisions about what is not known. */
export interface NarrativeGroup {
  /** `If the ipset "blocked" contains the source`, or empty where nothing is unknown. */
  readonly condition: string;
  readonly outcomes: readonly NarrativeOutcome[];
}

export interface NarrativeAssumption {
  readonly key: string;
  readonly code: string;
  readonly message: string;
  /** For a switch "assume …": the claim; null where there is nothing to decide. */
  readonly claim: string | null;
  /** Whether both answers were explored; else one was taken, as `message` says, which the caller may decide otherwise. */
  readonly branched: boolean;
  /** The ways to decide it; none where there is nothing to decide. */
  readonly options: readonly AssumptionOption[];
  /** The word of the option that the caller took; null = not decided. */
  readonly decided: string | null;
}

/**
 * For who sent the packet. `unanswered`: it passes, and no answer comes back, or nobody is there. `mixed`: outcomes differ, or
 * an answer may not come back.
 */
export type NarrativeVerdict = Verdict | 'mixed' | 'unanswered';

export interface Narrative {
  readonly verdict: NarrativeVerdict;
  /** The one sentence a person would say. */
  readonly headline: string;
  /** A few sentences of evidence below it. */
  readonly details: readonly string[];
  readonly assumptions: readonly NarrativeAssumption[];
  readonly groups: readonly NarrativeGroup[];
  /** What no rule of a path need be about: the Services at the address that is asked for, the endpoint of a known connection. */
  readonly named: readonly NamedLine[];
  /** Those that the packet comes from and goes to. */
  readonly pods: readonly NamedPod[];
}

/** The packet of some outcomes, as it goes on at another node: told by that node's own rules, where they are had. */
export interface NarrativeContinuation {
  /** Unique among its siblings, and the same for the same question: `node-2 10.244.1.7:40000 10.244.2.9:8080`. */
  readonly id: string;
  /** The outcomes of the narrative before it whose packets go on here, by id. */
  readonly outcomes: readonly string[];
  readonly node: string;
  /** `missing`: that node's rules are not here; `untold`: it cannot be followed, though they may be. `message` says why. */
  readonly kind: 'traced' | 'missing' | 'untold';
  /** `10.244.1.7:40000 → 10.244.2.9:8080`, as it leaves the node before. */
  readonly packet: string;
  /** Of `missing` and `untold`; else empty. */
  readonly message: string;
  /** Null unless it is traced. Its shares are of what comes to this node; keys of its assumptions are this node's own. */
  readonly narrative: Narrative | null;
  /** Where it goes on from there: a node port of that node may lead to a third one. */
  readonly continuations: readonly NarrativeContinuation[];
}
