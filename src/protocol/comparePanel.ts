/** The contract of the panel that compares two states of rules: its state, its requests, and the news of both ends. */
import type { CompareAnswer } from './comparison.ts';
import type { FlowForm, TextLocation } from './requests.ts';

/** Rules, and what they are called. */
export interface ComparedRules {
  readonly uri: string;
  readonly name: string;
}

/** What is compared. */
export interface ComparePanelState {
  /** Where `saved`, the same document as `after`. */
  readonly before: ComparedRules;
  readonly after: ComparedRules;
  /** An edited document is compared with its file as it is saved. */
  readonly saved: boolean;
}

/** The panel's part of what a page and the extension say to each other (`panel.ts`). */
export interface ComparePanelContract {
  readonly state: ComparePanelState;
  /** Requests of the page that the extension answers. */
  readonly requests: {
    /** Of the rules in the panel's state. */
    readonly compare: { readonly params: null; readonly result: CompareAnswer };
    readonly copy: { readonly params: { readonly text: string }; readonly result: null };
  };
  readonly told:
    /** Show it in the editor beside, and go there. */
    | { readonly type: 'reveal'; readonly location: TextLocation }
    /** Open the trace panel on this packet, through the rules after. */
    | { readonly type: 'trace'; readonly form: FlowForm }
    /** Show both states as texts, side by side. */
    | { readonly type: 'showDiff' };
  /** One of the two states changed: the answer shown may be old. */
  readonly heard: { readonly type: 'rulesChanged' };
}
