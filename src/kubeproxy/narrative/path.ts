/** The steps of an outcome as a tree: hooks hold rules, a jump holds the rules of the chain it goes to. */
import { assumptionsByKey } from './byKey.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import { IPVS, placeText, type RuleAt, type RulePlace } from '../../kernel/ruleAt.ts';
import type { Assumption, Decision, Effect, Outcome, Step } from '../../kernel/trace.ts';
import type { Context } from './context.ts';
import type { NarrativeChange, NarrativeStep, NarrativeVerdict } from './narrative.ts';
import { nftRuleDetail, nftRuleLabel } from './nftRuleLabel.ts';
import { realServerAt } from './realServerAt.ts';
import { ruleDetail, ruleLabel } from './ruleLabel.ts';
import { serviceOfRule } from './serviceOfRule.ts';
import { countWords, endOfEffect, markWords, plural, shareWords } from './words.ts';

type RuleStep = Extract<Step, { kind: 'rule' }>;
type PolicyStep = Extract<Step, { kind: 'policy' }>;
type HookStep = Extract<Step, { kind: 'hook' }>;

/** A visit of a chain while its rules are gathered. `next`: the first rule that nothing was said of yet. */
interface Visit {
  readonly table: string;
  readonly chain: string;
  readonly children: NarrativeStep[];
  next: number;
}

/** Of an outcome whose packet passes. */
export const NOT_ANSWERED = 'not answered';

/** Chains inside chains, as far as rows are nested; what lies deeper follows on the same level. Real dumps need six. */
const DEEPEST = 40;

/** Rules of one hook, as far as they are rows: nobody reads more, and a dump may lead a packet through hundreds of thousands. */
const MOST_ROWS = 2000;

/** The path of an outcome, of which `mark` is what it is to who sent the packet. The ids of its steps are those of the trace: `s12` is `steps[12]`, `s12-…` belongs before it. */
export function pathOf(
  outcome: Outcome,
  mark: NarrativeVerdict,
  assumptions: readonly Assumption[],
  context: Context,
): readonly NarrativeStep[] {
  const builder = new PathBuilder(assumptions, context);
  const last = outcome.steps.findLastIndex(({ kind }) => kind === 'rule');
  outcome.steps.forEach((step, index) => {
    builder.add(step, `s${index}`, index === last);
  });
  return builder.finish(outcome, mark);
}

class PathBuilder {
  readonly #assumptions: ReadonlyMap<string, Assumption>;
  readonly #context: Context;
  readonly #top: NarrativeStep[] = [];
  /** The chains that the packet is in, outermost first. */
  #visits: Visit[] = [];
  /** Rows of the hook so far, and steps of it that have none. */
  #rows = 0;
  #left = 0;

  constructor(assumptions: readonly Assumption[], context: Context) {
    this.#assumptions = assumptionsByKey(assumptions);
    this.#context = context;
  }

  /** `isLast`: no rule matched behind it. */
  add(step: Step, id: string, isLast: boolean): void {
    if (step.kind === 'considered') return;
    if (step.kind === 'rule' || step.kind === 'assume') {
      if (this.#rows++ >= MOST_ROWS && !isLast) {
        this.#left++;
        return;
      }
    }
    if (this.#left > 0) this.#tellLeft(step, id);
    switch (step.kind) {
      case 'hook':
        this.#enterHook(step, id);
        return;
      case 'rule':
        this.#rule(step, id);
        return;
      case 'policy':
        this.#policy(step, id);
        return;
      case 'conntrack':
        this.#visits = [];
        this.#top.push(plainStep(id, 'conntrack', `conntrack: ${step.state}`, ''));
        return;
      case 'routing':
        this.#visits = [];
        this.#routing(plainStep(id, 'routing', routingLabel(step), step.reason ?? ''));
        return;
      case 'assume':
        this.#here().push(plainStep(id, 'assume', this.#assumed(step.decision), ''));
        return;
    }
  }

  finish(outcome: Outcome, mark: NarrativeVerdict): readonly NarrativeStep[] {
    if (this.#left > 0) this.#tellLeft(null, 'end');
    const isUnanswered = mark === 'unanswered';
    const end = plainStep(
      'end',
      'end',
      endLabel(outcome),
      isUnanswered ? NOT_ANSWERED : (outcome.reason ?? ''),
    );
    return [...this.#top, { ...end, verdict: isUnanswered || mark === 'mixed' ? mark : outcome.verdict }];
  }

  #here(): NarrativeStep[] {
    return this.#visits.at(-1)?.children ?? this.#top;
  }

  #assumed(decision: Decision): string {
    const claim = this.#assumptions.get(decision.key)?.claim ?? decision.key;
    return decision.value ? `assumed: ${claim}` : `assumed not: ${claim}`;
  }

  /** One row for the steps that have none; what follows of the hook follows there, and has no gap before it. */
  #tellLeft(next: Step | null, id: string): void {
    const [base] = this.#visits;
    const label = `${plural(this.#left, 'more step')} of this hook`;
    (base?.children ?? this.#top).push(plainStep(`${id}-left`, 'skipped', label, 'not shown'));
    this.#left = 0;
    if (base === undefined) return;
    const { table, chain, children } = base;
    if (next?.kind !== 'rule') this.#visits = [{ table, chain, children, next: Infinity }];
    else this.#visits = [{ table, chain: next.at.chain, children, next: next.at.index }];
  }

  #enterHook({ hook, table, chain = '' }: HookStep, id: string): void {
    const children: NarrativeStep[] = [];
    this.#top.push({ ...plainStep(id, 'hook', `${hook} · ${table}`, chain), children });
    this.#visits = [{ table, chain: hook, children, next: 0 }];
    this.#rows = 0;
  }

