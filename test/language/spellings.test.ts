/** What is said of rules does not hang on how their options are spelled: answers, words, trees, hovers and problems. */
import { readFileSync } from 'node:fs';
import { MarkupContent } from 'vscode-languageserver-types';
import { LineIndex } from '../../src/text/lineIndex.ts';
import { describe, expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { type Analysis, analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { narrate } from '../../src/kubeproxy/narrative/narrate.ts';
import type { Tree, TreeOrder } from '../../src/kubeproxy/tree/tree.ts';
import { fullWords, shortWords } from '../../src/kubeproxy/words/ruleWords.ts';
import { hoverAt } from '../../src/language/hover/hover.ts';
import type { CommandLinks } from '../../src/language/links.ts';
import { checked } from './rules/checked.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';
import { canonicalName } from '../../src/rules/iptables/names.ts';
import type { Option, Rule, Ruleset } from '../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { labFiles } from '../kernel/fixtures.ts';
import { dumpText } from '../kubeproxy/dumps.ts';
import { Random } from '../realKernel/support/random.ts';
import { frontendsOf, randomFlow, randomServiceFlow } from '../realKernel/support/randomFlows.ts';
import { RandomRules } from '../realKernel/support/randomRules.ts';
import { respelled } from '../support/respell.ts';

/** The rules beside the lab's files, or alone. */
function analysisOf(text: string, family: Family, alone = false): Analysis {
  const files = new Map<SnapshotFileName, string>();
  for (const name of alone ? [] : snapshotFileNames) {
    const file = labFiles[name];
    if (file !== undefined) files.set(name, file);
  }
  files.set(family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt', text);
  return analysisOfFiles(files);
}

/** Where things stand in a line differs, and the line itself. */
const placed = new Set(['span', 'start', 'end', 'startCharacter', 'endCharacter']);

function said(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each: unknown) => (placed.has(key) ? undefined : each)));
}

function told(analysis: Analysis, flow: Flow): unknown {
  const answer = answerOf(analysis, flow, { considered: true });
  return answer === null ? null : said([answer, narrate(answer, flow, analysis, [])]);
}

function rulesOf({ statements }: Ruleset): readonly Rule[] {
  return statements.filter((statement) => statement.kind === 'rule');
}

function wordsOf(ruleset: Ruleset): readonly string[] {
  return rulesOf(ruleset).map((rule) => `${fullWords(rule)} ${shortWords(rule)}`);
}

function optionsOf(rule: Rule): readonly Option[] {
  const owned = [...rule.matches, ...(rule.target === null ? [] : [rule.target])].flatMap(
    ({ options }) => options,
  );
  return [...rule.general, ...owned, ...rule.unknown];
}

/** Problems by line and code, with what they say; of a name that is spelled in another way, by its canonical one. */
function problemsOf(text: string): readonly string[] {
  const ruleset = parseRuleset(text);
  const index = new LineIndex(text);
  const lineAt = (offset: number): number => index.positionAt(offset).line + 1;
  // What `--to` is short for hangs on the rule.
  const names = new Map(
    rulesOf(ruleset)
      .flatMap(optionsOf)
      .map((option) => [`${lineAt(option.name.start)} ${option.name.text}`, canonicalName(option)]),
  );
  return checked(ruleset).map(({ code, severity, message, at: { span } }) => {
    const line = lineAt(span.start);
    const words = message.replaceAll(/--?[\w-]+/g, (name) => names.get(`${line} ${name}`) ?? name);
    return `${line} ${severity} ${code} ${words}`;
  });
}

const links: CommandLinks = {
  trace: ({ to }) => `trace ${to}`,
  diagnose: ({ service }) => `command:diagnose?${service}`,
  showInTree: ({ chain }) => `tree ${chain}`,
  openObject: ({ resource, namespace, name }) => `open ${resource}/${namespace}/${name}`,
  references: ({ line }) => `references ${line}`,
};

