import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { tracePacketCommand } from '../../src/protocol/commands.ts';
import { choicesRequest, emptyForm, traceRequest } from '../../src/protocol/requests.ts';
import { extension, nextEvent, openDump } from './support.ts';
import { Suite } from './runner.ts';

export const tracePanel = new Suite('trace panel');

function panels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('kubeProxy.trace'),
    );
}

tracePanel.test('the choices of a trace come by name', async () => {
  const { uri } = await openDump();
  const params = { uri: uri.toString(), side: 'destination', query: 'np-cluster', limit: 20 } as const;
  const choices = await extension().exports.server.request(choicesRequest, params);
  assert.ok(
    choices.some(({ label }) => label.includes('edge/np-cluster')),
    choices.map(({ label }) => label).join(),
  );
});

tracePanel.test('a trace from a pod to a cluster IP is forwarded to its endpoints', async () => {
  const { uri } = await openDump();
  const form = { ...emptyForm, from: 'pod:10.244.1.200', to: '10.108.134.196:80', protocol: 'tcp' };
  const params = { uri: uri.toString(), form, decisions: [] };
  const answer = await extension().exports.server.request(traceRequest, params);
  assert.equal(answer.kind, 'answer', JSON.stringify(answer));
  if (answer.kind !== 'answer') return;
  const outcomes = answer.narrative.groups.flatMap((group) => group.outcomes);
  assert.ok(outcomes.length >= 2);
  assert.ok(outcomes.every(({ verdict }) => verdict === 'forward'));
});

tracePanel.test('Trace Packet opens the panel, and uses it again', async () => {
  const { uri } = await openDump();
  const argument = {
    uri: uri.toString(),
    from: 'pod:10.244.1.200',
    to: '10.108.134.196:80',
    protocol: 'tcp',
  };
  const opened = nextEvent(vscode.window.tabGroups.onDidChangeTabs, () => panels().length > 0);
  await vscode.commands.executeCommand(tracePacketCommand, argument);
  await opened;
  await vscode.commands.executeCommand(tracePacketCommand, argument);
  assert.equal(panels().length, 1);
  assert.match(panels()[0]?.label ?? '', /kube-proxy-1\.36\/iptables-save\.txt/);
});

tracePanel.test('a sample opens from the extension itself, and cannot be written', async () => {
  await vscode.commands.executeCommand('kubeProxy.samples.openSample', 'nodeport-lab');
  const uri = vscode.window.activeTextEditor?.document.uri;
  assert.ok(uri);
  assert.equal(uri.scheme, 'kube-proxy-sample');
  assert.equal(vscode.window.activeTextEditor?.document.languageId, 'iptables');
  await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array()));
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
