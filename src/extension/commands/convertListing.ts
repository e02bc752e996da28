import * as vscode from 'vscode';
import type { ConvertListingArgument } from '../../protocol/commands.ts';
import { savedRulesRequest } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { rulesLanguage } from '../documents/rulesDocument.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';

/** Opens the rules that a listing shows, as iptables-save would print them. Without an argument of the rules that are looked at. */
export async function convertListing(
  server: RulesServer,
  current: CurrentRules,
  argument: ConvertListingArgument | undefined,
): Promise<void> {
  const uri = argument?.uri ?? current.uri?.toString();
  const content = uri === undefined ? null : await server.request(savedRulesRequest, { uri });
  if (content === null) {
    const message = vscode.l10n.t('Open a listing first: the output of iptables -L.');
    void vscode.window.showInformationMessage(inMessage(message));
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: rulesLanguage, content });
  await vscode.window.showTextDocument(document, { preview: false });
}
