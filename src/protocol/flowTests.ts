/** Lines of a flows file, each judged by the rules as `trace --flows` judges it. Plain JSON. */
import type { Decision } from '../kernel/trace.ts';
import type { FlowForm, RequestName } from './requests.ts';

/** `uri`: the rules. Lines without text are not asked. */
export interface JudgeFlowsParams {
  readonly uri: string;
  readonly lines: readonly string[];
}

/** A packet that the trace panel can show. */
export interface ShownPacket {
  readonly form: FlowForm;
  readonly decisions: readonly Decision[];
}

/** What came of one line. Texts are plain. */
export type JudgedLine =
  | {
      readonly kind: 'asExpected' | 'otherwise' | 'nothingExpected';
      /** How outcomes have to end, and do end: `forward, drop`. Without an expectation `expected` is empty. */
      readonly expected: string;
      readonly actual: string;
      /** `Expected forward: it ends otherwise (drop). Dropped by …`; where it is as expected what becomes of the packet. */
      readonly message: string;
      /** Null where the form has no field for what the line says: `unshown` is why. */
      readonly packet: ShownPacket | null;
      readonly unshown: string;
    }
  /** The line cannot be traced. `start` and `end`: the words in it that are wrong, in UTF-16 units. */
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly start: number;
      readonly end: number;
    };

/** The lines in their order; `unavailable`: why these rules cannot judge any, in a sentence. */
export type JudgedFlows =
  | { readonly kind: 'judged'; readonly lines: readonly JudgedLine[] }
  | { readonly kind: 'unavailable'; readonly message: string };

export const judgeFlowsRequest: RequestName<JudgeFlowsParams, JudgedFlows> = {
  method: 'kubeProxy/judgeFlows',
};

/** What may stand at a place of a line: the line before and behind the cursor. */
export interface FlowHelpParams {
  readonly line: string;
  /** In UTF-16 units. */
  readonly character: number;
}

/** Something that fits: a key, or a value, as JSON. */
interface FlowItem {
  readonly label: string;
  /** What it means, in plain text. */
  readonly meaning: string;
  /** In place of `start` to `end` of the answer. */
  readonly insert: string;
}

export interface FlowHelp {
  /** Fits here; empty where anything does, or nothing is known. */
  readonly items: readonly FlowItem[];
  /** Of a value that names who sends or where it goes: which end, and what stands there. */
  readonly end: {
    readonly side: 'source' | 'destination';
    readonly query: string;
    readonly from: string;
  } | null;
  /** What stands here, in plain text; empty where nothing is known of it. */
  readonly hover: string;
  /** What an item takes the place of. */
  readonly start: number;
  readonly until: number;
}

export const flowHelpRequest: RequestName<FlowHelpParams, FlowHelp> = { method: 'kubeProxy/flowHelp' };

/** A line that makes no sense, by its index among those asked about; `start` and `end`: the words that are wrong. */
export interface FlowProblem {
  readonly index: number;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** What is wrong with lines, without tracing them. Nothing where the rules are not open. */
export const readFlowsRequest: RequestName<JudgeFlowsParams, readonly FlowProblem[]> = {
  method: 'kubeProxy/readFlows',
};

/** A trace that is to be a test: its packet, what was decided, and the test's name. */
export interface WriteFlowParams extends ShownPacket {
  readonly uri: string;
  readonly id: string;
}

/** The line, which expects what comes of it now (`ends`: `forward, drop`); or why there is none, in a sentence. */
export type WrittenFlow =
  | { readonly kind: 'line'; readonly text: string; readonly ends: string }
  | { readonly kind: 'none'; readonly message: string };

export const writeFlowRequest: RequestName<WriteFlowParams, WrittenFlow> = { method: 'kubeProxy/writeFlow' };
