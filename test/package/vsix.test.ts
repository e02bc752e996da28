import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vsix-'));
afterAll(() => rmSync(folder, { recursive: true }));

function vsce(...args: string[]): string {
  const program = join(project, 'node_modules', '@vscode', 'vsce', 'vsce');
  const run = spawnSync(process.execPath, [program, ...args], { cwd: project, encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}

describe('the VSIX', () => {
  // Of it the SDK of the Model Context Protocol, in the file that "mcp" alone reads, is 0.24 MB, and what a browser alone
  // reads in place of the other bundles 0.67 MB.
  it('is smaller than 2.5 MB, with the licences of what it holds', () => {
    const file = join(folder, 'kube-proxy-explorer.vsix');
    vsce('package', '--no-dependencies', '--out', file);
    expect(statSync(file).size).toBeLessThan(2_500_000);
    expect(readFileSync(file).includes('extension/dist/ThirdPartyNotices.txt')).toBe(true);
  });

  // Beside that client it holds the reader of nftables, whose catalogue grows.
  it('holds the Kubernetes client once, in a bundle that is loaded when a cluster is', () => {
    // By its HTTP header, which no minifier changes.
    const holdsClient = (name: string) =>
      readFileSync(join(project, 'dist', name), 'utf8').includes('kubernetes-client-javascript');
    const others = readdirSync(join(project, 'dist')).filter((name) => /(?<!^cluster)\.js$/u.test(name));
    expect(others).toEqual(expect.arrayContaining(['extension.js', 'client.js', 'server.js', 'cli.js']));
    expect(others.filter(holdsClient)).toEqual([]);
    expect(holdsClient('cluster.js')).toBe(true);
    expect(statSync(join(project, 'dist', 'cluster.js')).size).toBeLessThan(1_360_000);
  });

  it('has scripts of panels that may stand in a page: nothing of them ends their element', () => {
    const scripts = readdirSync(join(project, 'dist', 'webview'));
    expect(scripts).toContain('trace.js');
    for (const name of scripts)
      expect(readFileSync(join(project, 'dist', 'webview', name), 'utf8')).not.toMatch(/<\/script|<!--/iu);
  });

  it('takes the module of VS Code as it is given: a copy in each file was a third of its activation', () => {
    const text = readFileSync(join(project, 'dist', 'extension.js'), 'utf8');
    expect(text.match(/=require\("vscode"\)/gu)?.length).toBeGreaterThan(50);
    expect(text.match(/\w\(require\("vscode"\)/gu)).toBeNull();
  });

  it('holds one bundle of the extension and one of the server for a browser, with nothing of Node or of live clusters', () => {
    const sizes = { extension: 600_000, server: 2_000_000 };
    for (const [name, most] of Object.entries(sizes)) {
      const file = join(project, 'dist', 'web', `${name}.js`);
      expect(statSync(file).size, name).toBeLessThan(most);
      const text = readFileSync(file, 'utf8');
      expect(
        text.match(/\b(Buffer\.|process\.(exit|execPath)|kubernetes-client-javascript)/gu),
        name,
      ).toBeNull();
    }
  });

  it('holds the bundles, the samples and the words, and neither source nor test', () => {
    const files = vsce('ls', '--no-dependencies').trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'package.nls.json',
        'dist/extension.js',
        'dist/server.js',
        'dist/web/extension.js',
        'dist/web/server.js',
        'dist/webview/trace.js',
        'dist/cli.js',
        'dist/cluster.js',
        'dist/ThirdPartyNotices.txt',
        'media/samples/kube-proxy-1.36/iptables-save.txt',
        'syntaxes/iptables.tmLanguage.json',
        'syntaxes/nftables.tmLanguage.json',
        'language-configuration-nftables.json',
        'syntaxes/ipvsadm.tmLanguage.json',
        'language-configuration-ipvsadm.json',
      ]),
    );
    const allowed =
      /^(README|CHANGELOG|LICENSE|package|language-configuration|dist\/|l10n\/|media\/|syntaxes\/)/;
    expect(files.filter((file) => !allowed.test(file) || /\.(ts|map)$/.test(file))).toEqual([]);
  });
});
