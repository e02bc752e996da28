/** Rules from the clipboard: most people have them in a ticket or a terminal, and in no file. */
import * as vscode from 'vscode';
import { pastedRequest } from '../../protocol/requests.ts';
import { MOST_HANDED_OVER } from '../documents/vscodeLimits.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { RulesView } from '../views/rulesView.ts';

/** Opens what the clipboard holds as rules, with their tree by Service; says what to do where it holds none. */
export async function explorePasted(server: RulesServer, view: RulesView): Promise<void> {
  const text = await vscode.env.clipboard.readText();
  const found = await languageOf(server, text);
  if ('refusal' in found) {
    await offerFiles(found.refusal);
    return;
  }
  const document = await vscode.workspace.openTextDocument({ ...found, content: text });
  await vscode.window.showTextDocument(document, { preview: false });
  view.showByService(document.uri);
  await vscode.commands.executeCommand('kubeProxy.rules.focus');
}

/** What the rules are written in; why there is nothing to explore, and what to do. */
async function languageOf(
  server: RulesServer,
  text: string,
): Promise<{ readonly language: string } | { readonly refusal: string }> {
  if (text.trim() === '') {
    return {
      refusal: vscode.l10n.t(
        'The clipboard is empty. Copy rules first: what "iptables-save", "iptables -S" or "iptables -L" prints, or a part of it.',
      ),
    };
  }
  if (text.length > MOST_HANDED_OVER) {
    return {
      refusal: vscode.l10n.t(
        'The clipboard holds too much for an editor. Save it to a file, and check that in a terminal.',
      ),
    };
  }
  const { rules, what, language } = await server.ask(pastedRequest, { text });
  if (rules > 0) return { language };
  return {
    refusal: vscode.l10n.t(
      'The clipboard holds no rules of iptables, but {0}. Copy what "iptables-save", "iptables -S" or "iptables -L" prints, or a part of it.',
      what,
    ),
  };
}

async function offerFiles(message: string): Promise<void> {
  const open = vscode.l10n.t('Open Dump…');
  const chosen = await vscode.window.showInformationMessage(inMessage(message), open);
  if (chosen === open) await vscode.commands.executeCommand('kubeProxy.rules.openDump');
}
