/**
 * The language server's own requests, beside LSP. All of it is plain JSON. `uri` is the document that the user sees; the
 * server answers for the snapshot that it belongs to.
 */
import type { SourceId } from '../kernel/ruleAt.ts';
import type { Decision } from '../kernel/trace.ts';
import type { ObjectChanges } from '../kubernetes/objectChanges.ts';
import type { Choice } from '../kubeproxy/choices/choice.ts';
import type { DecidingNode } from '../kubeproxy/choices/decidingNode.ts';
import type { FieldError, FlowForm } from '../kubeproxy/form/flowForm.ts';
import type { Difference, NodeSummary } from '../kubeproxy/journey/sideBySide.ts';
import type { ConsideredPage } from '../kubeproxy/narrative/considered.ts';
import type { FailureKind } from '../kubeproxy/narrative/failureKind.ts';
import type { Narrative, NarrativeContinuation } from '../kubeproxy/narrative/narrative.ts';
import type { Drawing } from '../kubeproxy/picture/drawing.ts';
import type { TreeNode, TreeOrder } from '../kubeproxy/tree/tree.ts';
import type { RowFilter } from '../kubeproxy/tree/narrowedRows.ts';
import type { TreeStep } from '../kubeproxy/tree/rowsTo.ts';

/** A method name with its types: `params` and `result` are never set, they only carry the types. */
export interface RequestName<Params, Result> {
  readonly method: string;
  readonly params?: Params;
  readonly result?: Result;
}

function request<Params, Result>(method: string): RequestName<Params, Result> {
  return { method };
}

/** Lines and characters from 0. */
export interface TextLocation {
  readonly uri: string;
  readonly line: number;
  readonly startCharacter: number;
  readonly endCharacter: number;
}

/** A page of something long: `total` counts all, `items` holds those asked for. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** A row of the Rules view. `location` is where the rules have it; null for a row that stands for no line. */
export interface TreeRow extends TreeNode {
  readonly location: TextLocation | null;
  /** Of filtered rows: what the rows below this one are to be asked with; null for all of them. */
  readonly below: RowFilter | null;
}

/** Which rows: the children of `parent` from `offset` on, at most `limit`. A parent that is not there has none. */
export interface TreeParams {
  readonly uri: string;
  readonly order: TreeOrder;
  /** Null for the top. */
  readonly parent: string | null;
  readonly offset: number;
  readonly limit: number;
  /** The whole one at the top, below a row its `below`. Without it all rows are meant. */
  readonly filter?: RowFilter | null;
}

/** The answer to `treeRequest`. */
export interface TreeRows extends Page<TreeRow> {
  /** How many findings of Services were known when the rows were made. */
  readonly found: number;
}

export interface FoundInTreeParams {
  readonly uri: string;
  /** Of the rows that are shown. */
  readonly found: number;
}

/** Where a chain stands in the tree: answered with the rows down to it, empty where the order has none. */
export interface TreePathParams {
  readonly uri: string;
  readonly order: TreeOrder;
  readonly table: string;
  readonly chain: string;
}

/** What the trace form offers; filtered by the server for `query`, so that 10,000 Services stay quick. */
export interface ChoicesParams {
  readonly uri: string;
  readonly side: 'source' | 'destination';
  readonly query: string;
  readonly limit: number;
  /** Of a destination: who sends, as the form has it; a Service is reached by other addresses from outside. */
  readonly from?: string;
  /** Whether what was typed is a choice, too: the last one, where it can be read or nothing else is found. Default false. */
  readonly typed?: boolean;
  /** Only what needs no work, while the whole list is still being made. Default false. */
  readonly atHand?: boolean;
}

export type { Choice, DecidingNode, FieldError, FlowForm, NodeSummary };

/** A form with nothing filled in: each field is worked out, but for the two ends, which a trace needs. */
export const emptyForm: FlowForm = {
  from: '',
  to: '',
  protocol: '',
  state: '',
  mark: '',
  interface: '',
  ttl: '',
  tcpFlags: '',
};

