/**
 * Commands that the server's hovers and lenses may link to. The manifest declares them, src/extension/commands answers them;
 * each takes one argument, plain JSON: `command:kubeProxy.trace.tracePacket?[{"uri":"…","to":"default/web:http"}]`.
 */
import type { FlowForm, TextLocation } from './requests.ts';

/** Opens the trace panel. Without `to` the source and the destination are asked for; with it the trace runs at once. */
export const tracePacketCommand = 'kubeProxy.trace.tracePacket';
/** Through which rules, and what is known of the packet, in the words of the trace form; the rest is asked. */
export interface TracePacketArgument {
  readonly uri: string;
  readonly from?: FlowForm['from'];
  readonly to?: FlowForm['to'];
  readonly protocol?: FlowForm['protocol'];
}

/** Opens the panel that says why a Service does not answer. Without `service` it is asked for. */
export const diagnoseServiceCommand = 'kubeProxy.diagnose.diagnoseService';
/** In which rules, and the Service as `diagnose --service` takes it. */
export interface DiagnoseServiceArgument {
  readonly uri: string;
  readonly service?: string;
}

/** Opens the Rules view at a chain. */
export const showInTreeCommand = 'kubeProxy.rules.showInTree';
/** A chain of the rules in `uri`. Where the tree's order has no row for it the other is shown; a message says when neither has. */
export interface ShowInTreeArgument {
  readonly uri: string;
  readonly table: string;
  readonly chain: string;
}

/** Goes to a place in the rules. */
export const revealLocationCommand = 'kubeProxy.rules.revealLocation';
/** The place to go to. */
export type RevealLocationArgument = TextLocation;

/** Opens the rules that a listing of iptables -L shows as a document of their own. */
export const convertListingCommand = 'kubeProxy.rules.convertListing';
/** The listing. */
export interface ConvertListingArgument {
  readonly uri: string;
}

/** Ends the lines of a document with LF. */
export const useLineFeedsCommand = 'kubeProxy.rules.useLineFeeds';
/** The document. */
export interface UseLineFeedsArgument {
  readonly uri: string;
}

/** Opens the references of the name that stands there. */
export const showReferencesCommand = 'kubeProxy.rules.showReferences';
/** Where the name stands. Line and character from 0. */
export interface ShowReferencesArgument {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** Shows an object of a live cluster as YAML, read only and kept up to date. */
export const openObjectCommand = 'kubeProxy.cluster.openObject';
/** One object of an open context, by its names. */
export interface OpenObjectArgument {
  readonly context: string;
  readonly resource: 'services' | 'endpointslices' | 'nodes' | 'pods' | 'networkpolicies';
  /** Null for a node. */
  readonly namespace: string | null;
  readonly name: string;
}

/** What a hover may call: everything else in it is text. */
export const linkableCommands = [
  tracePacketCommand,
  diagnoseServiceCommand,
  showInTreeCommand,
  revealLocationCommand,
  showReferencesCommand,
  openObjectCommand,
] as const;
