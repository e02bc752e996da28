/** Hints between the words of rules: what share a rule takes, whose an address is, what a mark is called. */
import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver-types';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { chanceOf } from '../kubeproxy/modes/iptables/chance.ts';
import { commentOf } from '../kubeproxy/words/ruleView.ts';
import { percent } from '../kubeproxy/words/percent.ts';
import { canonicalName } from '../rules/iptables/names.ts';
import type { Option, Rule, Table } from '../rules/iptables/nodes.ts';
import { mapped, type Steps } from '../values/steps.ts';
import { chainTitle } from './chainTitle.ts';
import { addressesIn } from './hover/addresses.ts';
import { familyOf } from './hover/context.ts';
import { MARK_OPTIONS, markName, setBits } from './hover/marks.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { listed } from './words.ts';

/** Which hints are wanted. */
export interface InlayHintSettings {
  /** Shares of rules with `statistic`, as they come out behind the rules before them. */
  readonly shares: boolean;
  /** Services, pods and interfaces behind addresses and chains. */
  readonly names: boolean;
  readonly marks: boolean;
}

/** More lines than a screen has. */
const MOST_LINES = 2_000;

/** The hints of the lines that touch `range`. */
export function* inlayHints(
  document: RulesDocument,
  analysis: Analysis,
  range: Range,
  settings: InlayHintSettings,
): Steps<InlayHint[]> {
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const lines = document.statementsIn(span).slice(0, MOST_LINES);
  const hints = yield* mapped(lines, (line) => {
    const table = line.kind === 'rule' ? document.tableAt(line.start) : null;
    return line.kind === 'rule' && table !== null
      ? hintsOf(document, analysis, { table, rule: line }, settings)
      : [];
  });
  return hints.flat();
}

interface RulePlace {
  readonly table: Table;
  readonly rule: Rule;
}

function hintsOf(
  document: RulesDocument,
  analysis: Analysis,
  place: RulePlace,
  settings: InlayHintSettings,
): InlayHint[] {
  const { rule } = place;
  const hint = (offset: number, label: string): InlayHint => ({
    position: document.rangeOf({ start: offset, end: offset }).start,
    label,
    kind: InlayHintKind.Parameter,
    paddingLeft: true,
  });
  const options = [
    ...rule.general,
    ...rule.matches.flatMap((match) => match.options),
    ...(rule.target?.options ?? []),
  ];
  const found = options.flatMap((option) => {
    const label = labelOf(analysis, rule, option, settings);
    const at = option.values.at(-1);
    return label === null || at === undefined ? [] : [hint(at.end, label)];
  });
  const target = targetLabel(analysis, place, settings);
  if (target !== null && rule.target !== null) found.push(hint(rule.target.name.end, target));
  return found;
}

function labelOf(analysis: Analysis, rule: Rule, option: Option, settings: InlayHintSettings): string | null {
  const name = canonicalName(option);
  const value = option.values[0]?.text ?? '';
  if (settings.marks && MARK_OPTIONS.has(name)) return marksLabel(analysis, value);
  if (!settings.names || (name !== '-s' && name !== '-d' && name !== '--to-destination')) return null;
  const [address, another] = addressesIn(value);
  if (address === undefined || another !== undefined) return null;
  const owner = ownerName(analysis, address);
  // What the rule's own comment says need not be said again.
  return owner === null || commentOf(rule).includes(owner) ? null : owner;
}

/** The shortest name: of a Service, with its port where the address has one only; else of the pod or node. Null where several have it. */
function ownerName(analysis: Analysis, address: string): string | null {
  const owners = analysis.catalog.whoHas(address);
  const [first] = owners;
  if (first === undefined) return null;
  if (first.kind === 'pod' || first.kind === 'node') return first.name;
  if (first.kind === 'endpoint' && first.endpoint.pod !== null) return first.endpoint.pod.name;
  const ports = owners.flatMap((owner) => (owner.kind === first.kind && 'port' in owner ? owner.port : []));
  if (ports.every(({ name }) => name === first.port.name)) return first.port.name;
  const { namespace, service } = first.port;
  const isOne =
    service !== null && ports.every((port) => port.service === service && port.namespace === namespace);
  return isOne ? `${namespace ?? ''}/${service}` : null;
}

function marksLabel(analysis: Analysis, value: string): string | null {
  const [mark = '', mask = '0xffffffff'] = value.split('/');
  const names = setBits(mark, mask).map((bit) => markName(bit, analysis));
  const told = names.filter((name) => !name.startsWith('mark bit'));
  return told.length === 0 ? null : listed(told, 3);
}

function targetLabel(
  analysis: Analysis,
  { table, rule }: RulePlace,
  settings: InlayHintSettings,
): string | null {
  const share = settings.shares ? shareOf(analysis, table, rule) : null;
  const title = settings.names ? nameOfTarget(analysis, table, rule) : null;
  const parts = [...(share === null ? [] : [percent(share)]), ...(title === null ? [] : [title])];
  return parts.length === 0 ? null : parts.join(' · ');
}

function nameOfTarget(analysis: Analysis, table: Table, rule: Rule): string | null {
  const title = rule.target === null ? null : chainTitle(analysis, table, rule.target.name.text);
  return title === null || commentOf(rule).includes(title.split(' ')[0] ?? '') ? null : title;
}

/**
 * The share of all packets of the chain that a rule takes, where it and the rules before it look at nothing but chance;
 * for an endpoint of a Service what the catalog says. Null elsewhere.
 */
function shareOf(analysis: Analysis, table: Table, rule: Rule): number | null {
  if (!onlyChance(rule)) return null;
  const own = rule.target?.name.text ?? '';
  const owner = table.name === 'nat' ? analysis.iptables.ofChain(own, familyOf({ analysis }, table)) : null;
  if (owner !== null && owner.endpoint !== null) {
    return rule.chain.text.startsWith('KUBE-SVC-') ? owner.endpoint.share : owner.endpoint.localShare;
  }
  const chance = hasStatistic(rule) ? chanceOf(rule) : null;
  if (chance === null) return null;
  let left = 1;
  for (const before of (table.chains.get(rule.chain.text)?.rules ?? []).slice(0, rule.index)) {
    const taken = onlyChance(before) && hasStatistic(before) ? chanceOf(before) : null;
    if (taken === null) return null;
    left *= 1 - taken;
  }
  return left * chance;
}

/** Whether a rule has no condition but a chance, or none at all. */
function onlyChance({ general, matches, unknown }: Rule): boolean {
  if (general.length > 0 || unknown.length > 0) return false;
  return matches.every((match) => ['statistic', 'comment'].includes(canonicalName(match)));
}

function hasStatistic({ matches }: Rule): boolean {
  return matches.some((match) => canonicalName(match) === 'statistic');
}
