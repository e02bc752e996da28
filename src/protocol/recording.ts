/** What people recorded of packets, beside our own trace of them: a trace of the kernel, or a capture. Plain JSON; every text may hold anything. */
import type { Stage } from '../kubeproxy/captures/laidBeside.ts';
import type { FlowForm, RequestName, TextLocation } from './requests.ts';

/** A line of a kernel's trace, over the rules. */
export interface RecordedStep {
  readonly table: string;
  readonly chain: string;
  /** `rule 3`, `policy`, `return` */
  readonly what: string;
  /** The rule, the verdict, or why it is not known. */
  readonly text: string;
  /** Of the rule, or of the chain's declaration; null where the rules have none. */
  readonly location: TextLocation | null;
  /** `parts`: the first line that is not on our way; `unlaid`: of nothing that the rules have. */
  readonly way: 'same' | 'parts' | 'behind' | 'unlaid';
}

/** A packet that the kernel traced. */
export interface TracedPacketShown {
  readonly title: string;
  /** The packet as our trace is asked about it. */
  readonly form: FlowForm;
  /** Whether the kernel went as our own trace says; null where that cannot be told. */
  readonly agrees: boolean | null;
  readonly sentences: readonly string[];
  readonly steps: readonly RecordedStep[];
  /** The outcome of our trace that agrees the longest: its id in the narrative; null where there is none. */
  readonly outcome: string | null;
  /** Where our own way goes in place of the line that parts; null where it does not. */
  readonly instead: { readonly words: string; readonly location: TextLocation | null } | null;
}

/** A packet of a capture. */
export interface CapturedPacketShown {
  /** Since the first of its connection: `+0.000123`; empty where it is not known. */
  readonly time: string;
  readonly title: string;
  readonly stage: Stage;
  /** The stage in words. */
  readonly seen: string;
}

/** The packets of one connection that a capture shows. */
export interface CapturedConnectionShown {
  readonly title: string;
  readonly form: FlowForm;
  readonly kind: 'answered' | 'refused' | 'unanswered' | 'logged';
  readonly sentences: readonly string[];
  readonly packets: readonly CapturedPacketShown[];
  /** Packets that are not listed. */
  readonly more: number;
}

export type Recording =
  | {
      readonly kind: 'kernel-trace';
      readonly packets: readonly TracedPacketShown[];
      /** Packets that are not shown. */
      readonly more: number;
    }
  | {
      readonly kind: 'capture';
      readonly connections: readonly CapturedConnectionShown[];
      /** Packets of connections that began before the capture, and those beyond the limit. */
      readonly others: number;
    }
  /** One packet: the one to trace, with nothing to compare. */
  | { readonly kind: 'packet'; readonly form: FlowForm }
  /** Why there is nothing to show, in a sentence. */
  | { readonly kind: 'nothing'; readonly message: string };

/** Through which rules; the bytes of the recording as base64. */
export interface RecordingParams {
  readonly uri: string;
  readonly bytes: string;
}

/** Packets that somebody recorded, beside our trace of each through the rules of a document. */
export const recordingRequest: RequestName<RecordingParams, Recording> = { method: 'kubeProxy/recording' };
