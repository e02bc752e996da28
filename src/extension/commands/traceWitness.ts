/** Trace a Packet to This Rule: one that the rule in which the cursor stands matches. */
import * as vscode from 'vscode';
import { witnessRequest } from '../../protocol/witness.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { visibleAtLength } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';

/** Opens the trace panel, or says why no packet gets there. */
export async function traceWitness({
  server,
  panels,
}: {
  readonly server: RulesServer;
  readonly panels: TracePanels;
}): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const { uri } = editor.document;
  const params = { uri: uri.toString(), line: editor.selection.active.line };
  const answer = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Looking for a packet that this rule matches …'),
      cancellable: true,
    },
    (_, token) => server.ask(witnessRequest, params, token),
  );
  if (answer.kind === 'none') void vscode.window.showInformationMessage(visibleAtLength(answer.message));
  else {
    const { form, decisions } = answer;
    panels.open({ uri: uri.toString(), name: documentName(uri), form, decisions, run: true });
  }
}
