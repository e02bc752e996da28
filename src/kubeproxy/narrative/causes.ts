/** What stopped a packet, in the words of whoever wrote the rule that did: no endpoints, the source ranges, a mark. */
import { isSameRule, placeText, type RuleAt, type RulePlace } from '../../kernel/ruleAt.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome, Step } from '../../kernel/trace.ts';
import { readMark, type MaskedNumber } from '../../values/marks.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ChainOwner } from '../modes/iptables/iptablesServices.ts';
import { readFamilyChain } from '../modes/iptables/roles.ts';
import { readPortChain } from '../modes/nftables/names.ts';
import { refusedPort } from './refused.ts';
import { matchNamed, matchOption, valueOf } from '../words/ruleView.ts';
import type { Context, PlacedRule } from './context.ts';
import { isProxied, placeOf, placeWords, policyOf, translationOf } from './words.ts';

/** `dropped: shop/web:http has no endpoints`, `rejected by rule 3 of FORWARD ("no guests")` */
export function stoppedClause(outcome: Outcome, context: Context): string {
  const done = outcome.verdict === 'drop' ? 'dropped' : 'rejected';
  const { by } = outcome;
  if (by === null || by === 'kernel')
    return `${done} by the kernel${translated(outcome)}${outcome.reason === null ? '' : `: ${kernelWords(outcome.reason)}`}`;
  const place = placeOf(by);
  if (!place) return `${done} by the policy of ${policyChain(by)}`;
  const found = context.ruleAt(place);
  const last = outcome.steps.findLast((step) => step.kind === 'rule');
  const at = found?.at ?? (last !== undefined && placeText(last.at) === by ? last.at : null);
  const cause =
    (at && serviceCause(at, context)) ??
    refusedCause(outcome, context) ??
    (found === null ? null : markedCause(found, outcome, context));
  if (cause !== null) return `${done}: ${cause}`;
  // A rule that is none of dropping, such as NFQUEUE without a program, says why it dropped.
  const why = outcome.reason === null ? '' : `: ${outcome.reason}`;
  return `${isProxied(outcome) ? 'taken' : done} by ${ruleWords(place, context)}${why}`;
}

/** Who had sent the packet to the address that the kernel complains of; empty where it was asked for. */
function translated(outcome: Outcome): string {
  const step = translationOf(outcome);
  if (step === null || !('is' in step.effect) || typeof step.effect.is === 'number') return '';
  if (outcome.reason?.includes(step.effect.is.address) !== true) return '';
  return ` once ${placeWords(step.at)} had sent it to ${formatEndpoint(step.effect.is)}`;
}

/** What a process is told of it says `noticed.ts`: not always the error that routing gives. */
export function kernelWords(reason: string): string {
  return reason.replace(/^E[A-Z]+: /, '');
}

/** `filter/FORWARD/policy` → `FORWARD (table filter)` */
function policyChain(by: string): string {
  const place = policyOf(by);
  return place === null ? by : `${place.chain} (table ${place.table})`;
}

/** `rule 3 of FORWARD ("no guests")` */
export function ruleWords(place: RulePlace, { commentAt }: Pick<Context, 'commentAt'>): string {
  const comment = commentAt(place);
  return comment === '' ? placeWords(place) : `${placeWords(place)} ("${comment}")`;
}

/** What kube-proxy says with a rule that stops packets: no endpoints, no local ones, the source ranges. */
function serviceCause(at: RuleAt, { catalog, flow }: Context): string | null {
  const port = catalog.ofRule(at);
  if (!port) return null;
  const refusal = port.evidence?.refusals().find((each) => isSameRule(each.at, at));
  if (refusal?.fate === 'rejected') return `${port.name} has no endpoints`;
  if (refusal?.fate === 'dropped') return noLocalEndpoint(port);
  if (at.chain !== 'KUBE-PROXY-FIREWALL' && readPortChain(at.chain)?.kind !== 'firewall') return null;
  return outsideRanges(flow, port);
}

/** Of a rule that refuses packets of whatever Service it is. */
function refusedCause(outcome: Outcome, { flow, catalog }: Context): string | null {
  const refused = refusedPort(outcome, flow, catalog);
  if (refused === null) return null;
  if (refused.fate === 'outside') return outsideRanges(flow, refused.port);
  return refused.fate === 'rejected'
    ? `${refused.port.name} has no endpoints`
    : noLocalEndpoint(refused.port);
}

function noLocalEndpoint(port: ServicePort): string {
  return `${port.name} has no endpoint on this node, and its traffic policy is Local`;
}

function outsideRanges(flow: Flow, port: ServicePort): string {
  const who = flow.from.address ?? (flow.from.kind === 'node' ? "this node's address" : 'the source');
  return `${who} is not in the load-balancer source ranges of ${port.name}`;
}

type RuleStep = Extract<Step, { readonly kind: 'rule' }>;

