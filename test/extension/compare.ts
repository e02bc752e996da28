import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { compareRequest } from '../../src/protocol/comparison.ts';
import { extension, nextEvent, openDump } from './support.ts';
import { Suite } from './runner.ts';

export const compare = new Suite('compare');

function panels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('kubeProxy.compare'),
    );
}

compare.test('two files of the Explorer are compared, in a panel of their own', async () => {
  const { uri } = await openDump();
  const other = vscode.Uri.joinPath(uri, '..', '..', 'kube-proxy-1.23', 'iptables-save.txt');
  const opened = nextEvent(vscode.window.tabGroups.onDidChangeTabs, () => panels().length > 0);
  await vscode.commands.executeCommand('kubeProxy.compare.compareRules', other, [other, uri]);
  await opened;
  assert.match(panels()[0]?.label ?? '', /kube-proxy-1\.23\/iptables-save\.txt ↔ kube-proxy-1\.36/);
  const params = { before: other.toString(), after: uri.toString(), beforeText: null };
  const answer = await extension().exports.server.ask(compareRequest, params);
  assert.equal(answer.kind, 'comparison', JSON.stringify(answer));
  if (answer.kind === 'comparison') assert.equal(answer.isSame, false);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
