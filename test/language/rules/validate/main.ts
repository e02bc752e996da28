/**
 * `npm run conformance:validate -- [--seed S] [--lines N] [--changes 0..2] [--only CHANGE] [--examples N]`: lines of rules, asked
 * of iptables-restore in both backends, and of the checks; how many agree, by backend, family and kind of change, and where
 * they do not, by cause with examples.
 */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Backend } from '../../../../src/language/rules/tableScope.ts';
import { checked } from '../checked.ts';
import { judge, whyNoJudge } from '../judge.ts';
import { installedExtensions, manualExamples } from './extensions.ts';
import { changes, type Stock } from './changes.ts';
import { frameNames, textAround } from './frames.ts';
import { type Line, lineOfHelp, linesOfDump } from './lines.ts';
import { Random } from './random.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '1000' },
    changes: { type: 'string' },
    only: { type: 'string' },
    examples: { type: 'string', default: '1' },
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
  /missing kernel module|cannot open|doesn't exist|failed to get bpf object|No such file|Can't find match by name .nfacct|owner: Bad value for .--[ug]id-owner. option: .[a-z]|Kernel module .* not loaded/i;

/** What the kernel looks up on the host when it loads a rule: the changes may bring it in, too. */
const asksHost = /nfacct|--rateest1? |cgroup .*--path|SECMARK/;

const stock: Stock = { random, extensions, other: () => nextLine()?.text ?? '' };
const changeNames = [...Object.keys(changes), ...frameNames];

/** A line changed, the text around it, and what was done. */
function nextCase(line: Line): {
  readonly whole: string;
  readonly text: string;
  readonly done: readonly string[];
} {
  const done =
    values.only === undefined
      ? Array.from(
          { length: Number(values.changes ?? random.below(3)) },
          () => random.pick(changeNames) ?? '',
        )
      : [values.only];
  let text = line.text;
  for (const name of done) text = changes[name]?.(text, stock) ?? text;
  const frame = done.find((name) => frameNames.includes(name)) ?? null;
  return { whole: textAround(line, text, frame, random), text, done };
}

/** Without what only makes it long. */
function shown(text: string): string {
  return text.replaceAll(/ {99,}|x{99,}|( -m comment --comment x){9,}/g, '…');
}

/** Answers that were asked for, and how many of them agree. */
class Tally {
  asked = 0;
  agreed = 0;

  add(agrees: boolean): void {
    this.asked++;
    if (agrees) this.agreed++;
  }

  toString(): string {
    return `${this.agreed} of ${this.asked} (${((100 * this.agreed) / Math.max(1, this.asked)).toFixed(2)} %)`;
  }
}

const tallies = new Map<string, Tally>();
const causes = new Map<string, { count: number; readonly examples: string[] }>();

function tally(name: string, agrees: boolean): void {
  const known = tallies.get(name) ?? new Tally();
  tallies.set(name, known);
  known.add(agrees);
}

function ask(line: Line, whole: string, backend: Backend): { agrees: boolean; cause: string } | null {
  const { refused, words } = judge(whole, backend, line.family);
  const problems = checked(parseRuleset(whole));
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (problems.some(({ message }) => /looks it up in|asks the resolver|CONFIG_HZ decides/.test(message)))
    return null;
  if (refused && hostOnly.test(words)) return null;
  const cause = `${backend}: ${causeOf(refused, words, [...new Set(errors.map(({ code }) => code))])}`;
  return { agrees: refused === errors.length > 0, cause };
}

for (let index = 0; index < Number(values.lines); index++) {
  const line = nextLine();
  if (line === null) continue;
  const { whole, text, done } = nextCase(line);
  if (asksHost.test(line.text) || asksHost.test(text)) continue;
  for (const backend of ['nf_tables', 'legacy'] as const satisfies readonly Backend[]) {
    const answer = ask(line, whole.replace('nf_tables', backend), backend);
    if (answer === null) continue;
    tally('all', answer.agrees);
    tally(`${backend} IPv${line.family}`, answer.agrees);
    for (const name of new Set(done)) tally(name, answer.agrees);
    if (answer.agrees) continue;
    const known = causes.get(answer.cause) ?? { count: 0, examples: [] };
    causes.set(answer.cause, known);
    known.count++;
    const isFrame = done.some((name) => frameNames.includes(name));
    if (known.examples.length < Number(values.examples))
      known.examples.push(
        `${line.table}/${line.family} ${JSON.stringify(shown(isFrame ? whole : text))} (${done.join('; ')})`,
      );
  }
}
console.log(`seed ${values.seed}: ${String(tallies.get('all'))} agree`);
for (const [name, known] of [...tallies].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  if (name !== 'all') console.log(`  ${name}: ${String(known)}`);
for (const [cause, { count, examples }] of [...causes].toSorted(([, a], [, b]) => b.count - a.count))
  console.log([`${count} ${cause}`, ...examples].join('\n      '));
process.exitCode = causes.size === 0 ? 0 : 1;
