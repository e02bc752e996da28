/** Rules by other spellings: abbreviations and old names that getopt takes (test/rules/iptables/abbreviations.test.ts asks it). */
import type { Option, Rule } from '../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { printRule } from '../../src/rules/iptables/printer.ts';
import type { Random } from '../realKernel/support/random.ts';

/** The text with about `share` of its options under another name; every rule still says the same. */
export function respelled(text: string, random: Random, share = 0.5): string {
  let written = '';
  let at = 0;
  for (const statement of parseRuleset(text).statements) {
    if (statement.kind !== 'rule') continue;
    written += text.slice(at, statement.start) + respelledRule(text, statement, random, share);
    at = statement.end;
  }
  return written + text.slice(at);
}

function respelledRule(text: string, rule: Rule, random: Random, share: number): string {
  let line = text.slice(rule.start, rule.end);
  // From the end, so that the places before stay where they are.
  for (const { start, names } of namedPlaces(rule).toSorted((one, other) => other.start - one.start)) {
    if (!random.chance(share)) continue;
    const from = start - rule.start;
    const old = /^\S+/.exec(line.slice(from))?.[0] ?? '';
    const name = spelling(random.pick(names), random);
    const next = line.slice(0, from) + name + line.slice(from + old.length);
    if (saysTheSame(next, rule)) line = next;
  }
  return line;
}

interface NamedPlace {
  readonly start: number;
  /** Every name in full that may stand there. */
  readonly names: readonly string[];
}

function namedPlaces(rule: Rule): readonly NamedPlace[] {
  const options: readonly Option[] = [
    ...rule.general,
    ...rule.matches.flatMap((match) => match.options),
    ...(rule.target?.options ?? []),
  ];
  return [
    ...options.flatMap(({ name, definition }) =>
      definition === null ? [] : [{ start: name.start, names: [definition.name, ...definition.aliases] }],
    ),
    ...rule.matches.flatMap(({ start, implicit }) => (implicit ? [] : [{ start, names: ['-m', '--match'] }])),
    ...(rule.target === null
      ? []
      : [
          {
            start: rule.target.start,
            names: rule.target.kind === 'jump' ? ['-j', '--jump'] : ['-g', '--goto'],
          },
        ]),
  ];
}

/** `--dport` → `--dport`, `--dpo` … */
function spelling(name: string, random: Random): string {
  if (!name.startsWith('--') || random.chance(0.2)) return name;
  return name.slice(0, 3 + random.below(name.length - 2));
}

function saysTheSame(line: string, rule: Rule): boolean {
  const read = parseRuleset(`*filter\n${line}\nCOMMIT\n`).statements.find(({ kind }) => kind === 'rule');
  return (
    read?.kind === 'rule' &&
    read.unknown.length === rule.unknown.length &&
    read.problems.length === rule.problems.length &&
    printRule(read) === printRule(rule)
  );
}