/** Which packet, through which rules, and how the user decided what is not known. */
export interface TraceParams {
  readonly uri: string;
  readonly form: FlowForm;
  readonly decisions: readonly Decision[];
}

/** The documents of a node's rules, by source; a source that is not there is left out. */
export type SourceUris = Readonly<Partial<Record<SourceId, string>>>;

/** Rules of another node that a trace would go on through. */
export interface WantedRules {
  readonly node: string;
  /** The document to open: `kube-proxy:/CONTEXT/NODE/iptables-save`, or beside saved snapshots `…/NODE/iptables-save.txt`. */
  readonly uri: string;
}

/** What becomes of the packet; or what is wrong with the form, field by field; or why there is nothing to trace. */
export type TraceAnswer =
  | {
      readonly kind: 'answer';
      readonly narrative: Narrative;
      /** Of the rules that were followed, for revealing steps. */
      readonly uris: SourceUris;
      /** How the form was understood: `pod client, enters by cni0`, `ClusterIP of default/web:http`. */
      readonly fromNote: string;
      readonly toNote: string;
      /** The command line that gives the same, JSON as the command line prints it, Markdown for a ticket. */
      readonly copies: {
        readonly command: string;
        readonly json: string;
        readonly markdown: string;
        readonly mermaid: string;
        readonly svg: string;
      };
      /** The way as a picture, for a wide and for a narrow place. */
      readonly picture: { readonly across: Drawing; readonly upright: Drawing };
      /** The packets that leave for other nodes, each followed through that node's rules where the server has them. */
      readonly continuations: readonly NarrativeContinuation[];
      /** Of the nodes that were followed, by name: as `uris`. */
      readonly nodeUris: Readonly<Record<string, SourceUris>>;
      /** The rules that would tell more, and the client does not hold: the panel offers to get them (`getRules`). */
      readonly wanted: readonly WantedRules[];
    }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] }
  /** The document cannot be traced: what is so, and what to do. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** The rules of a chain that a step passed by: indexes `from` to `to`, both included, at most `limit` of them. */
export interface ConsideredParams {
  readonly uri: string;
  readonly form: FlowForm;
  readonly decisions: readonly Decision[];
  /** The ids of the continuations that lead to the node that is asked; left out for the first. */
  readonly leg?: readonly string[];
  readonly outcome: string;
  readonly table: string;
  readonly chain: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly kind?: FailureKind;
  /** Only rules whose text has each of these words. */
  readonly words?: string;
}

/** The same packet, asked of several nodes whose rules are open documents. */
export interface TraceOnNodesParams {
  readonly uris: readonly string[];
  readonly form: FlowForm;
  readonly decisions: readonly Decision[];
}

/** What one node would do with it, in the order of `uris`. */
export interface NodeAnswer {
  readonly uri: string;
  /** Its name, or the document's path. */
  readonly node: string;
  /** Null where it cannot be told: `message` says why. */
  readonly summary: NodeSummary | null;
  readonly message: string;
  /** How the source was understood there. */
  readonly fromNote: string;
  /** That the question is another one there, since the source sends from another node; else empty. */
  readonly note: string;
  /** In what it is not as on most of these nodes. */
  readonly differs: readonly Difference[];
}

/** The state of one document, for the status item. */
export interface DocumentStatus {
  readonly uri: string;
  readonly format: 'save' | 'commands' | 'listing' | 'empty' | 'foreign';
  /** `kube-proxy 1.24 or later, iptables (nf_tables), IPv4` */
  readonly summary: string;
  readonly rules: number;
  readonly chains: number;
  /** Which snapshot files were found beside it. */
  readonly files: readonly string[];
  /** What does not work for this document, and why. */
  readonly limits: readonly string[];
}

/** The rules of a listing as iptables-save would print them; null for a document that is none. */
export const savedRulesRequest = request<{ readonly uri: string }, string | null>('kubeProxy/savedRules');

