/** What differs between the native tables of two states, beside what the catalogs say of Services. */
import { readPortChain } from '../modes/nftables/names.ts';
import { chainsOf, type PlacedChain } from '../../rules/nftables/chains.ts';
import { printRule } from '../../rules/nftables/printing/statements.ts';
import type { Rule } from '../../rules/nftables/statements.ts';
import { append } from '../../text/lists.ts';
import { plural } from '../narrative/words.ts';
import { NFT, type NftSource } from '../nftSource.ts';
import { type Change, placesOn, type Side } from './change.ts';
import type { RulesCompared } from './rules.ts';

/** Chains of Services are the catalogs'; of all others their rules are compared as texts, whatever their counters and handles. */
export function compareNative(before: NftSource | null, after: NftSource | null): RulesCompared {
  if (before === null || after === null) return { changes: [], same: 0 };
  const [old, now] = [othersOf(before), othersOf(after)];
  const changes: Change[] = [];
  let same = 0;
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(name) ?? null, now.get(name) ?? null];
    if (was === null || is === null) changes.push(ofChain(name, was, is));
    else {
      const found = ofRules(
        name,
        { chain: was, text: before.ruleset.text },
        { chain: is, text: after.ruleset.text },
      );
      append(changes, policyChange(name, was, is));
      append(changes, found.changes);
      same += found.same;
    }
  }
  return { changes, same };
}

function othersOf({ ruleset }: NftSource): ReadonlyMap<string, PlacedChain> {
  const found = new Map<string, PlacedChain>();
  for (const [table, chains] of chainsOf(ruleset)) {
    for (const [name, chain] of chains)
      if (readPortChain(name) === null) found.set(`${table} ${name}`, chain);
  }
  return found;
}

function ofChain(name: string, was: PlacedChain | null, is: PlacedChain | null): Change {
  const side: Side = is === null ? 'before' : 'after';
  const chain = is ?? was;
  return {
    kind: is === null ? 'chain-removed' : 'chain-added',
    service: null,
    what: `chain ${name}`,
    before: was && plural(was.rules.length, 'rule'),
    after: is && plural(is.rules.length, 'rule'),
    places: placesOn(side, [chain && { source: NFT, span: chain.span }]),
  };
}

function policyChange(name: string, was: PlacedChain, is: PlacedChain): readonly Change[] {
  const [before, after] = [policyWords(was), policyWords(is)];
  if (before === after) return [];
  return [
    {
      kind: 'chain-policy-changed',
      service: null,
      what: name,
      before,
      after,
      places: placesOn('after', [{ source: NFT, span: is.span }]),
    },
  ];
}

/** `accept at forward, priority filter + 10`; of a chain at no hook only that it is at none. */
function policyWords({ base, policy }: PlacedChain): string {
  if (base === null) return 'at no hook';
  const { name, offset } = base.priority;
  const sign = offset < 0 ? '-' : '+';
  const priority =
    name === null ? String(offset) : offset === 0 ? name : `${name} ${sign} ${Math.abs(offset)}`;
  return `${policy} at ${base.hook.text}, priority ${priority}`;
}

interface State {
  readonly chain: PlacedChain;
  readonly text: string;
}

function ofRules(
  name: string,
  before: State,
  after: State,
): { readonly changes: readonly Change[]; readonly same: number } {
  const left = new Map<string, Placed[]>();
  for (const each of placedIn(before)) left.set(each.words, [...(left.get(each.words) ?? []), each]);
  const added: Placed[] = [];
  let same = 0;
  for (const each of placedIn(after)) {
    if (left.get(each.words)?.shift() === undefined) added.push(each);
    else same++;
  }
  const removed = [...left.values()].flat().toSorted((a, b) => a.index - b.index);
  return {
    changes: [
      ...removed.map((each) => ruleChange(name, 'before', each)),
      ...added.map((each) => ruleChange(name, 'after', each)),
    ],
    same,
  };
}

interface Placed {
  readonly rule: Rule;
  readonly chain: PlacedChain;
  readonly index: number;
  readonly words: string;
}

function placedIn({ chain, text }: State): readonly Placed[] {
  return chain.rules.map((rule, index) => {
    const statements = rule.statements.filter(({ kind }) => kind !== 'counter');
    return { rule, chain, index, words: printRule({ ...rule, statements }, text, '') };
  });
}

function ruleChange(name: string, side: Side, { rule, chain, index, words }: Placed): Change {
  return {
    kind: side === 'before' ? 'rule-removed' : 'rule-added',
    service: null,
    what: `${name}, rule ${index + 1}`,
    before: side === 'before' ? words : null,
    after: side === 'after' ? words : null,
    places: placesOn(side, [{ source: NFT, table: chain.table, chain: chain.name, index, span: rule }]),
  };
}
