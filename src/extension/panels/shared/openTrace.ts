import type * as vscode from 'vscode';
import type { FlowForm } from '../../../protocol/requests.ts';

/** Opens the trace panel on a packet through the rules of a document, in the column where it was asked for. */
export type OpenTrace = (uri: string, form: FlowForm, column: vscode.ViewColumn | undefined) => void;
