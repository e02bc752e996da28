/** HOT PATH: whether a rule jumps to a chain, by the places of a dump's text that have its name: for one question no index of all jumps is made. */
import type { CompactRuleset } from '../rules/iptables/compact/compactRuleset.ts';
import type { CompactTable } from '../rules/iptables/compact/compactTable.ts';
import { LineKind } from '../rules/iptables/compact/lineTable.ts';
import { targetNameOf } from './words/ruleView.ts';

/** So many rules are read for it. */
const MOST_READ = 64;

/** What stands before the name of the chain that a rule is in. */
const OWN = '-A ';

/** Null where more rules than a few have the name, or may have it in another spelling. */
export function hasNamedJump(
  { text, nodes, source: { lines } }: CompactRuleset,
  { span: { start, end } }: CompactTable,
  chain: string,
): boolean | null {
  // Behind it a quoted name has other letters than are written.
  if (text.includes('\\', start)) return null;
  let left = MOST_READ;
  for (let at = text.indexOf(chain, start); at >= 0 && at < end; at = text.indexOf(chain, at + 1)) {
    if (text.startsWith(OWN, at - OWN.length)) continue;
    const line = lines.lineAt(at);
    if (lines.kindOf(line) !== LineKind.rule) continue;
    if (left-- === 0) return null;
    if (targetNameOf(nodes.rule(line)) === chain) return true;
  }
  return false;
}
