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
  const before = process.cpuUsage();
  const { server } = await extension().activate();
  const { user, system } = process.cpuUsage(before);
  const took = performance.now() - started;
  const { size } = statSync(join(extension().extensionPath, 'dist', 'extension.js'));
  const cpu = (user + system) / 1000;
  say(
    `     activated in ${took.toFixed(1)} ms, ${cpu.toFixed(1)} ms of CPU, from ${(size / 1024).toFixed(0)} KiB`,
  );
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