/** The rows of the Rules view, a page at a time. A document that is not open has none. */
export const treeRequest = request<TreeParams, TreeRows>('kubeProxy/tree');
/** The order that fits the rules of a document: by Service where kube-proxy is; null for a document that is not open. */
export const treeOrderRequest = request<{ readonly uri: string }, TreeOrder | null>('kubeProxy/treeOrder');
/**
 * Looks for all that is found of Services, behind everything else, and says whether rows by Service now tell more than those that
 * counted `found`. False for a document that is not open, or that changed meanwhile.
 */
export const foundInTreeRequest = request<FoundInTreeParams, boolean>('kubeProxy/foundInTree');
/** The way down to a chain's row; empty where there is none. */
export const treePathRequest = request<TreePathParams, readonly TreeStep[]>('kubeProxy/treePath');
/** Where a Service stands in the rules and in the tree by Service. */
export interface ServicePlaceParams {
  readonly uri: string;
  readonly namespace: string;
  readonly name: string;
}
/** The answer to `servicePlaceRequest`. */
export interface ServicePlace {
  /** The first rule of its first port; null where the rules have none for it. */
  readonly location: TextLocation | null;
  /** The rows down to its own; empty where there is none. */
  readonly path: readonly TreeStep[];
}
/** Where a Service is. One that the rules do not know has no location and no path. */
export const servicePlaceRequest = request<ServicePlaceParams, ServicePlace>('kubeProxy/servicePlace');

export interface ServicesParams {
  readonly uri: string;
  /** Words that the name holds. */
  readonly query: string;
  readonly limit: number;
}

/** A Service port, and where its first frontend is taken. */
export interface ServiceFound {
  /** `default/web:http` */
  readonly name: string;
  /** `TCP 10.96.12.3:80 · 3 endpoints` */
  readonly description: string;
  readonly location: TextLocation;
}

export interface CountersParams {
  readonly uri: string;
  /** From 0; `endLine` is the first that is not asked about. */
  readonly startLine: number;
  readonly endLine: number;
}

/** A rule's line, from 0, and how often it matched: `hot` a tenth of the most of all rules or more, `never` not once. */
export interface CountedLine {
  readonly line: number;
  readonly heat: 'hot' | 'cold' | 'never';
  readonly packets: number;
  readonly bytes: number;
}

/** Counters of rules; none where no rule has counted anything. */
export const countersRequest = request<CountersParams, readonly CountedLine[]>('kubeProxy/counters');

/** Service ports that have rules, by name. */
export const servicesRequest = request<ServicesParams, readonly ServiceFound[]>('kubeProxy/services');

/**
 * What may be chosen in the form of a trace: what holds every word of `query`. A document that is not open offers
 * nothing.
 */
export const choicesRequest = request<ChoicesParams, readonly Choice[]>('kubeProxy/choices');
/**
 * The trace of one packet. A form that cannot be read is answered as `invalid`, a document that is not open as
 * `unavailable`.
 */
export const traceRequest = request<TraceParams, TraceAnswer>('kubeProxy/trace');
/** Why rules did not match, one by one. Empty where the form cannot be read, or the document is not open. */
export const consideredRequest = request<ConsideredParams, ConsideredPage>('kubeProxy/considered');
/** The same packet on several nodes; a node that cannot be asked says why in its own answer. */
export const traceOnNodesRequest = request<TraceOnNodesParams, readonly NodeAnswer[]>(
  'kubeProxy/traceOnNodes',
);
/** The state of a document; null for one that is not open. */
export const statusRequest = request<{ readonly uri: string }, DocumentStatus | null>('kubeProxy/status');

/** What a text is that no document holds. */
export interface PastedText {
  readonly rules: number;
  readonly chains: number;
  /** Of one without rules, with its article: `YAML`, `a web page`, `text without rules`. */
  readonly what: string;
  /** The language to open it in. */
  readonly language: 'iptables' | 'nftables' | 'ipvsadm';
}

/** Of a text that is in no document: on the clipboard, the beginning of a file. */
export const pastedRequest = request<{ readonly text: string }, PastedText>('kubeProxy/pasted');

/**
 * Server to client: those of the snapshot's files `names` that lie beside `uri`; the client reads them through VS Code's
 * file system, watches them from then on, and leaves out what is not there.
 */
