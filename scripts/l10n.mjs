// Collects the strings of `vscode.l10n.t` into l10n/bundle.l10n.json, which translators start from.
// `--check` writes nothing and fails when the file is not what the sources say.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

const target = 'l10n/bundle.l10n.json';

/** `l10n.t('Reveal Rule')`, `l10n.t("kubelet's rules")`, also over several lines. */
const call = /\bl10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g;

/** The value of a string literal as TypeScript reads it. */
function valueOf(literal) {
  const body = literal.slice(1, -1).replaceAll(String.raw`\'`, "'");
  return JSON.parse(`"${literal.startsWith("'") ? body.replaceAll('"', String.raw`\"`) : body}"`);
}

const strings = globSync('src/extension/**/*.ts').flatMap((file) =>
  Array.from(readFileSync(file, 'utf8').matchAll(call), ([, literal]) => valueOf(literal)),
);
const entries = [...new Set(strings)].sort((a, b) => (a < b ? -1 : 1)).map((text) => [text, text]);
const wanted = await format(JSON.stringify(Object.fromEntries(entries)), { parser: 'json' });

if (process.argv.includes('--check')) {
  const current = readFileSync(target, 'utf8');
  if (current !== wanted) {
    console.error(`${target} is not up to date: run node scripts/l10n.mjs`);
    process.exitCode = 1;
  }
} else {
  mkdirSync('l10n', { recursive: true });
  writeFileSync(target, wanted);
  console.log(`${entries.length} strings in ${target}`);
}