/**
 * A rule that drops what carries a mark only carries out what another one decided: kube-proxy up to 1.24 marks what is to be
 * dropped in table nat, and KUBE-FIREWALL drops it. The rule that set the mark first knows why, those behind it change nothing.
 */
function markedCause(found: PlacedRule, outcome: Outcome, context: Context): string | null {
  const asked = askedMark(found);
  const marking = asked && markingOf(outcome.steps, asked);
  if (!marking) return null;
  const { at } = marking.decided;
  const owner = at.table === 'nat' ? context.iptables.ofChain(at.chain, context.family) : null;
  if (owner?.kind === 'fw') return firewallCause(owner, marking, outcome.steps, context);
  const comment = context.commentAt(at);
  if (owner !== null && comment.endsWith(' has no local endpoints')) return noLocalEndpoint(owner.port);
  return `${placeWords(at)}${comment === '' ? '' : ` ("${comment}")`} marked it for that`;
}

/** Kubelet's KUBE-MARK-DROP sets it (`--iptables-drop-bit`). */
const DROP_MARK: MaskedNumber = { value: 0x8000, mask: 0x8000 };

/** Why kube-proxy marked a packet to be dropped that no rule dropped: KUBE-FIREWALL is not asked of what is forwarded. Null for any other. */
export function unheededMark({ steps }: Outcome, context: Context): string | null {
  const marking = context.dropMark ? markingOf(steps, DROP_MARK) : null;
  if (marking === null) return null;
  const { at } = marking.decided;
  const owner = at.table === 'nat' ? context.iptables.ofChain(at.chain, context.family) : null;
  return owner?.kind === 'fw' ? firewallCause(owner, marking, steps, context) : null;
}

/** `rule 1 of OUTPUT keeps it from being tracked`: then no rule of nat is asked. Null where none does. */
export function untracking({ steps }: Pick<Outcome, 'steps'>): string | null {
  const step = steps.find((each): each is RuleStep => each.kind === 'rule' && each.effect.kind === 'notrack');
  return step === undefined ? null : `${placeWords(step.at)} keeps it from being tracked`;
}

/** The `--mark` that a rule must find to match; null for any other. */
function askedMark({ rule }: PlacedRule): MaskedNumber | null {
  const option = matchOption(matchNamed(rule, 'mark'), '--mark');
  const reading = option?.negation === null ? readMark(valueOf(option) ?? '') : null;
  return reading?.kind === 'value' ? reading.value : null;
}

interface Marking {
  /** The rule that decided to mark: the one that jumped to the chain that marks, else the one that marked. */
  readonly decided: RuleStep;
  /** The steps behind it. */
  readonly behind: number;
}

/** Who gave the packet the mark that was asked for; null where it came with it. */
function markingOf(steps: readonly Step[], { value, mask }: MaskedNumber): Marking | null {
  const has = (mark: number): boolean => (mark & mask) >>> 0 === (value & mask) >>> 0;
  const index = steps.findLastIndex(
    (step) =>
      step.kind === 'rule' && step.effect.kind === 'mark' && has(step.effect.is) && !has(step.effect.was),
  );
  const step = steps[index];
  if (step?.kind !== 'rule') return null;
  const jump = steps
    .slice(0, index)
    .findLast((each) => each.kind === 'rule' && each.depth < step.depth && isJumpTo(each, step.at.chain));
  return { decided: jump?.kind === 'rule' ? jump : step, behind: index + 1 };
}

function isJumpTo({ effect }: RuleStep, chain: string): boolean {
  return (effect.kind === 'jump' || effect.kind === 'goto') && effect.chain === chain;
}

/** Whether KUBE-FW let the source in before or after it marked, and whether it has source ranges at all. */
function firewallCause(
  { port, family }: ChainOwner,
  { decided, behind }: Marking,
  steps: readonly Step[],
  { flow, iptables }: Context,
): string {
  const { at } = decided;
  const entry = steps.findIndex((step) => step.kind === 'rule' && isEntry(step, at.chain));
  const allowed = steps[entry];
  const who = flow.from.address ?? 'the source';
  if (allowed?.kind === 'rule' && entry >= behind) {
    return `${placeWords(at)} marked it for that before ${placeWords(allowed.at)}, which lets ${who} in, and nothing takes the mark back`;
  }
  if (allowed?.kind === 'rule') return `no rule behind ${at.chain} takes it to an endpoint of ${port.name}`;
  const ranged = port.frontends.some(
    (each) => each.family === family && iptables.chainOf(each) === at.chain && each.sourceRanges !== null,
  );
  return ranged ? outsideRanges(flow, port) : `${placeWords(at)} lets nobody in`;
}

/** A rule of KUBE-FW that hands the packet to the Service's own chains. */
function isEntry({ at, effect }: RuleStep, chain: string): boolean {
  if (at.chain !== chain || effect.kind !== 'jump') return false;
  const kind = readFamilyChain(effect.chain)?.kind;
  return kind !== undefined && kind !== 'sep' && kind !== 'fw';
}
