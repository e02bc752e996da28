import * as assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { extension, extensionBundles, nextEvent, openDump, workspaceFile } from './support.ts';
import { say, Suite } from './runner.ts';

export const activation = new Suite('activation');

activation.test('nothing is loaded before somebody needs it', () => {
  assert.equal(extension().isActive, false);
});

activation.test('activation loads the one small bundle and starts no server', async () => {
  const started = performance.now();
  const { server } = await extension().activate();
  const took = performance.now() - started;
  const { size } = statSync(join(extension().extensionPath, 'dist', 'extension.js'));
  say(`     activated in ${took.toFixed(1)} ms, from ${(size / 1024).toFixed(0)} KiB`);
  assert.deepEqual(extensionBundles(), ['extension.js']);
  assert.equal(server.started, false);
});

activation.test('a document of another language starts no server', async () => {
  await vscode.workspace.openTextDocument(workspaceFile('kube-proxy-1.36/README.md'));
  assert.equal(extension().exports.server.started, false);
});

activation.test('the first dump starts the server', async () => {
  const { server } = extension().exports;
  const read = nextEvent(server.onDidChangeRules, (uri) => uri.includes('kube-proxy-1.36'));
  await openDump();
  await read;
  assert.equal(server.started, true);
  assert.deepEqual(extensionBundles(), ['client.js', 'extension.js']);
});
