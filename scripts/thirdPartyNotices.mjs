// `dist/ThirdPartyNotices.txt`: the licences of everything of others that dist/ holds, by what esbuild says that it
// bundled. The VSIX takes all of dist/, so it is in there too.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages of which a file is copied into dist/ rather than bundled. */
const copied = ['node_modules/@vscode/codicons'];

/** What packages call the files that must go along: LICENSE, license.md, License.txt, LICENSE-CODE, NOTICE, thirdpartynotices.txt. */
const isLicence = (file) =>
  /^(licen[cs]e|copying|notice|third-?party-?notices?)\b/i.test(file) && !/\.([cm]?[jt]s|json)$/i.test(file);

/** `node_modules/a/node_modules/@b/c/index.js` → `node_modules/a/node_modules/@b/c`; null for a file of our own. */
function packageOf(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? null;
}

/** The folders of the packages of which something is in the bundles below dist/. */
function bundledPackages(metafiles) {
  const bundles = metafiles.flatMap(({ outputs }) => Object.entries(outputs));
  const files = bundles
    .filter(([bundle]) => bundle.startsWith('dist/'))
    .flatMap(([, { inputs }]) => Object.entries(inputs));
  return files.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageOf(file) ?? []) : []));
}

/** `git+https://github.com/lit/lit.git` → `https://github.com/lit/lit`; a short form as it is. */
function sourceOf({ repository, homepage }) {
  const url = (typeof repository === 'string' ? repository : repository?.url) ?? homepage ?? '';
  return url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** One package's part of the notices. Throws where its folder holds no licence, as nobody may ship it so. */
export function noticeOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = manifest;
  const files = readdirSync(folder).filter(isLicence).sort();
  if (typeof license !== 'string' || !files.some((file) => /^(licen|copying)/i.test(file))) {
    throw new Error(
      `${name} ${version} is bundled, and ${folder} does not say under which licence: it needs a "license" in its package.json and a LICENSE file. Look at its repository; where the licence is found there, teach scripts/thirdPartyNotices.mjs its text, else do not bundle it.`,
    );
  }
  const texts = files.map((file) =>
    readFileSync(join(folder, file), 'utf8')
      .replace(/^\uFEFF/, '')
      .trim(),
  );
  const head = [`${name} ${version} (${license})`, sourceOf(manifest)].filter((line) => line !== '');
  return { title: head[0], text: [...head, '', texts.join('\n\n')].join('\n') };
}

/** Also keeps what was bundled in out/bundles.json, for the tests and for `esbuild --analyze`. */
export function writeThirdPartyNotices(metafiles) {
  const folders = [...new Set([...bundledPackages(metafiles), ...copied])];
  const notices = new Map(folders.map(noticeOf).map(({ title, text }) => [title, text]));
  const sorted = [...notices].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  const line = `\n\n${'='.repeat(80)}\n\n`;
  const intro =
    'kube-proxy Explorer is built with the following software, icons and fonts of others. Their licences follow.';
  writeFileSync('dist/ThirdPartyNotices.txt', `${[intro, ...sorted].join(line)}\n`);
  if (!existsSync('out')) mkdirSync('out');
  writeFileSync('out/bundles.json', JSON.stringify(metafiles));
}