  /** One row for a decision that is made once more right behind, and is the same: nat does that of what IPVS sends. */
  #routing(row: NarrativeStep): void {
    const before = this.#top.at(-1);
    const isSame = before?.kind === 'routing' && before.label === row.label && before.detail === row.detail;
    if (!isSame) this.#top.push(row);
  }

  #rule(step: RuleStep, id: string): void {
    const { at, effect } = step;
    const visit = this.#visitOf(at, id);
    this.#closeGap(visit, at.index, id);
    const children: NarrativeStep[] = [];
    visit.children.push(ruleStep(step, id, this.#visits[0]?.chain ?? '', children, this.#context));
    const leaves = effect.kind === 'return' || effect.kind === 'goto';
    visit.next = leaves ? this.#context.lengthOf(visit.table, visit.chain) : at.index + 1;
    if (effect.kind === 'jump' || effect.kind === 'goto') {
      const inside = this.#visits.length < DEEPEST ? children : visit.children;
      this.#visits.push({ table: visit.table, chain: effect.chain, children: inside, next: 0 });
    }
  }

  #policy(step: PolicyStep, id: string): void {
    const [base] = this.#visits;
    if (!base) return;
    this.#leaveDownTo(base, id);
    this.#closeGap(base, this.#context.lengthOf(base.table, base.chain), id);
    base.children.push(policyStep(step, id));
    this.#visits = [];
  }

  /** The visit that a rule belongs to; the chains inside it have come to their end. */
  #visitOf({ table, chain }: RulePlace, id: string): Visit {
    const found = this.#visits.findLast((visit) => visit.chain === chain && visit.table === table);
    if (found) {
      this.#leaveDownTo(found, id);
      return found;
    }
    const visit: Visit = { table, chain, children: this.#here(), next: 0 };
    this.#visits.push(visit);
    return visit;
  }

  /** Leaves the chains inside `outer`, whose last rules did not match. */
  #leaveDownTo(outer: Visit, id: string): void {
    for (let visit = this.#visits.at(-1); visit && visit !== outer; visit = this.#visits.at(-1)) {
      this.#closeGap(visit, this.#context.lengthOf(visit.table, visit.chain), id);
      this.#visits.pop();
    }
  }

  #closeGap(visit: Visit, to: number, id: string): void {
    if (to > visit.next) visit.children.push(skippedStep(visit, to - 1, id));
  }
}

function plainStep(id: string, kind: NarrativeStep['kind'], label: string, detail: string): NarrativeStep {
  return {
    id,
    kind,
    number: null,
    label,
    detail,
    chance: null,
    changes: [],
    verdict: null,
    location: null,
    place: null,
    service: null,
    children: [],
    skipped: null,
  };
}

function ruleStep(
  { at, effect, chance }: RuleStep,
  id: string,
  hook: string,
  children: readonly NarrativeStep[],
  context: Context,
): NarrativeStep {
  return {
    ...plainStep(id, 'rule', labelOf(at, effect, context), detailOf(at, effect, context)),
    number: at.source === IPVS ? null : at.index + 1,
    chance: chance === null ? null : chanceWords(chance),
    changes: changesOf(effect, hook, context),
    verdict: verdictOf(effect),
    location: context.locate(realServerAt(at, effect, context.analysis.files) ?? at),
    place: placeText(at),
    service: serviceAt(at, context),
    children,
  };
}

