/**
 * What the two ends of a panel say to each other: the page (a webview) and the extension, one union for each direction.
 * What every panel has in common is here; a panel's own part is its contract (`tracePanel.ts` has the trace panel's).
 */
import type { CallMessage, ReplyMessage } from './rpc.ts';

/** One panel's own part. All of it is plain JSON. */
export interface PanelContract {
  /** What the panel is opened with, and what VS Code brings it back with after a reload of the window. */
  readonly state: object;
  /** Requests of the page that the extension answers: a request map (`rpc.ts`). A `type`, as no `interface` fits. */
  readonly requests: Readonly<Record<string, { readonly params: unknown; readonly result: unknown }>>;
  /** News of the page. */
  readonly told: { readonly type: string };
  /** News of the extension. */
  readonly heard: { readonly type: string };
}

/** What a panel's page sends. */
export type FromPanel<Panel extends PanelContract> =
  /** Sent once the page listens; answered with `open`, also where that was sent before. */
  | { readonly type: 'ready' }
  /** The state is another now: what the extension opens the page with the next time. */
  | { readonly type: 'stateChanged'; readonly state: Panel['state'] }
  | CallMessage<Panel['requests']>
  | { readonly type: 'news'; readonly news: Panel['told'] };

/** What the extension sends to a panel's page. */
export type ToPanel<Panel extends PanelContract> =
  /** Show this, in place of what is shown. `opening`: tells one wish from the next; a page that has heard it does nothing. */
  | { readonly type: 'open'; readonly state: Panel['state']; readonly opening: number }
  | ReplyMessage
  | { readonly type: 'news'; readonly news: Panel['heard'] };
