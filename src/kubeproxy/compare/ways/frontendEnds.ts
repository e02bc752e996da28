/** Where the ways to the frontends of one state end, each by what it is called whatever rules it has. */
import { Budget } from '../../../kernel/budget.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Analysis } from '../../analysis.ts';
import type { FlowForm } from '../../form/flowForm.ts';
import type { Frontend } from '../../services/frontend.ts';
import { frontendKey, type FrontendPlace } from '../../services/frontendPlace.ts';
import { type AskedFrontend, isServed } from '../../ways/endedWay.ts';
import type { Member } from '../../ways/classes/members.ts';
import {
  everyFrontendOf,
  frontendOf,
  keepsServices,
  nameOf,
  type TracedFrontend,
} from '../../ways/everyWay.ts';
import { packetFrom } from '../../ways/vantages.ts';
import type { Vantage, WayEnd } from '../../ways/way.ts';
import { endsOf } from '../../ways/ways.ts';

/** One frontend, in the rules of one state. */
export interface FrontendEnds {
  readonly asked: AskedFrontend;
  readonly fate: Frontend['fate'];
  /** None of one that leads to no endpoint: its fate says how each way ends. */
  readonly ends: readonly WayEnd[];
}

export interface StateEnds {
  /** By what a frontend is: its family, address, port and protocol. */
  readonly frontends: Map<string, FrontendEnds>;
  /** Those for which the budget did not last. */
  readonly left: Set<string>;
}

/** Fills `into` with every frontend of a family, each class traced once. */
export function* everyEnd(family: Family, analysis: Analysis, into: StateEnds, budget: Budget): Steps<void> {
  const visit = (member: Member, traced: TracedFrontend | null): void => put(into, member, traced, analysis);
  yield* everyFrontendOf(family, analysis, visit, budget);
}

/** Null where the budget did not last. */
export function put(
  { frontends, left }: StateEnds,
  member: Member,
  traced: TracedFrontend | null,
  analysis: Analysis,
): void {
  if (traced === null) left.add(frontendKey(member));
  else frontends.set(frontendKey(member), endsOfMember(member, traced, analysis));
}

/** `traced`: it, or another one of its class. */
export function endsOfMember(member: Member, traced: TracedFrontend, analysis: Analysis): FrontendEnds {
  const { family, address, port, protocol } = member;
  const asked = {
    name: nameOf(member, analysis),
    frontend: { kind: traced.kind, family, address, port, protocol },
    taken: member.taken,
  };
  return { asked, fate: traced.fate, ends: traced.ends };
}

export function noEnds(): StateEnds {
  return { frontends: new Map(), left: new Set() };
}

/** Of the frontends at these places, traced one by one. */
export function* endsAt(places: Iterable<FrontendPlace>, analysis: Analysis): Steps<StateEnds> {
  const { frontends, left } = noEnds();
  const budget = new Budget(EFFORT);
  for (const place of places) {
    const key = frontendKey(place);
    if (budget.left <= 0) left.add(key);
    else {
      const found = yield* endsOfPlace(place, analysis, budget);
      if (found !== null) frontends.set(key, found);
    }
  }
  return { frontends, left };
}

/** Some seconds: of what changed most is worth a look. */
const EFFORT = 20_000_000;

/** Null where no Service is reached there, or its rules are not followed. */
export function* endsOfPlace(
  place: FrontendPlace,
  analysis: Analysis,
  budget: Budget,
): Steps<FrontendEnds | null> {
  const found = keepsServices(place.family, analysis) ? frontendOf(place, analysis) : null;
  if (found === null) return null;
  const { port, frontend } = found;
  const ends = isServed(frontend) ? yield* endsOf(port, frontend, analysis, budget) : [];
  const asked = { name: port.name, frontend, taken: () => frontend.at };
  return { asked, fate: frontend.fate, ends };
}

/** The packet from a vantage; null where nobody stands there. */
export function packetTo(vantage: Vantage, place: FrontendPlace, analysis: Analysis): FlowForm | null {
  const found = vantage === 'given' ? null : frontendOf(place, analysis);
  return found === null || vantage === 'given'
    ? null
    : packetFrom(vantage, found.port, found.frontend, analysis);
}
