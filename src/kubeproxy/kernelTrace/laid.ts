/** A kernel's trace laid over the rules: which rule of which chain each line is. */
import type { Chain, Rule, Ruleset } from '../../rules/iptables/nodes.ts';
import { parseRuleset } from '../../rules/iptables/parser.ts';
import { printConditions } from '../../rules/iptables/printer.ts';
import { chainNamed } from '../rulesets.ts';
import type { TraceEvent, TracedPacket } from './events.ts';
import { rulesLikeNft } from './nftRule.ts';

/** A line of the trace and what it is in these rules. */
export interface LaidStep {
  readonly event: TraceEvent;
  /** The rule that matched; null at a chain's end, and where `why` says that it is not known. */
  readonly rule: Rule | null;
  /** From 0 within the chain; null as `rule`. */
  readonly index: number | null;
  /** The end of a chain: of a base chain its policy, of another the return. Null for a rule. */
  readonly end: 'policy' | 'return' | null;
  /** `ACCEPT`, `DROP`: of a policy, as the line or else these rules say it; null where neither does. */
  readonly verdict: string | null;
  /** Why the line cannot be laid over these rules, as a clause; null where it can. */
  readonly why: string | null;
}

export function laidOver({ events }: TracedPacket, ruleset: Ruleset | null): readonly LaidStep[] {
  return events.map((event) => laidStep(event, chainNamed(ruleset, event.table, event.chain)));
}

function laidStep(event: TraceEvent, chain: Chain | null): LaidStep {
  const { point } = event;
  const rules = chain?.rules ?? [];
  if (chain === null) return laidNowhere(event);
  if (point.kind === 'end') return endOf(event, chain, point.of, null);
  if (point.kind === 'text') return laidText(event, chain);
  const { kind, number } = point;
  const rule = rules[number - 1];
  if (rule !== undefined) return { event, rule, index: number - 1, end: null, verdict: null, why: null };
  if (kind === 'rule') {
    return unknown(event, `these rules have ${rules.length} there, so that they are of another moment`);
  }
  const isElse = number !== rules.length + 1;
  return endOf(
    event,
    chain,
    kind,
    isElse ? `the kernel had ${number - 1} rules there, these have ${rules.length}` : null,
  );
}

/** A line of a chain that these rules do not have. */
function laidNowhere(event: TraceEvent): LaidStep {
  const { point, table, nftFamily } = event;
  const end =
    point.kind === 'end' ? point.of : point.kind === 'policy' || point.kind === 'return' ? point.kind : null;
  const verdict = point.kind === 'end' ? point.verdict : null;
  const why =
    nftFamily === null
      ? `these rules have no such chain in table ${table}`
      : `${nftFamily} ${table} is a table of nftables itself, which rules of iptables do not hold`;
  return { ...unknown(event, why), end, verdict };
}

function endOf(
  event: TraceEvent,
  chain: Chain | null,
  end: 'policy' | 'return',
  why: string | null,
): LaidStep {
  const { point } = event;
  const told = point.kind === 'end' ? point.verdict : null;
  const verdict = end === 'policy' ? (told ?? chain?.declaration?.policy?.text ?? null) : null;
  return { event, rule: null, index: null, end, verdict, why };
}

function unknown(event: TraceEvent, why: string): LaidStep {
  return { event, rule: null, index: null, end: null, verdict: null, why };
}

/** A rule that the line writes out: the one that says the same. */
function laidText(event: TraceEvent, chain: Chain): LaidStep {
  const { point } = event;
  if (point.kind !== 'text') return unknown(event, 'no rule is written there');
  const same = point.language === 'nft' ? rulesLikeNft(point.text, chain) : rulesWritten(point.text, chain);
  const [index, ...more] = same;
  const rule = index === undefined ? undefined : chain.rules[index];
  if (index === undefined || rule === undefined)
    return unknown(event, 'no rule of this chain is written like that');
  const numbers = same.map((each) => each + 1).join(', ');
  return more.length === 0
    ? { event, rule, index, end: null, verdict: null, why: null }
    : unknown(event, `rules ${numbers} of this chain are written like that`);
}

/** The indexes of the rules that say the same as one that iptables wrote. */
function rulesWritten(text: string, { table, rules }: Chain): readonly number[] {
  const written = parseRuleset(`*${table}\n${text}\nCOMMIT\n`).tables[0]?.chains.values().next().value
    ?.rules[0];
  if (written === undefined) return [];
  const wanted = printConditions(written);
  return rules.flatMap((rule, index) => (printConditions(rule) === wanted ? [index] : []));
}
