/**
 * Every option of judged rules that are right, by every beginning of its names. What the parser resolves, iptables must resolve to the
 * same; what it does not, iptables must refuse.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checked } from '../../language/rules/checked.ts';
import type { Option, Rule } from '../../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { printRule } from '../../../src/rules/iptables/printer.ts';
import type { Family } from '../../../src/values/address.ts';
import { Random } from '../../realKernel/support/random.ts';
import { describeWithKernel } from '../../realKernel/support/requirements.ts';

/** A rule by another spelling, and how the parser reads it; null where it does not. */
interface Spelled {
  readonly text: string;
  readonly read: string | null;
}

interface RuleFile {
  readonly table: string;
  readonly family: Family;
}

const files: readonly RuleFile[] = [
  { table: 'filter', family: 4 },
  { table: 'nat', family: 4 },
  { table: 'mangle', family: 4 },
  { table: 'filter', family: 6 },
  { table: 'nat', family: 6 },
];

function tableOf(table: string, lines: readonly string[]): string {
  return [`*${table}`, ':X - [0:0]', ':Y - [0:0]', ...lines, 'COMMIT', ''].join('\n');
}

const HEADER_LINES = 3;

function ruleOf(table: string, line: string): Rule | null {
  const found = parseRuleset(tableOf(table, [line])).statements.find(({ kind }) => kind === 'rule');
  return found?.kind === 'rule' && found.problems.length === 0 && found.unknown.length === 0 ? found : null;
}

function isWrong(table: string, line: string): boolean {
  return checked(parseRuleset(tableOf(table, [line]))).length > 0;
}

function optionsOf(rule: Rule): readonly Option[] {
  return [
    ...rule.general,
    ...rule.matches.flatMap(({ options }) => options),
    ...(rule.target?.options ?? []),
  ];
}

/** The rules of a file with each option shortened; an option beside the same extensions only once. */
function spellingsOf({ table, family }: RuleFile): readonly Spelled[] {
  const path = new URL(`../../language/rules/judged/${table}${family}.iptables`, import.meta.url);
  const seen = new Set<string>();
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const rule = line.startsWith('-A ') ? ruleOf(table, line) : null;
      if (rule === null || isWrong(table, line)) return [];
      const loaded = [...rule.matches.map(({ name }) => name.text), rule.target?.name.text].join(' ');
      return optionsOf(rule).flatMap((option) => {
        const key = `${loaded} ${option.definition?.name}`;
        if (seen.has(key)) return [];
        seen.add(key);
        return shortened(option).map((name) => {
          const text =
            line.slice(0, option.name.start - rule.start) + name + line.slice(option.name.end - rule.start);
          const read = ruleOf(table, text);
          return { text, read: read === null ? null : printRule(read) };
        });
      });
    });
}

/** `--dport` → `--d`, `--dp` … `--dport`, and so for every other name. */
function shortened({ definition }: Option): readonly string[] {
  return [definition?.name ?? '', ...(definition?.aliases ?? [])]
    .filter((name) => name.startsWith('--'))
    .flatMap((name) => Array.from({ length: name.length - 2 }, (_, index) => name.slice(0, index + 3)));
}

/** Loads the rules; those that are refused are left out and named by their index. */
function load(
  { table, family }: RuleFile,
  lines: readonly string[],
): { readonly refused: ReadonlySet<number>; readonly printed: readonly string[] } {
  const prefix = family === 6 ? 'ip6tables' : 'iptables';
  const script = `${prefix}-nft-restore && ${prefix}-nft-save`;
  const refused = new Set<number>();
  for (;;) {
    const input = tableOf(
      table,
      lines.map((line, index) => (refused.has(index) ? '' : line)),
    );
    const done = spawnSync('unshare', ['--net', 'sh', '-c', script], { input, encoding: 'utf8' });
    if (done.status === 0)
      return { refused, printed: done.stdout.split('\n').filter((line) => line.startsWith('-A')) };
    const [, line] = /line:? (\d+)/.exec(done.stderr) ?? [];
    const index = Number(line) - 1 - HEADER_LINES;
    if (line === undefined || refused.has(index)) throw new Error(done.stderr);
    refused.add(index);
  }
}

function isRefused({ table, family }: RuleFile, line: string): boolean {
  const program = `${family === 6 ? 'ip6tables' : 'iptables'}-nft-restore`;
  const input = tableOf(table, [line]);
  const done = spawnSync('unshare', ['--net', program, '--test'], { input, encoding: 'utf8' });
  // `--vers` and `--he` print something, load nothing and succeed.
  return done.status !== 0 || done.stdout !== '';
}

/** The family of a line is not known to the parser, and IPv4's `ah` has one option only. */
const hangsOnTheFamily = / --ah? 1/;

const ASKED = Number(process.env['JUDGE_RUNS'] ?? 60);

describeWithKernel('iptables-restore', ['iptables-nft-restore'], () => {
  it.each(files)('reads shortened options as the parser does: $table of IPv$family', (file) => {
    const found = spellingsOf(file).filter(({ read }) => read !== null);
    expect(found.length).toBeGreaterThan(10);
    const spelled = load(
      file,
      found.map(({ text }) => text),
    );
    const read = load(
      file,
      found.map((each) => each.read ?? ''),
    );
    expect([...spelled.refused].map((index) => found[index]?.text)).toEqual(
      [...read.refused].map((index) => found[index]?.text),
    );
    expect(spelled.printed).toEqual(read.printed);
  });

  it.each(files)('refuses what the parser cannot resolve: $table of IPv$family', (file) => {
    const random = new Random(20_261_129);
    const unread = spellingsOf(file).filter(
      ({ text, read }) => read === null && !hangsOnTheFamily.test(text),
    );
    const asked = unread.length <= ASKED ? unread : unread.filter(() => random.chance(ASKED / unread.length));
    expect(asked.filter(({ text }) => !isRefused(file, text)).map(({ text }) => text)).toEqual([]);
  });
});
