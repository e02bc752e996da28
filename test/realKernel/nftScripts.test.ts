/** Random scripts of commands: what they leave, as it is read of them, is what nft lists once it has loaded them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appliedRuleset } from '../../src/rules/nftables/applied.ts';
import { chainsOf } from '../../src/rules/nftables/chains.ts';
import type { Ruleset } from '../../src/rules/nftables/nodes.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { printExpression } from '../../src/rules/nftables/printing/expressions.ts';
import { Namespace } from './support/namespace.ts';
import { Random } from './support/random.ts';
import { describeWithKernel } from './support/requirements.ts';

// More than a test run needs: `KPE_FIRST_SEED=9000 KPE_SEEDS=500 npm run test:kernel -- nftScripts`.
const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 6) }, (_, index) => FIRST + index);
const COMMANDS = 40;

/** A command on one of few tables, chains and sets, so that they meet what is there, or is not. */
function command(random: Random): string {
  const table = random.pick(['ip a', 'ip a', 'inet b']);
  const chain = `${table} ${random.pick(['c', 'd', 'e'])}`;
  const set = `${table} ${random.pick(['s', 'u'])}`;
  const port = 1 + random.below(60000);
  const rule = `tcp dport ${port} ${random.pick(['accept', 'drop', 'return'])}`;
  const elements = `{ ${1 + random.below(5)}, ${6 + random.below(5)} }`;
  const index = random.maybe(0.4, () => `index ${random.below(4)} `);
  return random.pick([
    `add table ${table}`,
    `table ${table} { chain ${random.pick(['c', 'd'])} { ${rule} ; } ; }`,
    `add chain ${chain}`,
    `add chain ${chain} { type filter hook input priority ${random.below(9)} ; policy ${random.pick(['accept', 'drop'])} ; }`,
    `chain ${chain} { policy ${random.pick(['accept', 'drop'])} ; }`,
    ...Array.from({ length: 5 }, () => `add rule ${chain} ${index}${rule}`),
    ...Array.from({ length: 4 }, () => `insert rule ${chain} ${index}${rule}`),
    `add ${chain} ${rule}`,
    `add set ${set} { type inet_service ; flags interval ; }`,
    `add set ${set} { type inet_service ; elements = ${elements} ; }`,
    `add element ${set} ${elements}`,
    `add element ${set} ${elements}`,
    `delete element ${set} { ${1 + random.below(5)} }`,
    `flush set ${set}`,
    `flush chain ${chain}`,
    random.chance(0.3) ? `flush table ${table}` : `add rule ${chain} ${rule}`,
    random.chance(0.3) ? `delete chain ${chain}` : `rename chain ${chain} ${random.pick(['c', 'd', 'e'])}`,
    random.chance(0.3) ? `delete set ${set}` : `add table ${table}`,
    random.chance(0.2) ? `delete table ${table}` : `add table ${table}`,
    random.chance(0.1) ? `flush ruleset${random.pick(['', ' ip', ' inet'])}` : `add table ${table}`,
  ]);
}

/** `ip a/c [input drop]: tcp dport 22 accept; …`, `ip a @s: 1, 2`, in the order of their names; sets in that of their numbers. */
function left({ text, ...ruleset }: Ruleset): readonly string[] {
  const chains = [...chainsOf({ text, ...ruleset })].flatMap(([table, of]) =>
    [...of.values()].map(({ name, base, policy, rules }) => {
      const hook = base === null ? '' : ` [${base.hook.text} ${policy}]`;
      return `${table}/${name}${hook}: ${rules.map(({ start, end }) => text.slice(start, end).trim()).join('; ')}`;
    }),
  );
  const sets = ruleset.tables.flatMap(({ family, name, items }) =>
    items.flatMap((item) => {
      if (item.kind !== 'set') return [];
      const keys = new Set(item.elements.map(({ key }) => printExpression(key)));
      return [
        `${family} ${name.text} @${item.name.text}: ${[...keys].toSorted((a, b) => Number(a) - Number(b)).join(', ')}`,
      ];
    }),
  );
  return [...chains, ...sets].toSorted();
}

describeWithKernel('what scripts leave', ['nft'], () => {
  let space: Namespace | null = null;
  beforeAll(() => {
    space = new Namespace('scripts');
  });
  afterAll(() => {
    space?.close();
  });

  test.each(SEEDS)('seed %i', (seed) => {
    if (space === null) throw new Error('no namespace');
    const random = new Random(seed);
    space.run(['nft', 'flush', 'ruleset']);
    const script = ['ip a', 'inet b'].flatMap((table) => [`add table ${table}`, `add chain ${table} c`]);
    for (const line of script) space.run(['nft', line]);
    for (let count = 0; count < COMMANDS; count++) {
      const line = command(random);
      if (space.attempt(['nft', line]).status === 0) script.push(line);
    }
    const listed = space.run(['nft', '-s', 'list', 'ruleset']);
    expect(script.length).toBeGreaterThan(4);
    expect(left(appliedRuleset(parseRuleset(`${script.join('\n')}\n`))), script.join('\n')).toEqual(
      left(parseRuleset(listed)),
    );
  });
});
