/** Every dump of the repository as people paste it, and as parts: read back, it is the same tree as far as the form keeps it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { cleanText } from '../../../../src/rules/iptables/paste/cleanText.ts';
import { printRule, printRuleset } from '../../../../src/rules/iptables/printer.ts';
import { pastesOf, randomOf } from './noisy.ts';

const folder = fileURLToPath(new URL('../../../dumps/', import.meta.url));

/** Other numbers make other pastes. */
const SEED = Number(process.env['PASTE_SEED'] ?? 20_261_130);
const TOGETHER = Number(process.env['PASTES'] ?? 12);

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /tables(-\w+)?-save(-c)?\.txt$/.test(name))
  .toSorted();

interface Tree {
  readonly name: string;
  readonly chains: readonly string[];
}

/** Tables with their chains, policies and rules, in order. */
function treeOf({ tables }: Ruleset): readonly Tree[] {
  return tables.map(({ name, chains }) => ({
    name,
    chains: [...chains.values()].map(
      (chain) =>
        `${chain.name} ${chain.declaration?.policy?.text ?? '-'}\n${chain.rules.map(printRule).join('\n')}`,
    ),
  }));
}

/** Of a dump too long to be pasted again and again every table has its first rules. */
function cut(text: string): string {
  let left = 0;
  return text
    .split('\n')
    .filter((line) => {
      if (line.startsWith('*')) left = MOST_RULES;
      return !/^(\[\d+:\d+\] )?-A/.test(line) || left-- > 0;
    })
    .join('\n');
}

const MOST_RULES = 120;

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const short = cut(text);
  const tree = treeOf(parseRuleset(short));

  it('is read out of every paste', () => {
    for (const { name, text: written } of pastesOf(short, SEED + text.length, TOGETHER)) {
      const ruleset = parseRuleset(written);
      expect.soft({ name, tree: treeOf(ruleset) }, name).toEqual({ name, tree });
      expect.soft(printRuleset(ruleset), name).toBe(written);
      if (ruleset.paste !== null)
        expect.soft(treeOf(parseRuleset(cleanText(ruleset.paste))), `${name}, cleaned`).toEqual(tree);
    }
  });

  it('is read out of its lines without tables', () => {
    const lines = text.split('\n').filter((line) => /^(\[\d+:\d+\] )?-A|^:/.test(line));
    const rules = lines.filter((line) => !line.startsWith(':'));
    for (const part of [lines, rules]) expect(rulesIn(`${part.join('\n')}\n`)).toEqual(rulesIn(text));
  });

  it('is read out of a grep for a Service: every line is of the table that it was of', () => {
    const known = new Map<string, string>(
      rulesIn(text).map((rule) => [rule.slice(rule.indexOf(' ') + 1), rule]),
    );
    const services = [...new Set(text.match(/(?<=")[\w.-]+\/[\w.-]+:[\w-]+/g) ?? [])];
    const random = randomOf(SEED);
    for (const service of services.filter(() => random() < 0.25)) {
      const found = text
        .split('\n')
        .filter((line) => line.includes(`${service} `) || line.includes(`${service}"`));
      const read = rulesIn(`$ sudo iptables-save | grep ${service}\n${found.join('\n')}\n`);
      expect(read.length).toBe(found.length);
      for (const rule of read) expect(rule).toBe(known.get(rule.slice(rule.indexOf(' ') + 1)));
    }
  });
});

/** `nat -A X …`, sorted. */
function rulesIn(text: string): readonly string[] {
  return parseRuleset(text)
    .tables.flatMap(({ name, chains }) =>
      [...chains.values()].flatMap(({ rules }) => rules.map((rule) => `${name} ${printRule(rule)}`)),
    )
    .toSorted();
}
