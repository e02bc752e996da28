/** What the menus of the Rules view do with a row. */
import * as vscode from 'vscode';
import type { ShowReferencesArgument } from '../../protocol/commands.ts';
import { namePosition, type RulesElement } from '../views/rulesTree.ts';
import { rowAddress, traceTarget } from '../views/rowItem.ts';
import { revealLocation } from './revealLocation.ts';
import type { TracePacket } from './tracePacket.ts';

export async function copyAddress(element: RulesElement): Promise<void> {
  if (element.kind === 'row') await vscode.env.clipboard.writeText(rowAddress(element.row) ?? '');
}

export async function copyChainName(element: RulesElement): Promise<void> {
  if (element.kind === 'row') await vscode.env.clipboard.writeText(element.row.chain ?? '');
}

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

export async function findReferences(element: RulesElement): Promise<void> {
  if (element.kind !== 'row' || element.row.location === null) return;
  const { line, character } = await namePosition(element.row);
  await showReferences({ uri: element.row.location.uri, line, character });
}

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
