/** Why Not This Rule?: what the packet of the trace panel makes of the rule in which the cursor stands. */
import * as vscode from 'vscode';
import { whyNotRequest } from '../../protocol/witness.ts';
import { wholeOf } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';

/** Says it in a message; without a traced packet, how to get one. */
export async function whyNotThisRule({
  server,
  panels,
}: {
  readonly server: RulesServer;
  readonly panels: TracePanels;
}): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const { uri } = editor.document;
  const traced = panels.stateOf(wholeOf(uri).toString());
  if (traced === null || traced.form.from === '' || traced.form.to === '') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No packet is traced through these rules: use "Trace Packet…" first.'),
    );
    return;
  }
  const { form, decisions } = traced;
  const params = { uri: uri.toString(), line: editor.selection.active.line, form, decisions };
  const { says } = await server.ask(whyNotRequest, params);
  const packet = inMessage(`${form.from} → ${form.to}`);
  void vscode.window.showInformationMessage(inMessage(vscode.l10n.t('{0}: {1}', packet, says)));
}
