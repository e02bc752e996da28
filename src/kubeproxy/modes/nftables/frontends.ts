/** The frontends of one family of a Service port, from the elements that send its packets on and those that refuse them. */
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { targetOf } from '../../../rules/nftables/ways.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import type { Rule } from '../../../rules/nftables/statements.ts';
import type { RuledFrontend, RuledPolicies } from '../../services/evidence.ts';
import type { FrontendFate, FrontendKind, Masquerade } from '../../services/frontend.ts';
import { endOf } from './balance.ts';
import { askedOf, marks, whomOf } from './conditions.ts';
import type { Dispatch, Refused } from './dispatches.ts';
import { readPortChain } from './names.ts';
import { type Place, placeKey } from './places.ts';
import type { Side } from './portDraft.ts';

const NEVER: Masquerade = { kind: 'never' };

/** In the order of the maps. A place that is sent on and refused, too, is one frontend. */
export function frontendsOf(side: Side): readonly RuledFrontend[] {
  const refused = new Map(side.refused.map((each) => [placeKey(each.place), each]));
  const found = new Map<string, RuledFrontend>();
  for (const dispatch of side.dispatches) {
    const key = placeKey(dispatch.place);
    if (!found.has(key)) found.set(key, fromDispatch(side, dispatch, refused.get(key)));
  }
  for (const [key, each] of refused) {
    if (!found.has(key)) found.set(key, fromRefusal(side, each));
  }
  return [...found.values()];
}

function fromDispatch(side: Side, dispatch: Dispatch, refusal: Refused | undefined): RuledFrontend {
  const { table } = side;
  const { place, chain, at } = dispatch;
  const fate = refusal?.fate ?? fateOf(side, dispatch);
  return {
    ...place,
    kind: kindOf(side, place, chain),
    family: table.family,
    fate,
    overtaking: null,
    spared: fate === 'dropped' && chain !== null ? sparedBy(side, chain) : [],
    masquerade: masqueradeOf(side, dispatch),
    sourceRanges: rangesOf(side, place),
    lateRanges: [],
    scope: place.address === null ? table.scopeOf(dispatch.conditions) : '',
    at,
  };
}

function fromRefusal(side: Side, { place, fate, at }: Refused): RuledFrontend {
  return {
    ...place,
    kind: kindOf(side, place, null),
    family: side.table.family,
    fate,
    overtaking: null,
    spared: [],
    masquerade: NEVER,
    sourceRanges: null,
    lateRanges: [],
    scope: place.address === null ? nodePortScope(side) : '',
    at,
  };
}

/** A refused node port is taken where the others are. */
function nodePortScope({ table }: Side): string {
  const other = table.dispatches.dispatches.find(({ place }) => place.address === null);
  return other === undefined ? 'every address' : table.scopeOf(other.conditions);
}

/** By the set of cluster IPs, else by the chain: all but cluster IPs go to one of kind `external`. */
function kindOf(side: Side, place: Place, chain: PlacedChain | null): FrontendKind {
  const { table, guarded } = side;
  const { address } = place;
  if (address === null) return 'nodePort';
  if (table.isClusterIp(address)) return 'clusterIP';
  if (guarded.some((each) => placeKey(each.place) === placeKey(place))) return 'loadBalancerIP';
  if (chain === null) return isRefusedClusterIp(side, place) ? 'clusterIP' : 'external';
  return isOwnChain(chain) ? 'clusterIP' : 'external';
}

function isOwnChain(chain: PlacedChain): boolean {
  const kind = readPortChain(chain.name)?.kind;
  return kind === 'service' || kind === 'local';
}

/**
 * Before 1.30 nothing says which refused address is the cluster IP. Each Service has one, so where no chain is for it, it is one of those
 * that are refused: the one that is nearest to the cluster IPs of others.
 */
function isRefusedClusterIp({ table, dispatches, refused, guarded }: Side, place: Place): boolean {
  if (table.listsClusterIps || dispatches.some(({ chain }) => chain !== null && isOwnChain(chain)))
    return false;
  const others = new Set([...dispatches, ...guarded].map((each) => placeKey(each.place)));
  if (place.address === null || others.has(placeKey(place))) return false;
  const mine = table.nearness(place.address);
  return refused.every(({ place: { address, ...rest } }) => {
    const isOther = address === null || others.has(placeKey({ address, ...rest }));
    return isOther || table.nearness(address) <= mine;
  });
}

/** Chains stand three deep. */
const MAX_JUMPS = 16;

/** The chains that packets of a chain go on to, with the rules that send them there. */
function* onward(
  { table }: Side,
  chain: PlacedChain,
): Generator<{ readonly rule: Rule; readonly next: PlacedChain }> {
  for (const [index, rule] of chain.rules.entries()) {
    const next = targetOf(table.ruleset, chain, rule, index);
    if (next !== null && readPortChain(next.name) !== null) yield { rule, next };
  }
}

