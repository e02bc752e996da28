/**
 * Frontends whose ways end alike. Two are of one class where
 *  - the rules that hand their packets on stand between the same other rules and say the same but for their own values;
 *  - their chains have one shape, endpoints with the same values being the same in both (`shapes.ts`);
 *  - address, port and endpoints are in the same ranges of all that other rules, files of the node, objects and the kernel
 *    name (`landmarks.ts`), and the pods that ask are, too;
 *  - no value of theirs is another Service's as well.
 * Whatever looks at a packet then says the same of both. What asks of a packet what is no address and no port leaves no classes.
 */
import type { Family } from '../../../kernel/flow.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Analysis } from '../../analysis.ts';
import { podCandidates } from '../../form/somePod.ts';
import { prepareRegularChains } from '../../modes/iptables/regular.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Source } from '../../sources.ts';
import { Landmarks } from './landmarks.ts';
import { type Member, membersOf } from './members.ts';
import { type Shape, Shapes } from './shapes.ts';

export interface Classes {
  readonly classes: readonly (readonly Member[])[];
  /** Those of no class. */
  readonly alone: readonly Member[];
}

const MEMBERS_PER_STEP = 200;

export function* classesOf(analysis: Analysis, family: Family, { ruleset, id }: Source): Steps<Classes> {
  yield* prepareRegularChains(ruleset, tableNamed(ruleset, 'nat'));
  const { members, ...found } = membersOf(ruleset, id, family);
  yield;
  const landmarks = Landmarks.of(analysis, family, ruleset, { members, ...found });
  if (landmarks === null) return { classes: [], alone: members };
  yield;
  const shaped = yield* shapedOf(members, new Shapes(ruleset, landmarks, NONE));
  return filed({ members, besides: [] }, shaped, landmarks, [podCandidates(family, analysis)]);
}

const NONE: ReadonlySet<string> = new Set();

/** What the rules of each member say, of those that may be of a class. */
export function* shapedOf(members: readonly Member[], shapes: Shapes): Steps<ReadonlyMap<Member, Shape>> {
  const shaped = new Map<Member, Shape>();
  for (const [index, member] of members.entries()) {
    const shape = shapes.of(member);
    if (shape !== null) shaped.set(member, shape);
    if (index % MEMBERS_PER_STEP === 0) yield;
  }
  return shaped;
}

interface Filed {
  readonly members: readonly Member[];
  /** Others whose values count. */
  readonly besides: readonly Member[];
}

/** Members by their classes; `shaped`: what the rules of each say, where it may be of a class; `pods`: who may ask, in each state. */
export function filed(
  { members, besides }: Filed,
  shaped: ReadonlyMap<Member, Shape>,
  landmarks: Landmarks,
  pods: readonly (readonly string[])[],
): Classes {
  const values = new Values(besides.length === 0 ? members : [...members, ...besides], shaped);
  const classes = new Map<string, Member[]>();
  const alone: Member[] = [];
  for (const member of members) {
    const shape = shaped.get(member);
    const key = shape === undefined ? null : keyOf(member, shape, landmarks, values, pods);
    const same = key === null ? undefined : classes.get(key);
    if (key === null) alone.push(member);
    else if (same === undefined) classes.set(key, [member]);
    else same.push(member);
  }
  return { classes: [...classes.values()], alone };
}

function keyOf(
  member: Member,
  { words, endpoints, local }: Shape,
  landmarks: Landmarks,
  values: Values,
  pods: readonly (readonly string[])[],
): string | null {
  const { address, port, protocol, template } = member;
  const own = address === null ? 'node' : landmarks.addressClass(address);
  const asked = values.endpointsAt(member);
  if (own === null || asked === null || values.areShared(member, endpoints)) return null;
  // Which endpoint asks itself is only clear where all that may are alike.
  if (local.size > 1) return null;
  let key = `${template}\n${protocol}\n${own}\n${landmarks.portClass(port)}\n${words}\n${local.size}`;
  for (const candidates of pods) {
    // Who asks, and another one to whom the same must happen.
    const asking = firstOf(candidates, asked);
    if (asking.length === 0 && candidates.length > 0) return null;
    key += `\n${asking.map((each) => landmarks.addressClass(each)).join()}`;
  }
  return key;
}

/** The first two that are not among others. */
function firstOf(pods: readonly string[], asked: readonly string[]): readonly string[] {
  const others = asked.length > FEW ? new Set(asked) : { has: (pod: string) => asked.includes(pod) };
  const found: string[] = [];
  for (const pod of pods) {
    if (found.length === 2) break;
    if (!others.has(pod)) found.push(pod);
  }
  return found;
}

/** Of more of them a set is made. */
const FEW = 16;

/** What belongs to more than one frontend. */
class Values {
  readonly #addresses: ReadonlySet<string>;
  /** `tcp 30080` → whether it is a node port, whether one of some address. */
  readonly #ports = new Map<string, { node: boolean; address: boolean }>();
  readonly #places = new Map<string, Member[]>();
  readonly #shaped: ReadonlyMap<Member, Shape>;

  constructor(members: readonly Member[], shaped: ReadonlyMap<Member, Shape>) {
    this.#shaped = shaped;
    this.#addresses = new Set(members.flatMap(({ address }) => address ?? []));
    for (const member of members) {
      const { address, port, protocol } = member;
      const taken = this.#ports.get(`${protocol} ${port}`) ?? { node: false, address: false };
      this.#ports.set(`${protocol} ${port}`, taken);
      taken[address === null ? 'node' : 'address'] = true;
      const place = `${address} ${port}`;
      const same = this.#places.get(place);
      if (same === undefined) this.#places.set(place, [member]);
      else same.push(member);
    }
  }

  areShared({ protocol, port }: Member, endpoints: readonly string[]): boolean {
    const taken = this.#ports.get(`${protocol} ${port}`);
    return (taken?.node === true && taken.address) || endpoints.some((each) => this.#addresses.has(each));
  }

  /** The endpoints of all that is at one address and port, whatever the protocol; null where they are not known. */
  endpointsAt({ address, port }: Member): readonly string[] | null {
    let asked: readonly string[] = [];
    for (const member of this.#places.get(`${address} ${port}`) ?? []) {
      const shape = this.#shaped.get(member);
      if (shape === undefined) return null;
      asked = asked.length === 0 ? shape.endpoints : [...asked, ...shape.endpoints];
    }
    return asked;
  }
}
