import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './support.ts';
import { Suite } from './runner.ts';

export const manifest = new Suite('manifest');

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

manifest.test('every command of the manifest is answered', async () => {
  const { contributes }: Manifest = extension().packageJSON;
  const declared = contributes.commands.map(({ command }) => command).sort();
  const all = await vscode.commands.getCommands(true);
  // VS Code adds commands of its own for the view: `kubeProxy.rules.focus`, `.toggleVisibility` …
  const ours = new Set(all.filter((id) => id.startsWith('kubeProxy.')));
  assert.deepEqual(
    declared.filter((id) => !ours.has(id)),
    [],
  );
});

manifest.test('the extension runs, whether the window is trusted or restricted', () => {
  const mode = vscode.workspace.isTrusted ? 'trusted' : 'restricted';
  assert.equal(mode, process.env['KUBE_PROXY_EXPECTED_TRUST']);
  assert.equal(extension().isActive, true);
});
