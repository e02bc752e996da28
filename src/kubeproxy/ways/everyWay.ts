/**
 * All ways of a node: every frontend of every Service from every vantage. Frontends of one class are traced once: their chains
 * have one shape, and nothing on the node tells their values apart (`classes/`). What is of no class is traced by itself.
 */
import { Budget } from '../../kernel/budget.ts';
import { append } from '../../text/lists.ts';
import type { Steps } from '../../values/steps.ts';
import { normalAddress } from '../../values/address.ts';
import type { Analysis } from '../analysis.ts';
import { readFamilyChain } from '../modes/iptables/roles.ts';
import { readPortChain } from '../modes/nftables/names.ts';
import type { Family } from '../../kernel/flow.ts';
import { families } from '../rulesets.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import { type Classes, classesOf } from './classes/classes.ts';
import type { Member } from './classes/members.ts';
import { nftClassesOf } from './classes/nftClasses.ts';
import { membersOfMode } from './modeMembers.ts';
import { type AskedFrontend, type EndedWay, type HiddenWay, isServed } from './endedWay.ts';
import type { WayEnd } from './way.ts';
import { endsOf } from './ways.ts';

/** About a second, beside what the classes cost. */
export const EFFORT = 6_000_000;
/** Of one frontend, beside its traces: to find it, and to read its packets. */
const FRONTEND = 5_000;

export interface EveryWay {
  readonly ended: readonly EndedWay[];
  readonly hidden: readonly HiddenWay[];
  /** Frontends that were looked at, and those for which the budget did not last. */
  readonly looked: number;
  readonly left: number;
}

/** Of what the engine follows; where Services are kept elsewhere nothing is known of a way. */
export function* everyWay(analysis: Analysis, budget: Budget = new Budget(EFFORT)): Steps<EveryWay> {
  const found: Found = { ended: [], hidden: [] };
  let looked = 0;
  let left = 0;
  yield* everyFrontend(
    analysis,
    (member, traced) => {
      if (traced === null) left++;
      else {
        looked++;
        push(found, member, traced, analysis);
      }
    },
    budget,
  );
  return { ...found, looked, left };
}

/** `visit` is called with each frontend and where its ways end, in no order; with null where the budget did not last. */
type Visit = (member: Member, traced: TracedFrontend | null) => void;

function* everyFrontend(analysis: Analysis, visit: Visit, budget: Budget): Steps<void> {
  for (const family of families) yield* everyFrontendOf(family, analysis, visit, budget);
}

/** Of one family. */
export function* everyFrontendOf(
  family: Family,
  analysis: Analysis,
  visit: Visit,
  budget: Budget,
): Steps<void> {
  if (!keepsServices(family, analysis)) return;
  const { classes, alone } = yield* classesIn(analysis, family);
  const open = [...alone];
  for (const members of largestFirst(classes)) {
    const [first] = members;
    const traced = first === undefined ? null : yield* tracing(first, analysis, budget);
    if (endsInOwn(traced)) append(open, members);
    else for (const member of members) visit(member, traced);
    yield;
  }
  for (const member of open) visit(member, yield* tracing(member, analysis, budget));
}

/** What is so of most is to be known where the budget does not last. */
export function largestFirst(classes: Classes['classes']): Classes['classes'] {
  return classes.toSorted((one, other) => other.length - one.length);
}

/** Of the frontends of a family, wherever the mode of the node has them. */
export function* classesIn(analysis: Analysis, family: Family): Steps<Classes> {
  const { mode } = analysis.mode[family];
  if (mode === 'nftables')
    return yield* nftClassesOf(analysis, family, yield* membersOfMode(analysis, family, mode));
  if (mode === 'ipvs') return { classes: [], alone: yield* membersOfMode(analysis, family, mode) };
  const source = analysis.sources.followed(family);
  return source === null ? { classes: [], alone: [] } : yield* classesOf(analysis, family, source);
}

/** Whether the Services of a family are in the rules that the engine follows. */
export function keepsServices(family: Family, { mode }: Analysis): boolean {
  const { elsewhere, inRules } = mode[family];
  return elsewhere === null && inRules;
}

export interface TracedFrontend {
  readonly kind: Frontend['kind'];
  /** None of one that leads to no endpoint. */
  readonly fate: Frontend['fate'];
  readonly ends: readonly WayEnd[];
}

/** Null where the budget is spent. */
export function* tracing(member: Member, analysis: Analysis, budget: Budget): Steps<TracedFrontend | null> {
  if (budget.left <= 0) return null;
  budget.spend(FRONTEND);
  const found = frontendOf(member, analysis);
  if (found === null) return { kind: 'external', fate: 'unknown', ends: [] };
  const { port, frontend } = found;
  const ends = isServed(frontend) ? yield* endsOf(port, frontend, analysis, budget) : [];
  return { kind: frontend.kind, fate: frontend.fate, ends };
}

/** Of several Services at one place one that has endpoints: the others' rules are refused only where no rule takes the packet. */
export function frontendOf(
  { family, address, port, protocol }: Pick<Frontend, 'family' | 'address' | 'port' | 'protocol'>,
  { catalog }: Analysis,
): { readonly port: ServicePort; readonly frontend: Frontend } | null {
  const at = address === null ? null : normalAddress(address);
  const found = catalog
    .frontendsAt(at, port, protocol)
    .filter(({ frontend }) => frontend.family === family && (frontend.address === null) === (at === null));
  return found.find(({ frontend }) => isServed(frontend)) ?? found[0] ?? null;
}

/** Whether a way ends in a rule of the Service's own: each of its class then ends in another one. */
export function endsInOwn(traced: TracedFrontend | null): boolean {
  return traced?.ends.some(isOwn) === true;
}

function isOwn({ cause }: WayEnd): boolean {
  if (cause?.at == null || !('chain' in cause.at)) return false;
  return readFamilyChain(cause.at.chain) !== null || readPortChain(cause.at.chain) !== null;
}

interface Found {
  readonly ended: EndedWay[];
  readonly hidden: HiddenWay[];
}

function push(
  { ended, hidden }: Found,
  member: Member,
  { kind, ends }: TracedFrontend,
  analysis: Analysis,
): void {
  const { family, address, port, protocol } = member;
  let asked: AskedFrontend | null = null;
  for (const { vantage, cause, isMeant, hiddenBy } of ends) {
    const isEnded = cause !== null && !isMeant;
    if (!isEnded && hiddenBy === null) continue;
    asked ??= {
      name: nameOf(member, analysis),
      frontend: { kind, family, address, port, protocol },
      taken: member.taken,
    };
    if (isEnded) ended.push({ ...asked, vantage, cause });
    if (hiddenBy !== null) hidden.push({ ...asked, by: hiddenBy });
  }
}

/** `shop/web:http` */
export function nameOf({ name, target, family }: Member, { iptables }: Analysis): string {
  return name ?? iptables.ofChain(target ?? '', family)?.port.name ?? target ?? 'a Service';
}
