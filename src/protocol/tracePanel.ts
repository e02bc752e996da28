/** The trace panel's contract: its state, its requests, and the news of both ends. */
import type {
  ChoicesParams,
  Choice,
  ConsideredParams,
  FlowForm,
  NodeAnswer,
  TextLocation,
  TraceParams,
  TraceAnswer,
  TraceOnNodesParams,
  WantedRules,
} from './requests.ts';
import { emptyForm } from './requests.ts';
import type { Recording } from './recording.ts';
import type { ObjectReference } from '../kubeproxy/objectReference.ts';
import type { ConsideredPage } from '../kubeproxy/narrative/considered.ts';

/** The packet that a trace panel is about, and through which rules. */
export interface TracePanelState {
  readonly uri: string;
  /** Shown in the title: the file's name. */
  readonly name: string;
  readonly form: FlowForm;
  readonly decisions: TraceParams['decisions'];
  /** Trace at once when opened. */
  readonly run: boolean;
  /** Of a live node: when its rules were taken, in milliseconds since the epoch. The host keeps it up to date (`rulesTaken`). */
  readonly taken?: number;
  /** Documents of nodes to ask the same packet, shown side by side; left out or empty: none. */
  readonly compared?: readonly string[];
  /** Recorded packets that the trace is laid beside; left out: none. */
  readonly recording?: RecordingShown;
  /** Told beneath the answer; left out: nothing. */
  readonly guide?: Guide;
}

/** What its page asks the server. */
export function traceParamsOf({
  uri,
  form,
  decisions,
}: Pick<TracePanelState, 'uri' | 'form' | 'decisions'>): TraceParams {
  return { uri, form: { ...emptyForm, ...form }, decisions };
}

/** A step of a question or a lesson: what its packet shows, and what to do next. */
export interface Guide {
  /** Of the lesson, for the extension. */
  readonly id: string;
  readonly title: string;
  /** From 0. */
  readonly step: number;
  readonly steps: number;
  readonly text: string;
  /** The packet that it is about: with another in the form it is not shown. */
  readonly from: string;
  readonly to: string;
}

/** A file of recorded packets, and which of them is looked at. */
export interface RecordingShown {
  readonly uri: string;
  readonly name: string;
  /** From 0, as the answer has them. */
  readonly packet: number;
}

/** Requests of the page that the extension answers; the names of the keys are the wire's `method`. */
export type TracePanelRequests = {
  readonly trace: { readonly params: TraceParams; readonly result: TraceAnswer };
  readonly choices: { readonly params: ChoicesParams; readonly result: readonly Choice[] };
  readonly considered: { readonly params: ConsideredParams; readonly result: ConsideredPage };
  readonly traceOnNodes: { readonly params: TraceOnNodesParams; readonly result: readonly NodeAnswer[] };
  /**
   * Gets the rules that a trace wanted (`TraceAnswer.wanted`) and opens their document, so that the server has them; the
   * page then traces again. Runs until the node was read; `problem` says why it was not, in a sentence.
   */
  readonly getRules: { readonly params: WantedRules; readonly result: { readonly problem: string | null } };
  /**
   * Asks the user on which nodes to trace the same packet (several may be chosen), gets the rules that are not held, opens
   * the documents and answers their addresses; null when the user takes it back. `uri`: the panel's own document.
   */
  readonly chooseNodes: {
    readonly params: { readonly uri: string };
    readonly result: { readonly uris: readonly string[] | null; readonly problem: string | null };
  };
  /** The recorded packets of the panel's state, beside our trace of each: the page names no file. */
  readonly recording: { readonly params: null; readonly result: Recording };
  /** Asks where to save the picture; nothing is written where the user takes it back. `png`: in base64. */
  readonly savePicture: {
    readonly params: { readonly svg: string; readonly png: string };
    readonly result: null;
  };
  readonly copy: { readonly params: { readonly text: string }; readonly result: null };
};

/** The trace panel's part of what a page and the extension say to each other (`panel.ts`). */
export interface TracePanelContract {
  readonly state: TracePanelState;
  readonly requests: TracePanelRequests;
  readonly told:
    /** `highlight`: mark the line only, keep the focus here; `reveal`: show it in the editor beside and go there. */
    | { readonly type: 'highlight' | 'reveal'; readonly location: TextLocation }
    /** The same packet in full on another node: the extension opens that node's panel with it. */
    | { readonly type: 'traceOn'; readonly uri: string; readonly form: FlowForm }
    /** Show the object of the live cluster as YAML. */
    | { readonly type: 'openObject'; readonly object: ObjectReference }
    /** To the next step of the panel's guide. */
    | { readonly type: 'guideNext' };
  readonly heard:
    /** The rules in `uri` changed: the answer shown may be old. */
    | { readonly type: 'rulesChanged'; readonly uri: string }
    /** The rules of the panel's live node were taken (again): milliseconds since the epoch. */
    | { readonly type: 'rulesTaken'; readonly taken: number };
}
