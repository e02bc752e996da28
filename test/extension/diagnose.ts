import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnoseServiceCommand } from '../../src/protocol/commands.ts';
import { diagnoseRequest } from '../../src/protocol/diagnosis.ts';
import { extension, nextEvent, openDump } from './support.ts';
import { Suite } from './runner.ts';

export const diagnose = new Suite('diagnose');

function panels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('kubeProxy.diagnose'),
    );
}

diagnose.test('a Service without endpoints is told with its cause', async () => {
  const { uri } = await openDump();
  const params = { uri: uri.toString(), service: 'edge/np-noep' };
  const answer = await extension().exports.server.request(diagnoseRequest, params);
  assert.equal(answer.kind, 'diagnosis', JSON.stringify(answer));
  if (answer.kind === 'diagnosis') assert.match(answer.told.headline, /edge\/np-noep has no ready endpoints/);
});

diagnose.test('Diagnose Service opens a panel for each Service, and uses it again', async () => {
  const { uri } = await openDump();
  const argument = { uri: uri.toString(), service: 'edge/np-cluster' };
  const opened = nextEvent(vscode.window.tabGroups.onDidChangeTabs, () => panels().length > 0);
  await vscode.commands.executeCommand(diagnoseServiceCommand, argument);
  await opened;
  await vscode.commands.executeCommand(diagnoseServiceCommand, argument);
  assert.deepEqual(
    panels().map(({ label }) => label),
    ['Diagnose: edge/np-cluster'],
  );
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
