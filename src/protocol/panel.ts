/** Messages between the trace panel (a webview) and the extension, one union per direction. */
import type {
  ChoicesParams,
  Choice,
  ConsideredParams,
  FlowForm,
  Page,
  TextLocation,
  TraceParams,
  TraceAnswer,
} from './requests.ts';
import type { CallMessage, ReplyMessage } from './rpc.ts';
import type { ConsideredRule } from '../kubeproxy/narrative/narrative.ts';

/** What the panel keeps over a reload of the window (`setState`), and what it is opened with. */
export interface PanelState {
  readonly uri: string;
  /** Shown in the title: the file's name. */
  readonly name: string;
  readonly form: FlowForm;
  readonly decisions: TraceParams['decisions'];
  /** Trace at once when opened. */
  readonly run: boolean;
}

/** Requests of the panel that the extension answers; the names of the keys are the wire's `method`. */
export interface PanelRequests {
  readonly trace: { readonly params: TraceParams; readonly result: TraceAnswer };
  readonly choices: { readonly params: ChoicesParams; readonly result: readonly Choice[] };
  readonly considered: { readonly params: ConsideredParams; readonly result: Page<ConsideredRule> };
  readonly copy: { readonly params: { readonly text: string }; readonly result: null };
}

export type FromPanel =
  /** Sent once the page listens; answered with `open`. `restored`: what the page has kept, null in a new one. */
  | { readonly type: 'ready'; readonly restored: PanelState | null }
  | CallMessage<PanelRequests>
  /** `highlight`: mark the line only, keep the focus here; `reveal`: show it in the editor beside and go there. */
  | { readonly type: 'highlight' | 'reveal'; readonly location: TextLocation }
  /** Another packet is asked about: what the extension keeps and opens the panel with the next time. */
  | { readonly type: 'stateChanged'; readonly state: PanelState };

export type ToPanel =
  | { readonly type: 'open'; readonly state: PanelState }
  | ReplyMessage
  /** The rules changed: the answer shown may be old. */
  | { readonly type: 'rulesChanged'; readonly uri: string };
