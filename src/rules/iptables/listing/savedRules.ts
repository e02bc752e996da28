/** A listing as the dump that iptables-save would have printed, as far as it shows one. */
import { printRule } from '../printer.ts';
import type { Chain, Ruleset, Table } from '../nodes.ts';
import type { Listing } from './listing.ts';
import { lossesOf } from './losses.ts';

/** `ruleset` is that of `listing`. What had to be assumed stands before the tables, in comments. */
export function savedRules(ruleset: Ruleset, listing: Listing): string {
  const assumed = lossesOf(listing).map(({ message }) => `# ${message}\n`);
  return ['# Rules of a listing of iptables -L\n', ...assumed, ...ruleset.tables.map(savedTable)].join('');
}

/** Declarations come first, which iptables-restore wants before the jumps. */
function savedTable({ name, chains }: Table): string {
  const all = [...chains.values()];
  const rules = all.flatMap((chain) => chain.rules.map((rule) => `${printRule(rule)}\n`));
  return `*${name}\n${all.map(declared).join('')}${rules.join('')}COMMIT\n`;
}

function declared({ name, declaration }: Chain): string {
  const { packets, bytes } = declaration?.counters ?? { packets: 0, bytes: 0 };
  return `:${name} ${declaration?.policy?.text ?? '-'} [${packets}:${bytes}]\n`;
}
