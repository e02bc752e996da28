// `npm run test:cluster`: against a real control plane (test/live/README.md). First the tests of test/live, then, where VS Code
// is served to a browser, test/live/e2e drives its window. `--only live,e2e` chooses, `--suite hostile` among the
// suites of the window; further words are files for vitest; `--pictures` keeps the README's pictures of the window in docs/images.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clusterBinaries } from './clusterBinaries.mjs';
import { root } from './places.mjs';
import { shrinkPng } from './shrinkPng.mjs';
import { addressOf, installNeighbour, isOurs, launchChromium, writeSettings } from './testWindows.mjs';
import { modernNode, scratchFolder, serveCodeServer } from './vscode.mjs';

const { values, positionals: files } = parseArgs({
  options: {
    only: { type: 'string', default: 'live,e2e' },
    suite: { type: 'string' },
    pictures: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const only = values.only.split(',');

/** A VS Code of its own with an empty folder open; `stop` ends it and removes its files. */
async function serve({ env = {}, settings = {}, trusted = true, neighbour = false }) {
  const scratch = scratchFolder('test-cluster');
  const workspace = join(scratch.path, 'workspace');
  mkdirSync(workspace);
  const place = { data: join(scratch.path, 'data'), desktop: join(scratch.path, 'desktop') };
  const all = { 'security.workspace.trust.enabled': !trusted, ...settings };
  writeSettings(place, all);
  if (neighbour) installNeighbour(place.data);
  const server = await serveCodeServer({ data: place.data, env });
  return {
    address: addressOf(server, workspace, false),
    workspace,
    changeSettings: (changed) => writeSettings(place, { ...all, ...changed }),
    stop: async () => {
      server.stop();
      await server.ended;
      scratch.remove();
    },
  };
}

/** Of the README, by the screenshot that each is. */
const pictures = { clusters: 'clusters', 'live-trace': 'live-trace-alone' };

function keepPictures(screenshots) {
  for (const [name, screenshot] of Object.entries(pictures)) {
    const picture = shrinkPng(readFileSync(join(screenshots, `${screenshot}.png`)));
    writeFileSync(join(root, 'docs', 'images', `${name}.png`), picture);
  }
}

/** Resolves to whether all passed. */
async function endToEnd() {
  const { clusterEndToEnd } = await import('../test/live/e2e/main.ts');
  const screenshots = join(root, 'out', 'screenshots');
  mkdirSync(screenshots, { recursive: true });
  const browser = await launchChromium();
  const served = [];
  try {
    const failed = await clusterEndToEnd({
      browser,
      screenshots,
      suite: values.suite ?? null,
      isOurs,
      serve: async (options) => {
        const window = await serve(options);
        served.push(window);
        return window;
      },
    });
    console.log(`Screenshots: ${screenshots}`);
    if (values.pictures) keepPictures(screenshots);
    return failed === 0;
  } finally {
    await browser.close();
    for (const window of served) await window.stop();
  }
}

function run(command, ...args) {
  return spawnSync(command, args, { stdio: 'inherit', cwd: root }).status === 0;
}

// The end-to-end tests are TypeScript, which Node reads from release 22.18 on.
if (!process.features.typescript) {
  process.exit(
    run(modernNode(), '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...process.argv.slice(1)) ? 0 : 1,
  );
}

clusterBinaries(console.log);
const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
  cwd: root,
});
if (build.status !== 0) process.exit(build.status ?? 1);

let passed = true;
if (only.includes('live')) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  passed = run(process.execPath, vitest, 'run', '--config', 'vitest.cluster.config.mts', ...files);
}
if (only.includes('e2e') && files.length === 0) {
  console.log('\n--- the window ---');
  if (existsSync(join(root, 'test', 'live', 'e2e', 'main.ts'))) passed = (await endToEnd()) && passed;
  else console.log('There is no test/live/e2e/main.ts yet.');
}
process.exitCode = passed ? 0 : 1;