function serviceAt(at: RuleAt, context: Context): NarrativeStep['service'] {
  const found = serviceOfRule(at, context);
  if (found === null || found.port.nameSource === 'structure') return null;
  const location = context.locate(found.at);
  return location && { name: found.port.name, location };
}

function labelOf(at: RuleAt, effect: Effect, context: Context): string {
  if (at.source === IPVS) return ipvsLabel(at, effect);
  const native = context.nftRuleAt(at);
  return native === null
    ? ruleLabel(context.ruleAt(at)?.rule ?? null, effect, context)
    : nftRuleLabel(native, effect);
}

/** `TCP 10.96.0.1:443 → 10.244.1.5:8443`: a virtual server, and what IPVS makes of the packet; of an answer what its source becomes. */
function ipvsLabel({ chain }: RulePlace, effect: Effect): string {
  if (effect.kind === 'dnat' || effect.kind === 'snat') {
    return `${chain} ${effect.kind === 'dnat' ? '→' : '← source'} ${formatEndpoint(effect.is)}`;
  }
  if (effect.kind === 'reject') return `${chain} REJECT with ${effect.with}`;
  return effect.kind === 'accept' ? `${chain}: sent on as it is` : `${chain} ${effect.kind.toUpperCase()}`;
}

function detailOf(at: RulePlace, effect: Effect, context: Context): string {
  const native = context.nftRuleAt(at);
  return native === null
    ? ruleDetail(context.ruleAt(at)?.rule ?? null, at, effect, context)
    : nftRuleDetail(native, effect, context.catalog);
}

function skippedStep(visit: Visit, last: number, id: string): NarrativeStep {
  const { table, chain, next } = visit;
  const count = last - next + 1;
  const label = `${plural(count, 'rule')} did not match`;
  return {
    ...plainStep(`${id}-${next}-${chain}`, 'skipped', label, ''),
    skipped: { table, chain, from: next, to: last },
  };
}

function policyStep({ policy }: PolicyStep, id: string): NarrativeStep {
  const step = plainStep(id, 'policy', `policy ${policy}`, 'the end of the chain was reached');
  return { ...step, verdict: policy === 'DROP' ? 'drop' : 'accept' };
}

function verdictOf(effect: Effect): NarrativeStep['verdict'] {
  if (effect.kind === 'accept' || effect.kind === 'drop' || effect.kind === 'reject') return effect.kind;
  return null;
}

function routingLabel({ interface: name, result }: Extract<Step, { kind: 'routing' }>): string {
  if (result === 'local') return name === null ? 'routing: to this node' : `routing: to this node (${name})`;
  if (name === null) return `routing: ${result}`;
  return result === 'unicast' ? `routing: out by ${name}` : `routing: ${result}, out by ${name}`;
}

function endLabel({ verdict, interface: name, by }: Outcome): string {
  const words = {
    forward: name === null ? 'leaves the node' : `leaves by ${name}`,
    local: 'delivered to this node',
    drop: by === 'kernel' ? 'dropped by the kernel' : 'dropped',
    reject: 'rejected',
    unknown: 'not known what becomes of it',
  } as const;
  return words[verdict];
}

function changesOf(
  effect: Effect,
  hook: string,
  { iptables, dropMark }: Context,
): readonly NarrativeChange[] {
  switch (effect.kind) {
    case 'dnat':
    case 'redirect':
    case 'snat':
    case 'masquerade':
    case 'netmap': {
      const field = endOfEffect(effect, hook) ?? 'destination';
      return [{ field, was: formatEndpoint(effect.was), is: formatEndpoint(effect.is) }];
    }
    case 'tproxy':
    case 'mark':
    case 'connmark': {
      const [was, is] = [effect.was, effect.is].map((mark) => markWords(mark, iptables, dropMark));
      const field = effect.kind === 'connmark' ? 'connmark' : 'mark';
      return was === is ? [] : [{ field, was: was ?? '', is: is ?? '' }];
    }
    case 'set':
      return [{ field: effect.field, was: String(effect.was), is: String(effect.is) }];
    default:
      return [];
  }
}

/** The chance of a random match as people say it: 1/3 → `1 of 3`, else its share. */
function chanceWords(chance: number): string {
  const inverse = Math.round(1 / chance);
  const threshold = 2 ** -30;
  if (chance > 0 && inverse <= 100_000 && Math.abs(chance - 1 / inverse) <= threshold)
    return `1 of ${countWords(inverse)}`;
  return shareWords(chance);
}
