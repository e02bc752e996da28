/** Who uses which bits of the mark on a node: rows for a terminal, a hover and JSON, and where two owners get in each other's way. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { markNames } from '../narrative/words.ts';
import { chainNamed } from '../rulesets.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import { readMark } from '../../values/marks.ts';
import { hex } from '../words/clauses.ts';
import { type MarkUse, markUsesOf, type MarkVerb } from './markUses.ts';
import { type NftMarkUse, nftMarkUsesOf, nftMasqueradeMark } from './nftMarkUses.ts';

interface MarkPlace {
  /** Null for a rule of routing, and for one of a native table. */
  readonly rule: Rule | null;
  /** `KUBE-MARK-MASQ 1 (nat)` */
  readonly text: string;
}

/** What one owner does with some bits. */
interface MarkRow {
  /** `0x4000` */
  readonly bits: string;
  /** `masquerade mark`; empty for a mark without a name. */
  readonly name: string;
  /** `kube-proxy`, `unknown` */
  readonly owner: string;
  /** `sets`, `reads`, `sets on the connection` … */
  readonly does: string;
  readonly places: readonly MarkPlace[];
}

export interface MarkTable {
  readonly family: Family;
  readonly rows: readonly MarkRow[];
  /** Sentences: bits that one owner sets and another one changes. */
  readonly clashes: readonly string[];
}

/** `marks` → every bit, `0x4000` or `16384` → those; null for what is no mark. */
export function readMarkQuery(text: string): { readonly wanted: number | null } | null {
  if (/^marks?$/i.test(text)) return { wanted: null };
  const reading = readMark(text);
  if (reading.kind !== 'value' || !/^(?:0x|\d)/i.test(text)) return null;
  const { value, mask } = reading.value;
  const bits = mask === MAX ? value : mask;
  return bits === 0 ? null : { wanted: bits };
}

/** `wanted`: the bits that are asked about; null for all. Null where there are no rules of the family. */
export function markTableOf(analysis: Parts, family: Family, wanted: number | null = null): MarkTable | null {
  const all = usesOf(analysis, family);
  if (all === null) return null;
  const about = (bits: number): boolean => wanted === null || (bits & wanted) !== 0;
  const uses = all.filter((use) => !isRest(use) && about(use.bits));
  const rows = new Rows(naming(analysis, family));
  for (const use of uses)
    rows.add(use.bits, use.owner ?? UNKNOWN, doesWords(use), verbs.indexOf(use.verb), placeOf(use));
  for (const { bits, mask, priority } of routedBy(analysis, family)) {
    const place: MarkPlace = { rule: null, text: `priority ${priority}` };
    if (about(mask)) rows.add(bits, IP_RULE, 'reads', verbs.indexOf('reads'), place);
  }
  return { family, rows: rows.sorted(), clashes: clashesOf(all, wanted) };
}

/** HOT PATH: there may be as many as rules. */
class Rows {
  readonly #nameOf: (bits: number) => string;
  readonly #found = new Map<string, FoundRow>();

  constructor(nameOf: (bits: number) => string) {
    this.#nameOf = nameOf;
  }

  /** `order`: among what one owner does with the same bits. */
  add(bits: number, owner: string, does: string, order: number, place: MarkPlace): void {
    const key = `${bits} ${order} ${does} ${owner}`;
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, this.#begun(bits, owner, does, order, place));
    else addPlace(known, place);
  }

  #begun(bits: number, owner: string, does: string, order: number, place: MarkPlace): FoundRow {
    const places = [place];
    const row = { bits: hex(bits), name: this.#nameOf(bits), owner, does, places };
    return { bits, order, row, places, texts: null };
  }

  sorted(): readonly MarkRow[] {
    const sorted = [...this.#found.values()].sort(
      (a, b) =>
        a.bits - b.bits ||
        (a.row.owner < b.row.owner ? -1 : a.row.owner > b.row.owner ? 1 : a.order - b.order),
    );
    return sorted.map(({ row }) => row);
  }
}

interface FoundRow {
  readonly bits: number;
  readonly order: number;
  readonly row: MarkRow;
  readonly places: MarkPlace[];
  /** The texts of `places`: rules that stand there a hundred thousand times over are each one. Null while there is one. */
  texts: Set<string> | null;
}

function addPlace(row: FoundRow, place: MarkPlace): void {
  row.texts ??= new Set(row.places.map(({ text }) => text));
  if (!row.texts.has(place.text)) row.places.push(place);
  row.texts.add(place.text);
}

/** What a glance tells of the marks of one family. */
export interface MarksInBrief {
  /** Each once, by bits and then by owner. */
  readonly marks: readonly MarkOfOwner[];
  readonly clashes: readonly string[];
}

/** As in a `MarkRow`. */
export type MarkOfOwner = Pick<MarkRow, 'bits' | 'name' | 'owner'>;

/** The owners of each mark, without what they do and where, which may be hundreds of thousands of places. Null where there are no rules of the family. */
export function marksInBrief(analysis: Parts, family: Family): MarksInBrief | null {
  const all = usesOf(analysis, family);
  if (all === null) return null;
  const owners = new Map<string, Set<number>>();
  const add = (owner: string, bits: number): void => {
    const known = owners.get(owner);
    if (known === undefined) owners.set(owner, new Set([bits]));
    else known.add(bits);
  };
  for (const use of all) if (!isRest(use)) add(use.owner ?? UNKNOWN, use.bits);
  for (const { bits } of routedBy(analysis, family)) add(IP_RULE, bits);
  const nameOf = naming(analysis, family);
  const marks = [...owners].flatMap(([owner, found]) => [...found].map((bits) => ({ owner, bits })));
  marks.sort((a, b) => a.bits - b.bits || (a.owner < b.owner ? -1 : 1));
  return {
    marks: marks.map(({ owner, bits }) => ({ bits: hex(bits), name: nameOf(bits), owner })),
    clashes: clashesOf(all, null),
  };
}

