// Bundles the extension, the language server, the webview and the command line into dist/. `--watch` keeps doing it;
// `--tests` also bundles the tests that run inside VS Code, into out/test/.
import { context } from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { commonJsChunks } from './commonJsChunks.mjs';
import { writeThirdPartyNotices } from './thirdPartyNotices.mjs';

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
};

/** `import('./client.ts')` stays an import of its own bundle: neither activation nor `--help` reads a large library. */
const apart = (filter, path) => ({
  name: path,
  setup: (build) =>
    build.onResolve({ filter }, ({ kind }) => (kind === 'dynamic-import' ? { path, external: true } : null)),
});
const clientApart = apart(/\/client\.ts$/, './client.js');
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

const bundles = [
  {
    ...node,
    entryPoints: ['src/extension/main.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    plugins: [clientApart, clusterApart],
  },
  {
    ...node,
    entryPoints: ['src/extension/client.ts'],
    outfile: 'dist/client.js',
    external: ['vscode'],
    plugins: [clusterApart],
  },
  {
    ...node,
    target: 'node22',
    entryPoints: ['src/cluster/main.ts'],
    outfile: 'dist/cluster.js',
    banner: { js: needsZstd },
  },
  production ? programsInParts : programs,
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
// The icon font, which every panel's page links.
for (const file of ['codicon.css', 'codicon.ttf']) {
  copyFileSync(`node_modules/@vscode/codicons/dist/${file}`, `dist/${file}`);
}
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
