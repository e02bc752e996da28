/** Save as Test…: the trace of the panel as a line of a flows file, which expects what comes of it now. */
import * as vscode from 'vscode';
import { type ShownPacket, writeFlowRequest } from '../../protocol/flowTests.ts';
import { beside } from '../documents/snapshotUris.ts';
import { documentName } from '../documents/rulesDocument.ts';
import { inMessage, inPick, visible } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { RulesOfFlows } from './rulesOfFlows.ts';

/** A trace, and the rules that it went through. */
export interface TraceToSave extends ShownPacket {
  readonly uri: string;
}

/** Asks for the test's name, and for a file where the rules have no folder to write to. Answers the file; null where the user takes it back. */
export async function saveAsTest(
  server: RulesServer,
  rulesOf: RulesOfFlows,
  { uri, form, decisions }: TraceToSave,
): Promise<vscode.Uri | null> {
  const now = await server.request(writeFlowRequest, { uri, form, decisions, id: '' });
  if (now.kind === 'none') {
    void vscode.window.showWarningMessage(inMessage(now.message));
    return null;
  }
  const id = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save as Test'),
    prompt: vscode.l10n.t('The test’s name. It expects what comes now: {0}.', now.ends),
    value: visible(`${form.from} → ${form.to}`),
    ignoreFocusOut: true,
  });
  if (id === undefined) return null;
  const line = await server.request(writeFlowRequest, { uri, form, decisions, id: id.trim() });
  if (line.kind === 'none') return null;
  const rules = vscode.Uri.parse(uri, true);
  const file = await fileFor(rules);
  if (file === null) return null;
  const own = await rulesOf.of(file);
  if (own?.toString() !== uri && !(await judgedByThese(rulesOf, file, own, rules))) return null;
  await append(file, line.text);
  void offer(file);
  return file;
}

/** Beside the rules, where that is a folder of files; else the user says where. */
async function fileFor(rules: vscode.Uri): Promise<vscode.Uri | null> {
  if (vscode.workspace.fs.isWritableFileSystem(rules.scheme) === true && rules.scheme !== 'untitled') {
    return beside(rules, 'flows.jsonl');
  }
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const chosen = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as Test'),
    filters: { [vscode.l10n.t('Flows')]: ['jsonl'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, 'flows.jsonl') }),
  });
  return chosen ?? null;
}

/** A file is judged by one node's rules: those of the trace, unless it has others already and the user wants to keep them. */
async function judgedByThese(
  rulesOf: RulesOfFlows,
  file: vscode.Uri,
  own: vscode.Uri | null,
  rules: vscode.Uri,
): Promise<boolean> {
  if (own === null) {
    await rulesOf.remember(file, rules);
    return true;
  }
  const add = vscode.l10n.t('Add It');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} is judged by {1}, and this trace went through {2}.',
      inMessage(documentName(file)),
      inMessage(documentName(own)),
      inMessage(documentName(rules)),
    ),
    { modal: true },
    add,
  );
  return chosen === add;
}

/** Behind the last line. What an editor has unsaved of the file is saved with it. */
async function append(file: vscode.Uri, line: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(file, { ignoreIfExists: true });
  await vscode.workspace.applyEdit(edit);
  const document = await vscode.workspace.openTextDocument(file);
  const text = document.getText();
  const addition = new vscode.WorkspaceEdit();
  const before = text === '' || text.endsWith('\n') ? '' : '\n';
  addition.insert(file, document.positionAt(text.length), `${before}${line}\n`);
  if (!(await vscode.workspace.applyEdit(addition)) || !(await document.save())) {
    throw new Error(vscode.l10n.t('{0} cannot be written.', visible(file.path)));
  }
}

async function offer(file: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('Saved as a test in {0}.', inPick(vscode.workspace.asRelativePath(file)));
  if ((await vscode.window.showInformationMessage(message, open)) !== open) return;
  const document = await vscode.workspace.openTextDocument(file);
  const end = new vscode.Position(document.lineCount, 0);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end) });
}
