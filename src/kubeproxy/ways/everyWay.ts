/**
 * All ways of a node: every frontend of every Service from every vantage. Frontends of one class are traced once: their chains
 * have one shape, and nothing on the node tells their values apart (`classes/`). What is of no class is traced by itself.
 */
import { Budget } from '../../kernel/budget.ts';
import { append } from '../../text/lists.ts';
import type { Steps } from '../../values/steps.ts';
import { normalAddress } from '../../values/address.ts';
import type { Analysis } from '../analysis.ts';
import { placeOf } from '../modes/iptables/source.ts';
import { readFamilyChain } from '../modes/iptables/roles.ts';
import { families } from '../rulesets.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import { classesOf } from './classes/classes.ts';
import type { Member } from './classes/members.ts';
import { type AskedFrontend, type EndedWay, type HiddenWay, isServed } from './endedWay.ts';
import type { WayEnd } from './way.ts';
import { endsOf } from './ways.ts';

/** About a second, beside what the classes cost. */
const EFFORT = 6_000_000;
/** Of one frontend, beside its traces: to find it, and to read its packets. */
const FRONTEND = 5_000;

export interface EveryWay {
  readonly ended: readonly EndedWay[];
  readonly hidden: readonly HiddenWay[];
  /** Frontends that were looked at, and those for which the budget did not last. */
  readonly looked: number;
  readonly left: number;
}

/** Of what the engine follows in iptables mode; where Services are kept elsewhere nothing is known of a way. */
export function* everyWay(analysis: Analysis, budget: Budget = new Budget(EFFORT)): Steps<EveryWay> {
  const found: Found = { ended: [], hidden: [] };
  let looked = 0;
  let left = 0;
  for (const family of families) {
    const source = analysis.sources.followed(family);
    const { elsewhere, inRules } = analysis.mode[family];
    if (source === null || elsewhere !== null || !inRules) continue;
    const { classes, alone } = yield* classesOf(analysis, family, source);
    const open = [...alone];
    for (const members of classes.toSorted((one, other) => other.length - one.length)) {
      const [first] = members;
      const traced = first === undefined ? null : yield* tracing(first, analysis, budget);
      if (traced === null) left += members.length;
      else if (traced.ends.some(isOwn)) append(open, members);
      else {
        looked += members.length;
        for (const member of members) push(found, member, traced, analysis);
      }
      yield;
    }
    for (const member of open) {
      const traced = yield* tracing(member, analysis, budget);
      if (traced === null) left++;
      else {
        looked++;
        push(found, member, traced, analysis);
      }
    }
  }
  return { ...found, looked, left };
}

interface Traced {
  readonly kind: Frontend['kind'];
  readonly ends: readonly WayEnd[];
}

/** Null where the budget is spent. */
function* tracing(member: Member, analysis: Analysis, budget: Budget): Steps<Traced | null> {
  if (budget.left <= 0) return null;
  budget.spend(FRONTEND);
  const found = frontendOf(member, analysis);
  if (found === null || !isServed(found.frontend)) return { kind: 'external', ends: [] };
  const ends = yield* endsOf(found.port, found.frontend, analysis, budget);
  return { kind: found.frontend.kind, ends };
}

export function frontendOf(
  { family, address, port, protocol }: Member,
  { catalog }: Analysis,
): { readonly port: ServicePort; readonly frontend: Frontend } | null {
  const at = address === null ? null : normalAddress(address);
  const found = catalog
    .frontendsAt(at, port, protocol)
    .find(({ frontend }) => frontend.family === family && (frontend.address === null) === (at === null));
  return found ?? null;
}

/** Whether it ends in a rule of the Service's own: each of its class then ends in another one. */
function isOwn({ cause }: WayEnd): boolean {
  return cause?.at != null && 'chain' in cause.at && readFamilyChain(cause.at.chain) !== null;
}

interface Found {
  readonly ended: EndedWay[];
  readonly hidden: HiddenWay[];
}

function push({ ended, hidden }: Found, member: Member, { kind, ends }: Traced, analysis: Analysis): void {
  const { address, port, protocol } = member;
  for (const { vantage, cause, isMeant, hiddenBy } of ends) {
    const isEnded = cause !== null && !isMeant;
    if (!isEnded && hiddenBy === null) continue;
    const asked: AskedFrontend = {
      name: nameOf(member, analysis),
      frontend: { kind, address, port, protocol },
      taken: () => takenBy(member),
    };
    if (isEnded) ended.push({ ...asked, vantage, cause });
    if (hiddenBy !== null) hidden.push({ ...asked, by: hiddenBy });
  }
}

function takenBy({ source, chain, index }: Member): RuleAt {
  const rule = chain.rules[index];
  if (rule === undefined) throw new RangeError(`no rule ${index} in ${chain.name}`);
  return placeOf(source, chain.table, chain.name, rule);
}

function nameOf({ name, target, family }: Member, { iptables }: Analysis): string {
  return name ?? iptables.ofChain(target ?? '', family)?.port.name ?? target ?? 'a Service';
}
