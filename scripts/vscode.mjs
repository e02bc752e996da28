// Finds or fetches a real VS Code. In this order: desktop `code` on the PATH, the download of @vscode/test-electron, the
// npm package code-server (a complete VS Code served to a browser). What is fetched lies in a cache outside of the project:
// $KUBE_PROXY_CACHE or ~/.cache/kube-proxy-explorer.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder, root } from './places.mjs';
import { findChromium } from './suites.mjs';

/** The release of VS Code in it is 1.139.1. */
const codeServer = 'code-server@4.139.1';

/** Settings of a VS Code for a look or a test: nothing phones home, nothing is in the way. */
export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'workbench.colorTheme': 'Default Dark Modern',
};

/** The full path of a program on the PATH, or null. */
export function onPath(program) {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe', ''] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => endings.map((ending) => join(folder, program + ending)));
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** Chromium's full path; throws with what to do when there is none. */
export function chromiumPath() {
  const found = findChromium();
  const path = found === null || existsSync(found) ? found : onPath(found);
  if (path === null) {
    throw new Error(
      'Chromium or Chrome is needed. Debian: apt-get install chromium. Another one: set CHROMIUM to its path.',
    );
  }
  return path;
}

/** The Node that current VS Code has, from the development dependencies; else the one that runs this. */
export function modernNode() {
  const binary = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  return existsSync(binary) ? binary : process.execPath;
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

/** The folder of VS Code's server, fetched from the npm registry on first use (45 MB, 550 MB unpacked). */
export function fetchCodeServer(log = () => {}) {
  const target = join(cacheFolder(), codeServer.replace('@', '-'));
  const server = join(target, 'package', 'lib', 'vscode');
  const stamp = join(target, 'complete');
  if (existsSync(stamp)) return server;
  log(`Fetching ${codeServer} from the npm registry into ${target} (once; some 550 MB unpacked).`);
  mkdirSync(cacheFolder(), { recursive: true });
  // Unpacked under another name first: an interrupted fetch must not look like a whole one.
  const partial = mkdtempSync(join(cacheFolder(), 'partial-'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund'];
  run(npm, ['pack', codeServer, ...quiet], { cwd: partial });
  const archive = `${codeServer.replace('@', '-')}.tgz`;
  run('tar', ['xzf', archive], { cwd: partial });
  rmSync(join(partial, archive));
  const install = ['install', '--omit=dev', '--ignore-scripts', ...quiet];
  run(npm, install, { cwd: join(partial, 'package', 'lib', 'vscode') });
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
  writeFileSync(stamp, '');
  return server;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Serves VS Code on a free port of this machine only. `stop()` ends it; `log` gets what it prints. */
export async function serveCodeServer({ data, env = {}, log = () => {} }) {
  const server = fetchCodeServer(console.log);
  const port = await freePort();
  const args = [join(server, 'out', 'server-main.js'), '--host', '127.0.0.1', '--port', String(port)];
  // Who has not the token (another user, a page on the web) cannot run code in this server.
  const token = randomBytes(16).toString('hex');
  args.push('--connection-token', token, '--accept-server-license-terms', '--telemetry-level', 'off');
  args.push('--server-data-dir', join(data, 'server'), '--extensions-dir', join(data, 'extensions'));
  // Without it the server ignores the page's payload, which names the extension to load.
  args.push('--enable-smoke-test-driver');
  const child = spawn(modernNode(), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...serverEnvironment(), ...env },
  });
  child.stdout.on('data', (chunk) => log(String(chunk)));
  child.stderr.on('data', (chunk) => log(String(chunk)));
  const address = `http://127.0.0.1:${port}`;
  await untilAnswers(`${address}/version`, child);
  return {
    /** The address of a window on `folder`; `payload` as VS Code's web workbench reads it. */
    windowAddress(folder, payload) {
      const query = new URLSearchParams({ tkn: token, folder, payload: JSON.stringify(payload) });
      return `${address}/?${query.toString()}`;
    },
    authority: `127.0.0.1:${port}`,
    ended: new Promise((resolve) => child.on('exit', resolve)),
    stop: () => child.kill(),
  };
}

/** Without what an editor's own terminal sets: it would make the server believe it runs in there. */
function serverEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE|NODE_OPTIONS)/.test(name),
    ),
  );
}

async function untilAnswers(address, child) {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`VS Code's server ended with ${child.exitCode}`);
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error(`VS Code's server does not answer at ${address}`);
}

/** A new folder for one run, removed by `remove()`. */
export function scratchFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `kube-proxy-explorer-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens an address in the user's browser. False where there is none to open (no display, no opener). */
export function openInBrowser(address) {
  if (process.argv.includes('--no-open')) return false;
  const openers = { darwin: 'open', win32: 'explorer' };
  const opener = onPath(openers[process.platform] ?? 'xdg-open');
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (opener === null || !display) return false;
  spawn(opener, [address], { stdio: 'ignore', detached: true }).unref();
  return true;
}
