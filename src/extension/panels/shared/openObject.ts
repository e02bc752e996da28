/** Shows the object that a panel names. */
import * as vscode from 'vscode';
import { openObjectCommand, type OpenObjectArgument } from '../../../protocol/commands.ts';
import { liveAddress } from '../../documents/snapshotUris.ts';

/** `uri`: the panel's rules. Nothing is shown beside rules that are no live node's: no cluster is asked for it. */
export function openObject(uri: string, object: Omit<OpenObjectArgument, 'context'>): void {
  const context = liveAddress(vscode.Uri.parse(uri, true))?.context;
  if (context === undefined) return;
  const argument: OpenObjectArgument = { context, ...object };
  void vscode.commands.executeCommand(openObjectCommand, argument);
}
