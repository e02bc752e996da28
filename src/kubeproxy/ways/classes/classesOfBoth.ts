/**
 * Frontends whose ways end alike in either of two states: what `classes.ts` asks of one is so in both, and their chains have the
 * same words in both. So one frontend of a class, traced in both, tells what changed for all of it.
 */
import type { Family } from '../../../kernel/flow.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Analysis } from '../../analysis.ts';
import { podCandidates } from '../../form/somePod.ts';
import { prepareRegularChains } from '../../modes/iptables/regular.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Source } from '../../sources.ts';
import { type Classes, filed, shapedOf } from './classes.ts';
import { Landmarks } from './landmarks.ts';
import { type Member, type Members, membersOf } from './members.ts';
import { Shapes } from './shapes.ts';

/** The rules of one family in one state. */
export interface ClassedState {
  readonly analysis: Analysis;
  readonly source: Source;
}

/** Of what is there in both states, as it stands in the state `now`. */
export interface ClassesOfBoth extends Classes {
  /** Those of the state `old` alone. */
  readonly gone: readonly Member[];
  /** Those of the state `now` alone. */
  readonly come: readonly Member[];
}

/**
 * `changed`: by table, the chains that are not the same in both states. Null where nothing tells classes, or more than
 * `MOST_OTHERWISE` frontends are not the same in both: then each state has classes of its own.
 */
export function* classesOfBoth(
  old: ClassedState,
  now: ClassedState,
  family: Family,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
): Steps<ClassesOfBoth | null> {
  const ofNat = changed.get('nat') ?? new Set();
  if (ofNat.size > MOST_OTHERWISE) return null;
  const { ruleset } = now.source;
  const [before, after] = [old, now].map(({ source }) => membersOf(source.ruleset, source.id, family));
  if (before === undefined || after === undefined) return null;
  yield;
  const { members, same, besides, gone, come } = joined(before, after);
  if (members.length - same + besides.length > MOST_OTHERWISE) return null;
  yield* prepareRegularChains(ruleset, tableNamed(ruleset, 'nat'));
  const landmarks = Landmarks.ofBoth(
    [now.analysis, old.analysis],
    family,
    [ruleset, old.source.ruleset],
    [after, before],
    (table, chain) => changed.get(table)?.has(chain) === true,
  );
  if (landmarks === null) return null;
  yield;
  const shaped = yield* shapedOf(members.slice(0, same), new Shapes(ruleset, landmarks, ofNat));
  if (members.length - shaped.size > MOST_OTHERWISE) return null;
  const pods = podsOfBoth(family, old.analysis, now.analysis);
  return { ...filed({ members, besides }, shaped, landmarks, pods), gone, come };
}

/** Of chains, or of frontends, that are not the same in both. */
const MOST_OTHERWISE = 500;

interface Joined {
  /** Of both states: first the `same` ones, which lead to one chain, each with what its rules say in either state. */
  readonly members: readonly Member[];
  readonly same: number;
  /** All others, of either state. */
  readonly besides: readonly Member[];
  readonly gone: readonly Member[];
  readonly come: readonly Member[];
}

function joined(before: Members, after: Members): Joined {
  const old = new Map(before.members.map((member) => [placeOf(member), member]));
  const same: Member[] = [];
  const others: Member[] = [];
  const earlierOnes: Member[] = [];
  const come: Member[] = [];
  for (const member of after.members) {
    const place = placeOf(member);
    const earlier = old.get(place);
    old.delete(place);
    if (earlier === undefined) come.push(member);
    else if (earlier.target === null || earlier.target !== member.target) {
      others.push(member);
      earlierOnes.push(earlier);
    } else if (earlier.template === member.template) same.push(member);
    else same.push({ ...member, template: `${member.template} before: ${earlier.template}` });
  }
  const gone = [...old.values()];
  return {
    members: [...same, ...others],
    same: same.length,
    besides: [...earlierOnes, ...gone, ...come],
    gone,
    come,
  };
}

function placeOf({ address, port, protocol }: Member): string {
  return `${protocol} ${address} ${port}`;
}

/** Once where both states know the same. */
function podsOfBoth(family: Family, old: Analysis, now: Analysis): readonly (readonly string[])[] {
  const [before, after] = [podCandidates(family, old), podCandidates(family, now)];
  return before.length === after.length && before.every((pod, index) => pod === after[index])
    ? [after]
    : [after, before];
}