/** The hovers of every option, match and target of these rules. */
function hoversOf(text: string, analysis: Analysis, which: (index: number) => boolean): readonly string[] {
  const document = new RulesDocument({ uri: 'file:///node-1/iptables-save.txt', version: 1, text });
  return rulesOf(document.ruleset)
    .filter((_, index) => which(index))
    .flatMap((rule) => {
      const words = [...optionsOf(rule), ...rule.matches, ...(rule.target === null ? [] : [rule.target])];
      return words.map(({ name }) => {
        const contents = hoverAt({ document, analysis, links }, name.start)?.contents;
        return MarkupContent.is(contents) ? contents.value : '';
      });
    });
}

/** Every row of the tree, opened down to `depth`. */
function rowsOf(tree: Tree, order: TreeOrder, parent: string | null, depth: number): unknown {
  const { items } = tree.rows(order, parent, 0, 500);
  return items.map((row) => [said(row), depth === 0 ? null : rowsOf(tree, order, row.id, depth - 1)]);
}

const all = (): boolean => true;
const everyTenth = (index: number): boolean => index % 10 === 0;

describe('random rules say the same by any spelling', () => {
  test.each(Array.from({ length: 30 }, (_, index) => index + 1))('seed %i', (seed) => {
    const random = new Random(seed);
    const family: Family = random.pick([4, 6] as const);
    const plain = new RandomRules(random, family).text();
    const spelled = respelled(plain, random);
    expect(spelled).not.toBe(plain);
    const [one, other] = [analysisOf(plain, family), analysisOf(spelled, family)];
    for (let count = 12; count > 0; count--) {
      const flow = randomFlow(random, family);
      expect(told(other, flow), spelled).toEqual(told(one, flow));
    }
    expect(wordsOf(parseRuleset(spelled))).toEqual(wordsOf(parseRuleset(plain)));
    expect(problemsOf(spelled)).toEqual(problemsOf(plain));
    expect(hoversOf(spelled, other, all)).toEqual(hoversOf(plain, one, all));
  });
});

describe('a dump says the same by any spelling', () => {
  test.each(['1.36.3', '1.23.4', '1.36.3-cni-plugins', 'docker'])('%s', (name) => {
    const random = new Random(20_261_129);
    const plain = dumpText(name, 'iptables-save.txt') ?? '';
    const spelled = respelled(plain, random);
    const frontends = name === 'docker' ? [] : frontendsOf(plain, 4);
    for (const alone of [false, true]) {
      const [one, other] = [analysisOf(plain, 4, alone), analysisOf(spelled, 4, alone)];
      for (let count = 20; count > 0; count--) {
        const flow = frontends.length === 0 ? randomFlow(random, 4) : randomServiceFlow(random, 4, frontends);
        expect(told(other, flow)).toEqual(told(one, flow));
      }
      expect(rowsOf(other.tree, 'service', null, 4)).toEqual(rowsOf(one.tree, 'service', null, 4));
      expect(rowsOf(other.tree, 'hook', null, 3)).toEqual(rowsOf(one.tree, 'hook', null, 3));
      expect(hoversOf(spelled, other, everyTenth)).toEqual(hoversOf(plain, one, everyTenth));
    }
    expect(wordsOf(parseRuleset(spelled))).toEqual(wordsOf(parseRuleset(plain)));
    expect(problemsOf(spelled)).toEqual(problemsOf(plain));
  });
});

describe('right and wrong rules have the same problems by any spelling', () => {
  test.each(['filter4', 'nat4', 'mangle4', 'filter6', 'nat6'])('%s', (file) => {
    const random = new Random(20_261_129);
    const table = file.slice(0, -1);
    const lines = readFileSync(new URL(`rules/judged/${file}.iptables`, import.meta.url), 'utf8').split('\n');
    for (const line of lines) {
      const plain = `*${table}\n:X - [0:0]\n:Y - [0:0]\n${line}\nCOMMIT\n`;
      const spelled = respelled(plain, random, 1);
      expect(problemsOf(spelled), spelled).toEqual(problemsOf(plain));
      expect(wordsOf(parseRuleset(spelled))).toEqual(wordsOf(parseRuleset(plain)));
    }
  });
});
