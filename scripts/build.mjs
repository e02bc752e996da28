// Bundles the extension, the language server, the webview and the command line into dist/. `--watch` keeps doing it;
// `--tests` also bundles the tests that run inside VS Code, into out/test/.
import { context } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { commonJsChunks } from './commonJsChunks.mjs';
import { pageDefines } from './iconFont.mjs';
import { writeThirdPartyNotices } from './thirdPartyNotices.mjs';
import { vscodeOnce } from './vscodeOnce.mjs';

const watch = process.argv.includes('--watch');
const production = !watch && !process.argv.includes('--development');

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'info',
  // The licences of what is bundled stand in dist/ThirdPartyNotices.txt.
  legalComments: 'none',
  metafile: true,
};
const node = { ...shared, platform: 'node', format: 'cjs', target: 'node20' };
const page = {
  ...shared,
  platform: 'browser',
  format: 'esm',
  target: 'chrome132',
  tsconfig: 'tsconfig.webview.json',
  define: await pageDefines(),
};

/** `import('./client.ts')` stays an import of its own bundle: neither activation nor `--help` reads a large library. */
const apart = (filter, path) => ({
  name: path,
  setup: (build) =>
    build.onResolve({ filter }, ({ kind }) => (kind === 'dynamic-import' ? { path, external: true } : null)),
});
const clientApart = apart(/\/client\.node\.ts$/, './client.js');
const clusterApart = apart(/\/cluster\/main\.ts$/, './cluster.js');

/**
 * Before all else in dist/cluster.js. undici, which the Kubernetes client brings along, does not load without zstd, which
 * Node has had since 22.15 and 23.8.
 */
const needsZstd = `if (!require('zlib').createZstdDecompress) {
  throw new Error('Live clusters need a Node.js with zstd (22.15, 23.8 or later); this is ' + process.versions.node + '.');
}`;

const programs = {
  ...node,
  outdir: 'dist',
  entryPoints: [
    { in: 'src/cli/main.ts', out: 'cli' },
    { in: 'src/server/main.node.ts', out: 'server' },
  ],
  plugins: [clusterApart],
};

/** Each command has its own files, beside what several share, the language server too. */
const programsInParts = {
  ...programs,
  chunkNames: 'part.[hash]',
  plugins: [...programs.plugins, commonJsChunks],
};

/** Path below media/samples → bytes, as `documents/sampleFiles.ts` asks for it. */
function sampleSizes() {
  const samples = join('media', 'samples');
  const files = readdirSync(samples, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const paths = files.map((each) => join(each.parentPath, each.name)).sort();
  return paths.map((path) => [relative(samples, path).replaceAll(sep, '/'), statSync(path).size]);
}
const samples = { SAMPLES: JSON.stringify(Object.fromEntries(sampleSizes())) };

/** For a browser without a machine behind it. One file each: there is nothing that would load a second. */
const web = { ...shared, platform: 'browser', target: 'chrome132' };

const bundles = [
  {
    ...node,
    entryPoints: ['src/extension/main.node.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    define: samples,
    plugins: [clientApart, clusterApart, vscodeOnce],
  },
  {
    ...node,
    entryPoints: ['src/extension/client.node.ts'],
    outfile: 'dist/client.js',
    external: ['vscode'],
    plugins: [clusterApart, vscodeOnce],
  },
  {
    ...node,
    target: 'node22',
    entryPoints: ['src/cluster/main.ts'],
    outfile: 'dist/cluster.js',
    // undici leaves its second parser of HTTP out, of 0.1 MB, which only a variable of the environment would turn on.
    define: { esbuildDetection: '1' },
    banner: { js: needsZstd },
  },
  production ? programsInParts : programs,
  {
    ...web,
    format: 'cjs',
    entryPoints: ['src/extension/main.web.ts'],
    outfile: 'dist/web/extension.js',
    external: ['vscode'],
    define: samples,
    plugins: [vscodeOnce],
  },
  { ...web, format: 'iife', entryPoints: ['src/server/main.web.ts'], outfile: 'dist/web/server.js' },
  {
    ...page,
    // Each panel's: `src/webview/trace/main.ts` becomes `dist/webview/trace.js`.
    entryPoints: readdirSync('src/webview')
      .map((panel) => `src/webview/${panel}/main.ts`)
      .filter((file) => existsSync(file)),
    outbase: 'src/webview',
    outdir: 'dist/webview',
    entryNames: '[dir]',
  },
];

if (process.argv.includes('--tests')) {
  bundles.push(
    {
      ...node,
      minify: false,
      entryPoints: ['test/extension/index.ts'],
      outfile: 'out/test/extension.js',
      external: ['vscode'],
    },
    {
      ...page,
      entryPoints: ['test/webview/shared/secondPanel/main.ts'],
      outfile: 'out/test/secondPanel/dist/webview/count.js',
    },
  );
}

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const metafiles = [];
for (const bundle of bundles.filter((each) =>
  each.entryPoints.every((file) => existsSync(file.in ?? file)),
)) {
  const build = await context(bundle);
  if (watch) await build.watch();
  else {
    metafiles.push((await build.rebuild()).metafile);
    await build.dispose();
  }
}
if (!watch) writeThirdPartyNotices(metafiles);
