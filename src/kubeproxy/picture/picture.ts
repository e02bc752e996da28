/**
 * A packet's way as a picture: who sends, through which node, to whom, as whom, and back. Neutral of how it is drawn; plain
 * JSON data, every string plain text that may hold anything. Built by `pictureOf.ts`.
 */
import type { NarrativeChange, NarrativeStage, NarrativeVerdict } from '../narrative/narrative.ts';

/** Outcomes that end alike are one arrow. */
export interface PictureWay {
  /** Their ids, as the narrative's. */
  readonly outcomes: readonly [string, ...string[]];
  /** Of all, from 0 to 1, under the condition of its node. */
  readonly share: number;
  readonly mark: NarrativeVerdict;
  /** `10.244.1.5:8080`, `20 endpoints`, `dropped by rule 3 of FORWARD`. */
  readonly title: string;
  readonly subtitle: string;
  /** Where it leaves the node; null where it does not, or that is not known. */
  readonly interface: string | null;
  /** `10.244.1.7:40000 → 10.244.1.5:8080`, as it leaves or is delivered; empty for one that is stopped. */
  readonly packet: string;
  /** Addresses that are others than those it came with. */
  readonly changes: readonly NarrativeChange[];
  readonly marks: readonly string[];
  /** Whether it ends here, on this node, against its sender's will: a stop sign. */
  readonly isStopped: boolean;
  /** What follows on the next node: `node-2 drops it`; empty where nothing is to be said. */
  readonly onward: string;
}

/** Ways that take the same stops within the node, and fork behind it. */
export interface PictureBranch {
  /** `If the ipset contains the source`; empty where nothing is open. */
  readonly condition: string;
  /** All that the packet passes within the node, as its first way has them; the end is left out. */
  readonly stops: readonly NarrativeStage[];
  readonly ways: readonly [PictureWay, ...PictureWay[]];
}

export interface Picture {
  readonly headline: string;
  readonly verdict: NarrativeVerdict;
  /** `pod default/client`, `a client outside`; and its address. */
  readonly from: { readonly title: string; readonly subtitle: string };
  /** What it is sent to, as the sender writes it: `10.244.1.7:40000 → 10.96.12.3:80`. */
  readonly packet: string;
  /** Where it enters; null for what the node sends itself, and where that is not known. */
  readonly interface: string | null;
  readonly node: string;
  readonly branches: readonly PictureBranch[];
  /** What comes back to the sender, each sentence once. */
  readonly back: readonly { readonly words: string; readonly isLost: boolean }[];
}
