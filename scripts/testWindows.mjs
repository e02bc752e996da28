// What the suites share that run in a real VS Code: its settings, its windows in Chromium, whose complaints are ours.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './places.mjs';
import { chromiumPath, quietSettings } from './vscode.mjs';

/** The module that the extension host runs as a test. */
export const testModule = join(root, 'out', 'test', 'extension.js');

/** A stand-in for the Kubernetes extension. */
export const neighbour = join(root, 'test', 'extension', 'kubernetesExtension');

/** For the browser's window, which takes one extension under development. */
export function installNeighbour(data) {
  const installed = 'ms-kubernetes-tools.vscode-kubernetes-tools-0.0.1';
  cpSync(neighbour, join(data, 'extensions', installed), { recursive: true });
}

/** The user's settings on top of the quiet ones; a window that is open takes them over. */
export function writeSettings({ data, desktop }, settings) {
  const prompts = {
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'never',
  };
  const text = JSON.stringify({ ...quietSettings, ...prompts, ...settings });
  for (const folder of [join(data, 'server', 'data', 'User'), join(desktop, 'User')]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'settings.json'), text);
  }
}

export function launchChromium() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** What the page logs that is ours: VS Code's own noise is not our failure. */
export const isOurs = (text) =>
  /kubeProxy|kube-proxy-explorer\.kube-proxy-explorer|\/dist\/(extension|client|server|cluster|web\/\w+|webview\/\w+)\.js/.test(
    text,
  );

/** The address of a window on `workspace`; with the tests inside of it, or without. */
export function addressOf(server, workspace, tests = true) {
  const remote = (path) => `vscode-remote://${server.authority}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['skipWelcome', 'true'],
  ];
  if (tests) payload.push(['extensionTestsPath', remote(testModule)]);
  return server.windowAddress(workspace, payload);
}
