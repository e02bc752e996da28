/** One packet from a vantage to a frontend, and what becomes of it: plain data. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { FindingPlace } from '../findings/finding.ts';
import type { FlowForm } from '../form/flowForm.ts';
import type { NarrativeVerdict } from '../narrative/narrative.ts';
import type { Frontend } from '../services/frontend.ts';

/** Where a client stands. */
export type Vantage = 'pod' | 'itself' | 'node' | 'other-node' | 'outside' | 'given';

/** Why packets of a way, or answers to them, do not arrive. */
export interface WayCause {
  /**
   * `stopped`: dropped or rejected. `taken`: a rule of somebody else's sends them elsewhere than to the Service. `nowhere`: they go
   * on to where nobody is. `reply`: what is lost is the answer.
   */
  readonly kind: 'stopped' | 'taken' | 'nowhere' | 'reply';
  /** The same for ways that end for one reason; holds no address of theirs. */
  readonly key: string;
  /** A clause: `dropped by rule 3 of INPUT ("corp-fw")`, `the answer is dropped by …`. */
  readonly words: string;
  /** What the client notices, as a clause: `the client hangs until it times out`; empty where nothing can be said. */
  readonly notice: string;
  /** The rule, or the declaration of the chain whose policy it is; null where it is none. */
  readonly at: FindingPlace | null;
  /** Whether it is so of all packets of the way, or of some of them: those to some of the endpoints. */
  readonly isAll: boolean;
  /** What the trace takes for granted: sentences. */
  readonly assumes: readonly string[];
}

/**
 * `arrives`: packets pass this node, and nothing that is known keeps their answers. `refused`: the Service's own rules stop
 * all of them. `lost`: there is a cause. `open`: not known, or so for some clients alone.
 */
export type WayFate = 'arrives' | 'refused' | 'lost' | 'open';

/** Where a way ends. */
export interface WayEnd {
  readonly vantage: Vantage;
  readonly packet: FlowForm;
  readonly fate: WayFate;
  /** Null where packets and answers arrive, and where that is not known. */
  readonly cause: WayCause | null;
  /** Whether it ends as it is meant to: refused by a source range or a policy of the Service itself. */
  readonly isMeant: boolean;
  /** The rule by which endpoints see this node in place of a client outside; null where they see the client, and for any other vantage. */
  readonly hiddenBy: RuleAt | null;
}

/** The same, as it is told. */
export interface Way extends WayEnd {
  /** `default/web:http` */
  readonly port: string;
  readonly to: Frontend;
  /** `ClusterIP 10.96.12.3:80/TCP` */
  readonly frontend: string;
  readonly verdict: NarrativeVerdict;
  /** As a trace of the packet tells it. */
  readonly headline: string;
  /** Of `unanswered`: all packets go to where nobody takes them. No answer is lost, as there is none. */
  readonly isToNobody: boolean;
  /** The rule that ends it; null where none does. */
  readonly at: FindingPlace | null;
  /** What the answer takes for granted. */
  readonly assumes: readonly WayAssumption[];
}

/** Of a packet or of whom it goes to: what nothing that was given tells, and the trace says aloud. */
export interface WayAssumption {
  /** Of the engine: `hairpin-assumed`. */
  readonly code: string;
  /** A sentence. */
  readonly message: string;
}
