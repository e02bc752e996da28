/** Whoever gets a copy gets the licences of what is in it: dist/ and the VSIX, which takes all of dist/, hold one text of them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noticeOf } from '../../scripts/thirdPartyNotices.mjs';

const project = resolve(import.meta.dirname, '../..');
const dist = join(project, 'dist');
const notices = readFileSync(join(dist, 'ThirdPartyNotices.txt'), 'utf8');

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

/** What esbuild said of the build that made dist/. */
const metafiles: readonly Metafile[] = JSON.parse(readFileSync(join(project, 'out', 'bundles.json'), 'utf8'));
const bundles = metafiles
  .flatMap(({ outputs }) => Object.entries(outputs))
  .filter(([name]) => name.startsWith('dist/'));

/** The folders of the packages that gave a bundle at least one byte. */
function packageFolders(): readonly string[] {
  const files = bundles.flatMap(([, { inputs }]) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? file : [])),
  );
  const folders = files
    .filter((file) => file.includes('node_modules/'))
    .map((file) => {
      const parts = file.split('/');
      const at = parts.lastIndexOf('node_modules') + 1;
      return parts.slice(0, parts[at]?.startsWith('@') === true ? at + 2 : at + 1).join('/');
    });
  return [...new Set(folders)].sort();
}

/** Words only: a line may end as it likes. */
function words(text: string): string {
  return text.replaceAll(/[\s\uFEFF]+/g, ' ').trim();
}

const allWords = words(notices);

describe('the third-party notices', () => {
  it.each([...packageFolders(), 'node_modules/@vscode/codicons'])('have the licence of %s', (folder) => {
    const manifest: { readonly name: string; readonly version: string; readonly license: string } =
      JSON.parse(readFileSync(join(project, folder, 'package.json'), 'utf8'));
    expect(notices).toContain(`\n${manifest.name} ${manifest.version} (${manifest.license})\n`);
    const texts = readdirSync(join(project, folder)).filter((file) => /licen[cs]e|notice/i.test(file));
    expect(texts).not.toEqual([]);
    for (const file of texts) {
      expect(allWords).toContain(words(readFileSync(join(project, folder, file), 'utf8')));
    }
  });

  it('know every file of dist, and the licence of the icons in the panels', () => {
    const files = readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
      .map((entry) => relative(project, join(entry.parentPath, entry.name)));
    expect(files.sort()).toEqual([...bundles.map(([name]) => name), 'dist/ThirdPartyNotices.txt'].sort());
    expect(notices).toContain('Attribution 4.0 International');
  });

  it('are found for the libraries that the bundles name themselves', () => {
    // By strings that no minifier changes.
    const marks = [
      ['webview/trace.js', 'lit$', 'lit-html'],
      ['client.js', 'No runtime abstraction layer installed', 'vscode-jsonrpc'],
      ['cluster.js', 'kubernetes-client-javascript', '@kubernetes/client-node'],
      ['cluster.js', 'Sec-WebSocket-Key', 'ws'],
      ['part.', 'ipaddr: ', 'ipaddr.js'],
    ] as const;
    const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
    for (const [file, mark, name] of marks) {
      const texts = names
        .filter((each) => each.startsWith(file))
        .map((each) => readFileSync(join(dist, each), 'utf8'));
      expect(
        texts.some((text) => text.includes(mark)),
        mark,
      ).toBe(true);
      expect(notices).toContain(`\n${name} `);
    }
  });
});

describe('a package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notices-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function packageWith(name: string, license: string | undefined, files: readonly string[]): string {
    const made = join(folder, name);
    mkdirSync(made);
    writeFileSync(join(made, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
    for (const file of files) writeFileSync(join(made, file), `the text of ${file}\n`);
    return made;
  }

  it('gives its name, version, licence and every text that must go along', () => {
    const made = packageWith('whole', 'Apache-2.0', ['LICENSE.md', 'NOTICE', 'index.js', 'license.js']);
    expect(noticeOf(made).text).toBe(
      'whole 1.2.3 (Apache-2.0)\n\nthe text of LICENSE.md\n\nthe text of NOTICE',
    );
  });

  it.each([
    ['without a licence text', 'MIT', ['NOTICE']],
    ['without the name of a licence', undefined, ['LICENSE']],
  ] as const)('%s cannot be bundled', (name, license, files) => {
    const made = packageWith(name.replaceAll(' ', '-'), license, files);
    expect(() => noticeOf(made)).toThrow(/is bundled, and .* does not say under which licence/);
  });
});