const IP_RULE = 'ip rule';

/** The bits by which rules of routing choose; `mask`: those that they look at. */
function routedBy(
  { node }: Parts,
  family: Family,
): readonly { readonly bits: number; readonly mask: number; readonly priority: number }[] {
  return (node.rules ?? []).flatMap(({ family: own, priority, mark, markMask }) => {
    if ((own !== null && own !== family) || mark === null) return [];
    const bits = markMask === MAX && mark !== 0 ? mark : markMask;
    return [{ bits: bits >>> 0, mask: markMask & MAX, priority }];
  });
}

type Parts = Pick<Analysis, 'rulesets' | 'iptables' | 'node' | 'sources'>;

/** Of iptables, or of a native table. */
type AnyUse = MarkUse | NftMarkUse;

function hasRules({ rulesets, sources: { nft } }: Parts, family: Family): boolean {
  return rulesets[family] !== null || nft?.families.includes(family) === true;
}

/** Null where no rules see packets of the family. */
function usesOf(parts: Parts, family: Family): readonly AnyUse[] | null {
  if (!hasRules(parts, family)) return null;
  const ruleset = parts.rulesets[family];
  const own: readonly AnyUse[] = ruleset === null ? [] : markUsesOf(ruleset);
  const { nft } = parts.sources;
  const native = nft === null ? [] : nftMarkUsesOf(nft.ruleset);
  const other = family === 4 ? 'ip6' : 'ip';
  return own.concat(native.filter(({ chain }) => chain.family !== other));
}

const MAX = 0xffffffff;
const UNKNOWN = 'unknown';
const verbs: readonly MarkVerb[] = ['sets', 'flips', 'restores', 'saves', 'clears', 'reads'];

/** The bits that `--set-mark 0x1` clears beside the one that it sets: they are told as written over. */
function isRest({ verb, whole, bits }: AnyUse): boolean {
  return whole && verb === 'clears' && bits !== MAX;
}

function doesWords({ verb, connection, whole }: AnyUse): string {
  const over = whole && verb === 'sets' ? ', over the whole mark' : '';
  if (verb === 'saves') return 'saves to the connection';
  if (verb === 'restores') return 'restores from the connection';
  return `${verb}${connection ? ' on the connection' : ''}${over}`;
}

function placeOf(use: AnyUse): MarkPlace {
  if ('index' in use) return { rule: null, text: `${use.chain.name} ${use.index + 1} (${use.table})` };
  return { rule: use.rule, text: `${use.chain} ${use.rule.index + 1} (${use.table})` };
}

/** What names bits: those of the marks of kube-proxy and the kubelet. */
function naming({ iptables, rulesets, sources }: Parts, family: Family): (bits: number) => string {
  const native = sources.nft === null ? 0 : nftMasqueradeMark(sources.nft.ruleset);
  const dropMark = chainNamed(rulesets[family], 'nat', 'KUBE-MARK-DROP') !== null;
  return (bits) => {
    if (bits === native) return 'masquerade mark';
    return hasMostBits(bits) ? '' : markNames(bits, iptables, dropMark).join(', ');
  };
}

const HALF = 16;

/** `meta mark & 0x10` clears all others: that is about none of them. */
function hasMostBits(bits: number): boolean {
  const set = (bits >>> 0).toString(2).replaceAll('0', '');
  return set.length > HALF;
}

/** So many are told. */
const MOST_CLASHES = 8;

/** Two owners clash where one changes bits that the other sets for itself. A mark that others write over is a clash of all bits. */
function clashesOf(uses: readonly AnyUse[], wanted: number | null): readonly string[] {
  const packets = uses.filter(({ connection }) => !connection);
  const set = bitsByOwner(packets.filter(({ verb }) => verb === 'sets' || verb === 'flips'));
  const clashes: string[] = [];
  for (const use of packets) {
    if (use.verb === 'reads' || use.verb === 'saves') continue;
    for (const [owner, bits] of set) {
      const both = (bits & use.bits & (wanted ?? MAX)) >>> 0;
      if (owner === (use.owner ?? UNKNOWN) || both === 0) continue;
      if (clashes.length === MOST_CLASHES) return [...clashes, 'There are more of this kind.'];
      const what = use.whole && use.verb === 'clears' ? 'writes over' : use.verb;
      clashes.push(
        `${placeOf(use).text}, ${whose(use.owner)}, ${what} ${hex(both)}, which ${whoSets(owner)} sets for itself.`,
      );
    }
  }
  return [...new Set(clashes)];
}

function whose(owner: string | null): string {
  return owner === null ? 'whose owner is not known' : `of ${owner}`;
}

function whoSets(owner: string): string {
  return owner === UNKNOWN ? 'a rule whose owner is not known' : owner;
}

function bitsByOwner(uses: readonly AnyUse[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { owner, bits } of uses) {
    const name = owner ?? UNKNOWN;
    found.set(name, ((found.get(name) ?? 0) | bits) >>> 0);
  }
  return found;
}
