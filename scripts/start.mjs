// `npm start`: builds, copies the samples to a scratch folder, and opens VS Code on them with the extension.
// KUBE_PROXY_VSCODE=desktop|download|web takes one way only; `-- --no-open` prints the address of the one in the browser
// without opening it.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, root } from './places.mjs';
import { onPath, openInBrowser, quietSettings, serveCodeServer } from './vscode.mjs';

const chosen = process.env.KUBE_PROXY_VSCODE;

/** The question that the window opens with, and the file of it: an open file is what starts the extension. */
const question = { id: 'refused', file: join('refused', 'iptables-save.txt') };

/** Edits stay between starts: the samples are copied only where they are not there yet. */
function workspaceFolder() {
  const folder = join(cacheFolder(), 'start', 'samples');
  cpSync(join(root, 'media', 'samples'), folder, { recursive: true, force: false, errorOnExist: false });
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  const settings = { 'kubeProxy.samples.question': question.id };
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings, null, 2));
  return folder;
}

function build() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  console.log('Built the extension into dist/.');
}

function startDesktop(executable, workspace) {
  const file = join(workspace, question.file);
  const args = ['--new-window', `--extensionDevelopmentPath=${root}`, workspace, '--goto', file];
  const shell = process.platform === 'win32';
  spawn(executable, args, { stdio: 'ignore', detached: true, shell }).unref();
  console.log(`Opened VS Code (${executable}) on a copy of the samples: ${workspace}`);
}

const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

async function downloaded() {
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  return downloadAndUnzipVSCode('stable');
}

async function startInBrowser(workspace) {
  const data = join(cacheFolder(), 'start', 'web');
  const settings = join(data, 'server', 'data', 'User');
  mkdirSync(settings, { recursive: true });
  // The samples are ours: no question whether their authors are trusted.
  const trust = { 'security.workspace.trust.enabled': false };
  writeFileSync(join(settings, 'settings.json'), JSON.stringify({ ...quietSettings, ...trust }, null, 2));
  const server = await serveCodeServer({ data });
  const remote = (path) => `vscode-remote://${server.authority}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['openFile', remote(join(workspace, question.file))],
  ];
  const address = server.windowAddress(workspace, payload);
  console.log(`VS Code runs in the browser, on a copy of the samples: ${workspace}`);
  console.log(`\n  ${address}\n`);
  console.log(
    openInBrowser(address)
      ? 'Opened it in your browser. Ctrl+C ends it.'
      : 'Open this address in a browser. Ctrl+C ends it.',
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.stop());
  await server.ended;
}

/** The ways to a VS Code, the nearest first. Each resolves to true when it has started one. */
const ways = [
  {
    name: 'desktop',
    async start(workspace) {
      const executable = onPath('code');
      if (executable === null) throw new Error('there is no `code` on the PATH');
      startDesktop(executable, workspace);
    },
  },
  {
    name: 'download',
    async start(workspace) {
      if (!hasDisplay()) throw new Error('there is no display to show a window on');
      startDesktop(await downloaded(), workspace);
    },
  },
  { name: 'web', start: startInBrowser },
];

build();
const workspace = workspaceFolder();
const failures = [];
for (const way of ways.filter(({ name }) => chosen === undefined || chosen === name)) {
  try {
    await way.start(workspace);
    process.exit(0);
  } catch (error) {
    failures.push(`  ${way.name}: ${error.message}`);
  }
}
console.error(`No VS Code could be started:\n${failures.join('\n')}`);
console.error(
  'Install VS Code and its `code` command (https://code.visualstudio.com), or let npm reach a registry that has code-server, and run `npm start` again.',
);
console.error('The command line needs neither: node dist/cli.js --help');
process.exitCode = 1;