export const siblingsRequest = request<
  { readonly uri: string; readonly names: readonly string[] },
  { readonly files: Readonly<Record<string, { readonly uri: string; readonly text: string }>> }
>('kubeProxy/siblings');

/**
 * Server to client: opens a document whose text the client holds (a live node that was read, a snapshot beside), so that
 * the server gets it before the answer; nobody is asked for it. False where the client holds no such text.
 */
export const openHeldRequest = request<UriNotification, boolean>('kubeProxy/openHeld');

/** A file that the server is to hold, as the document `uri`, without an editor's. */
export interface HoldFileParams {
  readonly uri: string;
  /** Where the server's own machine has it. */
  readonly path: string;
}

/** What is held now; or why the file is not. */
export type HeldFile =
  | {
      readonly kind: 'held';
      /** Of the file. */
      readonly bytes: number;
      readonly rules: number;
      readonly chains: number;
      /** What is odd about its bytes, in a sentence; null where nothing is. */
      readonly problem: string | null;
    }
  /** In a sentence about the file. */
  | { readonly kind: 'refused'; readonly why: string };

/** Reads rules of any size; again what is held already. What it is asked about `uri` is answered until it is released. */
export const holdFileRequest = request<HoldFileParams, HeldFile>('kubeProxy/holdFile');
/** Gives the memory of a held file back. */
export const releaseFileRequest = request<UriNotification, null>('kubeProxy/releaseFile');
/** The text of an excerpt (see `excerptUri.ts`); null where its file is not held, or has no such lines. */
export const excerptRequest = request<UriNotification, string | null>('kubeProxy/excerpt');
/** Where a place of a held file is shown: in an excerpt of it. Of any other document the place itself. */
export const shownPlaceRequest = request<TextLocation, TextLocation>('kubeProxy/shownPlace');

/** Server to client: how much of a file that is to be held has been read, from 0 to 1. */
export const fileProgress = 'kubeProxy/fileProgress';
export interface FileProgress {
  readonly uri: string;
  readonly done: number;
}

/** Client to server: a snapshot file beside an open document changed, appeared or went. */
export const siblingsChanged = 'kubeProxy/siblingsChanged';
/** Server to client: trees and traces of `uri` may have changed. */
export const documentChanged = 'kubeProxy/documentChanged';
/** The document that a notification is about. */
export interface UriNotification {
  readonly uri: string;
}

/**
 * Client to server: the objects of an open context, first all of them, then what changes. They serve every document
 * under `kube-proxy:/CONTEXT/`, in place of an `objects.json`.
 */
export const liveObjectsChanged = 'kubeProxy/liveObjectsChanged';
/** Objects of one open context, and what is known about them being all. */
export interface LiveObjectsParams extends ObjectChanges {
  readonly context: string;
  /** A watch of the context is broken now: what is known of its objects may be old. */
  readonly stale: boolean;
  /** The context was closed: forget it. */
  readonly closed: boolean;
}

/** What may be chosen to trace in a cluster before any node's rules are had: answered from the live objects alone. */
export interface ClusterChoicesParams {
  readonly context: string;
  readonly side: 'source' | 'destination';
  /** Only what this Pod or node (`default/client`, `node-1`) sends from, or this Service (`default/web`) is reached by; null = all. */
  readonly name: string | null;
  readonly query: string;
  readonly limit: number;
  /** As in `ChoicesParams`. */
  readonly typed?: boolean;
}

/** As `choicesRequest`, from the objects of an open context; empty for a context that is not open. */
export const clusterChoicesRequest = request<ClusterChoicesParams, readonly Choice[]>(
  'kubeProxy/clusterChoices',
);

/** Whose rules decide what happens to a packet of this form first. */
export interface DecidingNodeParams {
  readonly context: string;
  readonly form: FlowForm;
}
/** The node whose rules a packet meets first, from the objects of an open context. */
export const decidingNodeRequest = request<DecidingNodeParams, DecidingNode>('kubeProxy/decidingNode');
