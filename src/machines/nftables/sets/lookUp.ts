/** Looks a key up, of which all, a part, or only the odds are known. */
import { presume, question } from '../../../kernel/answers.ts';
import type { Run } from '../../../kernel/run.ts';
import type { Span } from '../../../text/span.ts';
import type { Element } from '../../../rules/nftables/expressions.ts';
import { type RuleContext, ruleNamed, type Visit } from '../program/context.ts';
import { DynamicSets } from '../state/dynamicSets.ts';
import { type Drawn, isDrawn, isKnown, type Known, shareOf } from '../values/datum.ts';
import { fits } from '../values/spec.ts';
import type { Entry, Key } from './elements.ts';
import type { SetOf } from './tableSets.ts';

/** The element that has the key; null for none. A key with a null in it is none (the rule ended before). */
export function lookUp(set: SetOf, key: Key, visit: Visit, context: RuleContext): Element | null {
  if (allKnown(key))
    return set.dynamic ? findNow(set, key, visit.run) : (set.elements.find(key)?.element ?? null);
  const drawn = key.find(isDrawn);
  const found =
    drawn === undefined
      ? askFor(set, set.elements.candidates(key), key, visit, context)
      : draw(set, key, drawn, visit.run);
  return (found ?? set.elements.catchAll)?.element ?? null;
}

function allKnown(key: Key): key is readonly Known[] {
  return key.every(isKnown);
}

/** What this run's rules added counts; else what was listed, which may have changed since. */
function findNow(set: SetOf, key: readonly Known[], run: Run): Element | null {
  const text = key.join(' ');
  const changed = run.state(DynamicSets).find(set.name, text);
  const listed = set.elements.find(key)?.element ?? null;
  if (changed !== undefined) return changed;
  const claim = `the set ${set.name} holds ${text}`;
  const asked = presume(
    listed !== null,
    `nft-set:${set.name} ${text}`,
    'set-as-listed',
    `What rules put into the set ${set.name} is taken to be what was listed; elements may have come and gone since.`,
    claim,
  );
  return run.ask(asked) ? (listed ?? standIn(set)) : null;
}

/** An element of a set that the caller says is there; a map has nothing to give for it. */
function standIn({ definition }: SetOf): Element | null {
  if (definition === null || definition.kind === 'map') return null;
  return elementAt(definition);
}

/** An element that a rule added: nobody wrote it. */
export function elementAt(
  { start, end }: Span,
  { data = null, statements = [] }: Partial<Pick<Element, 'data' | 'statements'>> = {},
): Element {
  return {
    start,
    end,
    key: { kind: 'any', start, end },
    data,
    timeout: null,
    expires: null,
    comment: null,
    statements,
  };
}

/** Elements that are asked for one by one. */
const MOST_ASKED = 32;

function askFor(
  set: SetOf,
  candidates: readonly Entry[],
  key: Key,
  visit: Visit,
  context: RuleContext,
): Entry | null {
  const isPlain = candidates.every(({ element }) => element.data === null);
  if (candidates.length > MOST_ASKED) {
    const claim = `what ${ruleNamed(context)} looks up is in ${set.name}`;
    const asked = question(`nft-set:${claim}`, 'match-unknown', `Whether ${claim} is not known.`, claim);
    const holds = visit.run.settle({ ...asked, ofHeader: true }, visit.packet);
    if (!holds) return null;
    if (isPlain) return candidates[0] ?? null;
    visit.run.assume(
      `nft-map:${claim}`,
      'map-unknown',
      `Which of the elements of ${set.name} the packet is of is not known; the first ${MOST_ASKED} are followed.`,
    );
  }
  return candidates.slice(0, MOST_ASKED).find((entry) => isIt(entry, key, visit)) ?? null;
}

function isIt({ key: specs }: Entry, key: Key, { run, packet }: Visit): boolean {
  return specs.every((spec, index) => {
    const datum = key[index];
    if (datum === undefined || datum === null) return false;
    if (isKnown(datum)) return fits(datum, spec);
    if (datum.kind === 'drawn') return run.chance(shareOf(datum, spec));
    return run.settle(datum.ask(spec, run), packet);
  });
}

/** One of the elements, or none, by how much of what is drawn from falls to each. */
function draw({ elements }: SetOf, key: Key, drawn: Drawn, run: Run): Entry | null {
  const { entries, shares } = elements.lots(key, drawn);
  if (shares.length === 1) return entries[0] ?? null;
  const taken = run.pickOf(shares);
  run.lastChance = shares[taken] ?? null;
  return entries[taken] ?? null;
}
