// `npm run test:extension`: the extension in a real VS Code. Runs test/extension inside the extension host, once with the
// workspace trusted and once restricted; then, where VS Code is served to a browser, test/e2e drives its window.
//   KUBE_PROXY_VSCODE=web|desktop chooses (default: desktop where there is a display and a download, else web)
//   VSCODE_VERSION=1.101.0 chooses the desktop release; `--only trusted,restricted,e2e` some of the passes
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { chromiumPath, modernNode, quietSettings, root, scratchFolder, serveCodeServer } from './vscode.mjs';

const only = process.argv.includes('--only')
  ? process.argv[process.argv.indexOf('--only') + 1].split(',')
  : ['trusted', 'restricted', 'e2e'];
const testModule = join(root, 'out', 'test', 'extension.js');

/** A workspace with the samples, and settings for a trusted or a restricted window. */
function prepare(pass) {
  const scratch = scratchFolder(`test-${pass}`);
  const workspace = join(scratch.path, 'workspace');
  cpSync(join(root, 'media', 'samples'), workspace, { recursive: true });
  if (pass === 'trusted') {
    const packed = join(root, 'test', 'dumps', '1.36.3-large', 'iptables-save.txt.gz');
    mkdirSync(join(workspace, 'large'));
    writeFileSync(join(workspace, 'large', 'iptables-save.txt'), gunzipSync(readFileSync(packed)));
  }
  const place = {
    ...scratch,
    workspace,
    data: join(scratch.path, 'data'),
    desktop: join(scratch.path, 'desktop'),
  };
  writeSettings(place, { 'security.workspace.trust.enabled': pass === 'restricted' });
  return place;
}

/** The user's settings of `place`, on top of the quiet ones; a window that is open takes them over. */
function writeSettings({ data, desktop }, settings) {
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

function launchChromium() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** What the page logs that is ours: VS Code's own noise is not our failure. */
const isOurs = (text) =>
  /kubeProxy|kube-proxy-explorer\.kube-proxy-explorer|\/dist\/(extension|client|server|webview)\.js/.test(
    text,
  );

/** Of all that VS Code logs, what the tests say (test/extension/runner.ts). */
function print(text) {
  if (text.startsWith('[test] ')) console.log(text.slice('[test] '.length));
  else if (/^\d+ passed, \d+ failed$/.test(text)) console.log(text);
}

async function inBrowser(pass) {
  const place = prepare(pass);
  const env = { KUBE_PROXY_EXPECTED_TRUST: pass };
  const server = await serveCodeServer({ data: place.data, env });
  const browser = await launchChromium();
  const complaints = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('console', (message) => {
      if (message.type() === 'error' && isOurs(message.text())) complaints.push(message.text());
    });
    await page.exposeFunction('codeAutomationLog', (_type, args) => print(args.map(String).join(' ')));
    const code = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('The tests did not end within 180 s.')), 180_000);
      page
        .exposeFunction('codeAutomationExit', (exitCode) => {
          clearTimeout(late);
          resolve(exitCode);
        })
        .then(() => page.goto(addressOf(server, place.workspace)))
        .catch(reject);
    });
    for (const complaint of complaints) console.log(`console error: ${complaint}`);
    return code === 0 && complaints.length === 0;
  } finally {
    await browser.close();
    server.stop();
    await server.ended;
    place.remove();
  }
}

/** The address of a window on `workspace`; with the tests inside of it, or without. */
function addressOf(server, workspace, tests = true) {
  const remote = (path) => `vscode-remote://${server.authority}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['skipWelcome', 'true'],
  ];
  if (tests) payload.push(['extensionTestsPath', remote(testModule)]);
  return server.windowAddress(workspace, payload);
}

async function onDesktop(pass, executable) {
  const { runTests } = await import('@vscode/test-electron');
  const place = prepare(pass);
  const launchArgs = [
    place.workspace,
    '--user-data-dir',
    place.desktop,
    '--disable-extensions',
    '--skip-welcome',
  ];
  if (pass === 'trusted') launchArgs.push('--disable-workspace-trust');
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: testModule,
      launchArgs,
      extensionTestsEnv: { KUBE_PROXY_EXPECTED_TRUST: pass },
    });
    return true;
  } catch (error) {
    console.log(String(error));
    return false;
  } finally {
    place.remove();
  }
}

/** The path of a downloaded desktop VS Code, or null where none can be had or shown. */
async function desktopExecutable() {
  const chosen = process.env.KUBE_PROXY_VSCODE;
  if (chosen === 'web') return null;
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (chosen !== 'desktop' && !display) return null;
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode(process.env.VSCODE_VERSION ?? 'stable');
  } catch (error) {
    if (chosen === 'desktop') throw error;
    console.log(`VS Code cannot be downloaded (${error.message}): using the one in the browser.`);
    return null;
  }
}

/** Drives the window as a user would: trusted first, then restricted. */
async function endToEnd() {
  const { endToEnd: run } = await import('../test/e2e/main.ts');
  const places = { trusted: prepare('trusted'), restricted: prepare('restricted') };
  const servers = {};
  const browser = await launchChromium();
  const screenshots = join(root, 'out', 'screenshots');
  rmSync(screenshots, { recursive: true, force: true });
  try {
    for (const [name, place] of Object.entries(places))
      servers[name] = await serveCodeServer({ data: place.data });
    const failed = await run({
      browser,
      screenshots,
      addresses: {
        trusted: addressOf(servers.trusted, places.trusted.workspace, false),
        restricted: addressOf(servers.restricted, places.restricted.workspace, false),
      },
      isOurs,
    });
    console.log(`Screenshots: ${screenshots}`);
    return failed === 0;
  } finally {
    await browser.close();
    for (const server of Object.values(servers)) {
      server.stop();
      await server.ended;
    }
    for (const place of Object.values(places)) place.remove();
  }
}

// The end-to-end tests are TypeScript, which Node reads from release 22.18 on.
if (!process.features.typescript) {
  const { status } = spawnSync(
    modernNode(),
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...process.argv.slice(1)],
    { stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}

const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--tests'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  cwd: root,
});
if (build.status !== 0) process.exit(build.status ?? 1);

const executable = await desktopExecutable();
let failed = false;
for (const pass of only) {
  console.log(`\n--- ${pass} ---`);
  if (pass !== 'e2e')
    failed = !(await (executable === null ? inBrowser(pass) : onDesktop(pass, executable))) || failed;
  else if (executable === null) failed = !(await endToEnd()) || failed;
  else console.log('The end-to-end tests need VS Code in the browser: KUBE_PROXY_VSCODE=web runs them.');
}
process.exitCode = failed ? 1 : 0;
