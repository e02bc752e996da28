/**
 * Commands that the server's hovers and lenses may link to. The manifest declares them, src/extension/commands answers them;
 * each takes one argument, plain JSON: `command:kubeProxy.trace.tracePacket?[{"uri":"…","to":"default/web:http"}]`.
 */
import type { FlowForm, TextLocation } from './requests.ts';

/** Opens the trace panel. Without `to` the source and the destination are asked for; with it the trace runs at once. */
export const tracePacketCommand = 'kubeProxy.trace.tracePacket';
export interface TracePacketArgument {
  readonly uri: string;
  readonly from?: FlowForm['from'];
  readonly to?: FlowForm['to'];
  readonly protocol?: FlowForm['protocol'];
}

/** Opens the Rules view at a chain. */
export const showInTreeCommand = 'kubeProxy.rules.showInTree';
export interface ShowInTreeArgument {
  readonly uri: string;
  readonly table: string;
  readonly chain: string;
}

/** Goes to a place in the rules. */
export const revealLocationCommand = 'kubeProxy.rules.revealLocation';
export type RevealLocationArgument = TextLocation;

/** Opens the references of the name that stands there. */
export const showReferencesCommand = 'kubeProxy.rules.showReferences';
export interface ShowReferencesArgument {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** Shows an object of a live cluster as YAML, read only and kept up to date. */
export const openObjectCommand = 'kubeProxy.cluster.openObject';
export interface OpenObjectArgument {
  readonly context: string;
  readonly resource: 'services' | 'endpointslices' | 'nodes' | 'pods';
  /** Null for a node. */
  readonly namespace: string | null;
  readonly name: string;
}

/** What a hover may call: everything else in it is text. */
export const linkableCommands = [
  tracePacketCommand,
  showInTreeCommand,
  revealLocationCommand,
  showReferencesCommand,
  openObjectCommand,
] as const;
