import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { compareRequest } from '../../src/protocol/comparison.ts';
import { tracePacketCommand } from '../../src/protocol/commands.ts';
import { statusRequest } from '../../src/protocol/requests.ts';
import { extension, nextEvent, workspaceFile } from './support.ts';
import { Suite } from './runner.ts';

export const whatIf = new Suite('what if');

function panels(kind: string): readonly string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(`kubeProxy.${kind}`),
    )
    .map(({ label }) => label);
}

function copyOf(rules: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    ({ uri }) =>
      uri.scheme === 'untitled' && uri.path === rules.path.replace('/refused/', '/refused (what if)/'),
  );
}

whatIf.test('a copy of the rules stands in their node, and what it changes is told', async () => {
  const rules = workspaceFile('refused/iptables-save.txt');
  await vscode.window.showTextDocument(rules);
  const argument = { uri: rules.toString(), from: 'pod:10.244.1.7', to: 'shop/three:http', protocol: 'tcp' };
  const traced = nextEvent(vscode.window.tabGroups.onDidChangeTabs, () => panels('trace').length > 0);
  await vscode.commands.executeCommand(tracePacketCommand, argument);
  await traced;
  const compared = nextEvent(vscode.window.tabGroups.onDidChangeTabs, () => panels('compare').length > 0);
  await vscode.commands.executeCommand('kubeProxy.compare.whatIf', rules);
  await compared;
  assert.deepEqual(panels('compare'), [
    'Compare: refused/iptables-save.txt ↔ refused (what if)/iptables-save.txt',
  ]);
  assert.equal(panels('trace').length, 2);
  const copy = copyOf(rules);
  assert.ok(copy);
  assert.equal(copy.languageId, 'iptables');
  const { server } = extension().exports;
  const status = await server.request(statusRequest, { uri: copy.uri.toString() });
  assert.ok(status?.files.includes('ip-route.json'), JSON.stringify(status));
  const params = { before: rules.toString(), after: copy.uri.toString(), beforeText: null };
  const same = await server.ask(compareRequest, params);
  assert.ok(same.kind === 'comparison' && same.isSame, JSON.stringify(same));
  const edit = new vscode.WorkspaceEdit();
  const at = copy.getText().indexOf(':FORWARD ACCEPT', copy.getText().indexOf('*filter'));
  assert.ok(at > 0);
  const start = copy.positionAt(at);
  edit.replace(
    copy.uri,
    new vscode.Range(start, start.translate(0, ':FORWARD ACCEPT'.length)),
    ':FORWARD DROP',
  );
  await vscode.workspace.applyEdit(edit);
  const changed = await server.ask(compareRequest, params);
  assert.ok(changed.kind === 'comparison' && changed.ways.length > 0, JSON.stringify(changed));
});

whatIf.test('the same rules have one copy', async () => {
  const rules = workspaceFile('refused/iptables-save.txt');
  const before = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'untitled').length;
  await vscode.commands.executeCommand('kubeProxy.compare.whatIf', rules);
  assert.equal(vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'untitled').length, before);
  const copy = copyOf(rules);
  assert.ok(copy);
  await vscode.window.showTextDocument(copy);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
