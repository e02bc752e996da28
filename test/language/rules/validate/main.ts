/**
 * `npm run conformance:validate -- [--seed S] [--lines N] [--changes 0..2]`: lines of rules, asked of iptables-restore in both
 * backends, and of the checks; how many agree, and where they do not, by cause with an example each.
 */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Backend } from '../../../../src/language/rules/tableScope.ts';
import { checked } from '../checked.ts';
import { judge, whyNoJudge } from '../judge.ts';
import { installedExtensions, manualExamples } from './extensions.ts';
import { changed, type Line, lineOfHelp, linesOfDump, textAround } from './lines.ts';
import { Random } from './random.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '1000' },
    changes: { type: 'string' },
  },
});
const random = new Random(Number(values.seed));
const reason = whyNoJudge();
if (reason !== null) throw new Error(`The judge cannot be asked: ${reason}.`);

const folders = [new URL('../../../dumps', import.meta.url).pathname, process.env['KUBE_PROXY_DUMPS']];
const dumps = folders
  .filter((folder) => folder !== undefined && existsSync(folder))
  .flatMap((folder) => filesBelow(folder ?? ''))
  .filter((path) => /tables(-\w+)?-save\.txt$/.test(path));
const ofDumps = dumps.flatMap((path) =>
  linesOfDump(readFileSync(path, 'utf8'), path.includes('ip6tables') ? 6 : 4),
);
const ofManual = manualExamples().map((text): Line => ({ text, table: 'mangle', family: 4, from: 'manual' }));
const extensions = installedExtensions();

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function nextLine(): Line | null {
  const kind = random.below(20);
  if (kind < 9) return random.pick(ofDumps) ?? null;
  return kind < 18 ? lineOfHelp(extensions, random) : (random.pick(ofManual) ?? null);
}

/** `refuses`/`accepts`, and why: of iptables its words, of ours the code. */
function causeOf(refused: boolean, words: string, codes: readonly string[]): string {
  if (!refused) return `accepts, we say ${codes.join(', ')}`;
  const plain = words
    .split('\n')[0]
    ?.replaceAll(/ip6?tables(-nft|-legacy)?(-restore)?( v[\d.]+ \(\w+\))?:?/g, '')
    .replaceAll(/["'`‘’].*?["'`‘’]/g, '"…"')
    .replaceAll(/\d+/g, 'N')
    .trim();
  return `refuses (${plain}), we do not`;
}

/** What the host, its kernel or its files refuse, and not the rule. */
const hostOnly =
  /missing kernel module|cannot open|doesn't exist|failed to get bpf object|No such file|Can't find match by name .nfacct|Kernel module .* not loaded/i;

const causes = new Map<string, { count: number; example: string }>();
let asked = 0;
let agreed = 0;
for (let index = 0; index < Number(values.lines); index++) {
  const line = nextLine();
  if (line === null || /nfacct|--rateest1? |cgroup .*--path|SECMARK/.test(line.text)) continue;
  let text = line.text;
  const changesToMake = values.changes === undefined ? random.below(3) : Number(values.changes);
  for (let change = 0; change < changesToMake; change++) text = changed(text, random);
  for (const backend of ['nf_tables', 'legacy'] as const satisfies readonly Backend[]) {
    const whole = textAround(line, text, line.text).replace('nf_tables', backend);
    const { refused, words } = judge(whole, backend, line.family);
    const problems = checked(parseRuleset(whole));
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (problems.some(({ message }) => /looks it up in|asks the resolver/.test(message))) continue;
    if (refused && hostOnly.test(words)) continue;
    asked++;
    if (refused === errors.length > 0) {
      agreed++;
      continue;
    }
    const cause = `${backend}: ${causeOf(refused, words, [...new Set(errors.map(({ code }) => code))])}`;
    const known = causes.get(cause);
    if (known === undefined) causes.set(cause, { count: 1, example: `${line.table}/${line.family} ${text}` });
    else known.count++;
  }
}
console.log(`seed ${values.seed}: ${agreed} of ${asked} agree (${((100 * agreed) / asked).toFixed(2)} %)`);
for (const [cause, { count, example }] of [...causes].toSorted(([, a], [, b]) => b.count - a.count)) {
  console.log(`${count} ${cause}\n      ${JSON.stringify(example)}`);
}
process.exitCode = agreed === asked ? 0 : 1;
