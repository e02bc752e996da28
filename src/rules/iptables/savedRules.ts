/** Rules as the dump that iptables-save would have printed, as far as a listing, a paste or a part shows one. */
import { printRule } from './printer.ts';
import type { Chain, Ruleset, Table } from './nodes.ts';
import { partOf } from './parts/part.ts';
import { lossesOf } from './listing/losses.ts';

/** What had to be assumed stands before the tables, in comments. */
export function savedRules(ruleset: Ruleset): string {
  const { listing, tables } = ruleset;
  const part = partOf(ruleset);
  const said =
    listing === null
      ? []
      : ['Rules of a listing of iptables -L', ...lossesOf(listing).map(({ message }) => message)];
  const written = tables.map((table) => savedTable(table, [...(part?.tables.get(table)?.absent ?? [])]));
  return [...said.map((message) => `# ${message}\n`), ...written].join('');
}

/** Declarations come first, which iptables-restore wants before the jumps; `absent`: chains of which no rule is there. */
function savedTable({ name, chains }: Table, absent: readonly string[]): string {
  const all = [...chains.values()];
  const missing = absent.filter((each) => !chains.has(each));
  const rules = all.flatMap((chain) => chain.rules.map((rule) => `${printRule(rule)}\n`));
  return [
    `*${name}\n`,
    ...all.map(declared),
    ...(missing.length === 0 ? [] : ['# What these have is not known\n']),
    ...missing.map((each) => `:${each} - [0:0]\n`),
    ...rules,
    'COMMIT\n',
  ].join('');
}

function declared({ name, declaration }: Chain): string {
  const { packets, bytes } = declaration?.counters ?? { packets: 0, bytes: 0 };
  return `:${name} ${declaration?.policy?.text ?? '-'} [${packets}:${bytes}]\n`;
}
