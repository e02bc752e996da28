// VS Code in a browser without a machine behind it, as vscode.dev is: its files and ours are served, and nothing runs on the
// server. VS Code is that of the npm package code-server (vscode.mjs), which brings the same workbench.
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { root } from './places.mjs';
import { fetchCodeServer, quietSettings } from './vscode.mjs';

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.cjs': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

const escaped = (value) => JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** What `out/vs/code/browser/workbench/workbench.html` of VS Code says, with a window's configuration. */
function page(configuration) {
  return `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta id="vscode-workbench-web-configuration" data-settings="${escaped(configuration)}">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/code/out/vs/code/browser/workbench/workbench.css">
  </head>
  <body aria-label="">
    <script>globalThis._VSCODE_FILE_ROOT = new URL('/code/out/', location).toString();</script>
    <script type="module" src="/code/out/nls.messages.js"></script>
    <script type="module" src="/workbench.js"></script>
  </body>
</html>`;
}

const workbench = 'out/vs/code/browser/workbench/workbench.js';

/** What code-server changed in VS Code, the way back: that its server runs extensions, and keeps the user's settings. */
const changes = [
  [/,remoteAuthority:location\.host\}/gu, '}'],
  [/(\.file\(this\.userDataPath\)\.with\(\{scheme:\w+\.)vscodeRemote\}/gu, '$1vscodeUserData}'],
];

/** The workbench as VS Code has it. Throws where the changes are others. */
function workbenchAlone(code) {
  let text = readFileSync(join(code, workbench), 'utf8');
  for (const [change, before] of changes) {
    if (text.match(change)?.length !== 1) throw new Error(`code-server has another workbench: ${change}`);
    text = text.replace(change, before);
  }
  return text;
}

/** `settings`: of a user, before all others. */
function configurationOf(authority, settings) {
  const at = (path) => ({ scheme: 'http', authority, path });
  return {
    userDataPath: '/',
    isEnabledFileDownloads: false,
    isEnabledFileUploads: false,
    isEnabledCoderGettingStarted: false,
    folderUri: { scheme: 'test-folder', path: '/' },
    additionalBuiltinExtensions: [at('/folder')],
    developmentOptions: { extensions: [at('/extension')] },
    configurationDefaults: { ...quietSettings, ...settings },
    productConfiguration: {
      enableTelemetry: false,
      // Else a page of vscode-cdn.net holds what a panel shows.
      webviewContentExternalBaseUrlTemplate: `http://${authority}/code/out/vs/workbench/contrib/webview/browser/pre/`,
    },
  };
}

function sendFile(response, folder, path, listed) {
  const file = normalize(join(folder, path));
  if (file !== folder && !file.startsWith(folder + sep)) throw new Error(`${path} leads out of its folder`);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory() && listed) {
    const entries = readdirSync(file, { withFileTypes: true });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(entries.map((each) => ({ name: each.name, isFolder: each.isDirectory() }))));
  } else if (stat?.isFile()) {
    // A folder's file is bytes, whatever it is called.
    const type = listed ? 'application/octet-stream' : (types[extname(file)] ?? 'application/octet-stream');
    response.writeHead(200, { 'content-type': type });
    createReadStream(file).pipe(response);
  } else if (/^extensions\/.*\/browser\/.*\.js$/u.test(path)) {
    // code-server leaves out what VS Code's own extensions do in a browser.
    response.writeHead(200, { 'content-type': 'text/javascript' }).end('');
  } else response.writeHead(404).end();
}

/** Serves a window on `folder`, which it sees as a virtual workspace, on a free port of this machine only. */
export async function serveWebWindow({ folder, settings = {} }) {
  const places = {
    code: fetchCodeServer(console.log),
    extension: root,
    folder: join(root, 'test', 'web', 'folder'),
    files: folder,
  };
  const alone = workbenchAlone(places.code);
  const server = createServer((request, response) => {
    try {
      const { pathname } = new URL(request.url, 'http://localhost');
      const [, place, ...path] = decodeURIComponent(pathname).split('/');
      if (place === '') {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(page(configurationOf(request.headers.host, settings)));
      } else if (place === 'workbench.js') {
        response.writeHead(200, { 'content-type': 'text/javascript' });
        response.end(alone);
      } else if (Object.hasOwn(places, place)) {
        sendFile(response, places[place], path.join('/'), place === 'files');
      } else response.writeHead(404).end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