function isForAll(rule: Rule): boolean {
  return rule.statements.every((each) => each.kind !== 'match');
}

/** What becomes of packets that no condition takes aside. */
function fateOf(side: Side, { chain, endpoint }: Dispatch): FrontendFate {
  if (chain === null) return endOf(endpoint, null) === null ? 'none' : 'balanced';
  return isBalanced(side, chain, 0) ? 'balanced' : 'none';
}

function isBalanced(side: Side, chain: PlacedChain, depth: number): boolean {
  const kind = readPortChain(chain.name)?.kind;
  if (kind === 'service' || kind === 'local') return side.table.balance(chain).endpoints.size > 0;
  if (kind === 'endpoint') return true;
  if (depth > MAX_JUMPS) return false;
  for (const { rule, next } of onward(side, chain))
    if (isForAll(rule) && isBalanced(side, next, depth + 1)) return true;
  return false;
}

/** Whom a chain hands to all endpoints before it looks for local ones. */
function sparedBy(side: Side, chain: PlacedChain): RuledFrontend['spared'] {
  const found = new Set<'pods' | 'node'>();
  for (const { rule, next } of onward(side, chain)) {
    if (readPortChain(next.name)?.kind !== 'service' || isForAll(rule)) continue;
    const whom = whomOf(rule.statements.filter((each) => each.kind === 'match'));
    found.add(whom.kind === 'node' ? 'node' : 'pods');
  }
  return (['pods', 'node'] as const).filter((each) => found.has(each));
}

/** By the first rule that marks a packet for the place: before the map, else in the chains behind it. */
function masqueradeOf(side: Side, { place, chain, before }: Dispatch): Masquerade {
  return firstMark(side, before, place) ?? (chain === null ? NEVER : inChain(side, chain, place, 0));
}

function firstMark({ table }: Side, rules: readonly Rule[], place: Place): Masquerade | null {
  for (const rule of rules) {
    const asked = marks(rule) ? askedOf(table.ruleset, table.name, rule, place) : null;
    if (asked !== null) return whomOf(asked);
  }
  return null;
}

function inChain(side: Side, chain: PlacedChain, place: Place, depth: number): Masquerade {
  const own = firstMark(side, chain.rules, place);
  if (own !== null) return own;
  if (depth > MAX_JUMPS) return NEVER;
  for (const { rule, next } of onward(side, chain)) {
    if (!isForAll(rule) || readPortChain(next.name)?.kind === 'endpoint') continue;
    const found = inChain(side, next, place, depth + 1);
    if (found.kind !== 'never') return found;
  }
  return NEVER;
}

/** The sources that a load balancer's address is open to; null where every source may. */
function rangesOf({ guarded }: Side, place: Place): readonly string[] | null {
  const guard = guarded.find((each) => placeKey(each.place) === placeKey(place));
  if (guard === undefined) return null;
  const ranges = guard.chain.rules.flatMap(({ statements }) => {
    const isDrop = statements.some((each) => each.kind === 'verdict' && each.verdict === 'drop');
    const asked = statements.find((each) => each.kind === 'match' && each.operator === '!=');
    return isDrop && asked?.kind === 'match' ? sourcesOf(asked.right) : [];
  });
  return ranges.some((each) => each.endsWith('/0')) ? null : ranges;
}

function sourcesOf(right: Expression): readonly string[] {
  return (right.kind === 'set' ? right.elements.map(({ key }) => key) : [right]).map(networkWords);
}

/** `203.0.113.18` → `203.0.113.18/32`, as rules of iptables have it. */
function networkWords(source: Expression): string {
  const text = printExpression(source);
  return source.kind === 'value' ? `${text}/${text.includes(':') ? 128 : 32}` : text;
}

/** The traffic policies that the rules show. */
export function policiesOf(side: Side): Pick<RuledPolicies, 'internal' | 'external'> {
  const isOwn = ({ place, chain }: Dispatch): boolean => kindOf(side, place, chain) === 'clusterIP';
  const refusedLocally = (own: boolean): boolean =>
    side.refused.some(
      ({ place, fate }) => fate === 'dropped' && (kindOf(side, place, null) === 'clusterIP') === own,
    );
  const inside = side.dispatches.filter(isOwn);
  const outside = side.dispatches.filter((each) => !isOwn(each));
  const internal = inside.some(({ chain }) => chain !== null && readPortChain(chain.name)?.kind === 'local');
  const external = outside.some(({ chain }) => chain !== null && leadsToLocal(side, chain));
  return {
    internal: internal || refusedLocally(true) ? 'Local' : 'Cluster',
    external: external || refusedLocally(false) ? 'Local' : 'Cluster',
  };
}

function leadsToLocal(side: Side, chain: PlacedChain): boolean {
  for (const { next } of onward(side, chain)) if (readPortChain(next.name)?.kind === 'local') return true;
  return false;
}
