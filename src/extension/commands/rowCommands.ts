/** What the menus of the Rules view do with a row. */
import * as vscode from 'vscode';
import type { ShowReferencesArgument } from '../../protocol/commands.ts';
import { namePosition, type RulesElement } from '../views/rulesTree.ts';
import { rowAddress, traceSource, traceTarget } from '../views/rowItem.ts';
import { revealLocation } from './revealLocation.ts';
import type { TracePacket } from './tracePacket.ts';

/** The address of a row to the clipboard; the empty text where it has none. */
export async function copyAddress(element: RulesElement): Promise<void> {
  if (element.kind === 'row') await vscode.env.clipboard.writeText(rowAddress(element.row) ?? '');
}

/** The name of a row's chain to the clipboard; the empty text where it has none. */
export async function copyChainName(element: RulesElement): Promise<void> {
  if (element.kind === 'row') await vscode.env.clipboard.writeText(element.row.chain ?? '');
}

/** The row's place in an editor; nothing where the rules do not have it. */
export async function revealRule(element: RulesElement): Promise<void> {
  if (element.kind === 'row' && element.row.location !== null) await revealLocation(element.row.location);
}

/** The hover, at the rule. */
export async function explainChain(element: RulesElement): Promise<void> {
  if (element.kind !== 'row' || element.row.location === null) return;
  const position = await namePosition(element.row);
  const { uri, line } = element.row.location;
  const at = { uri, line, startCharacter: position.character, endCharacter: position.character };
  await revealLocation(at);
  await vscode.commands.executeCommand('editor.action.showHover', { focus: 'noAutoFocus' });
}

/** All uses of the chain or set that a row names; nothing where the row has no place. */
export async function findReferences(element: RulesElement): Promise<void> {
  if (element.kind !== 'row' || element.row.location === null) return;
  const { line, character } = await namePosition(element.row);
  await showReferences({ uri: element.row.location.uri, line, character });
}

/** The references view of what is named at a place. Line and character from 0. */
export async function showReferences({ uri, line, character }: ShowReferencesArgument): Promise<void> {
  await revealLocation({ uri, line, startCharacter: character, endCharacter: character });
  await vscode.commands.executeCommand('editor.action.referenceSearch.trigger');
}

/** Asks for the source only. */
export async function traceToRow(trace: TracePacket, uri: string, element: RulesElement): Promise<void> {
  if (element.kind !== 'row') return;
  const to = traceTarget(element.row);
  const { protocol } = element.row;
  await trace.run({ uri, ...(to === null ? {} : { to }), ...(protocol === null ? {} : { protocol }) });
}

/** From the Pod or address of a row; asks for the destination only. */
export async function traceFromRow(trace: TracePacket, uri: string, element: RulesElement): Promise<void> {
  const from = element.kind === 'row' ? traceSource(element.row) : null;
  if (from !== null) await trace.run({ uri, from });
}
