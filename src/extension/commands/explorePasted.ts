/** Rules from the clipboard: most people have them in a ticket or a terminal, and in no file. */
import * as vscode from 'vscode';
import { pastedRequest } from '../../protocol/requests.ts';
import { rulesLanguage } from '../documents/rulesDocument.ts';
import { MOST_HANDED_OVER } from '../documents/vscodeLimits.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { RulesView } from '../views/rulesView.ts';

/** Opens what the clipboard holds as rules, with their tree by Service; says what to do where it holds none. */
export async function explorePasted(server: RulesServer, view: RulesView): Promise<void> {
  const text = await vscode.env.clipboard.readText();
  const refusal = await refusalOf(server, text);
  if (refusal !== null) {
    await offerFiles(refusal);
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: rulesLanguage, content: text });
  await vscode.window.showTextDocument(document, { preview: false });
  view.setOrder('service');
  await vscode.commands.executeCommand('kubeProxy.rules.focus');
}

/** Why there is nothing to explore, and what to do; null where there are rules. */
async function refusalOf(server: RulesServer, text: string): Promise<string | null> {
  if (text.trim() === '') {
    return vscode.l10n.t(
      'The clipboard is empty. Copy rules first: what "iptables-save", "iptables -S" or "iptables -L" prints, or a part of it.',
    );
  }
  if (text.length > MOST_HANDED_OVER) {
    return vscode.l10n.t(
      'The clipboard holds too much for an editor. Save it to a file, and check that in a terminal.',
    );
  }
  const { rules, what } = await server.ask(pastedRequest, { text });
  if (rules > 0) return null;
  return vscode.l10n.t(
    'The clipboard holds no rules of iptables, but {0}. Copy what "iptables-save", "iptables -S" or "iptables -L" prints, or a part of it.',
    what,
  );
}

async function offerFiles(message: string): Promise<void> {
  const open = vscode.l10n.t('Open Dump…');
  const chosen = await vscode.window.showInformationMessage(inMessage(message), open);
  if (chosen === open) await vscode.commands.executeCommand('kubeProxy.rules.openDump');
}
