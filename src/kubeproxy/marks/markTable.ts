/** Who uses which bits of the mark on a node: rows for a terminal, a hover and JSON, and where two owners get in each other's way. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { markNames } from '../narrative/words.ts';
import { chainNamed } from '../rulesets.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import { readMark } from '../../values/marks.ts';
import { hex } from '../words/clauses.ts';
import { type MarkUse, markUsesOf, type MarkVerb } from './markUses.ts';

interface MarkPlace {
  /** Null for a rule of routing. */
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
export function markTableOf(
  analysis: Pick<Analysis, 'rulesets' | 'iptables' | 'node'>,
  family: Family,
  wanted: number | null = null,
): MarkTable | null {
  const ruleset = analysis.rulesets[family];
  if (ruleset === null) return null;
  const about = (bits: number): boolean => wanted === null || (bits & wanted) !== 0;
  const uses = markUsesOf(ruleset).filter((use) => !isRest(use) && about(use.bits));
  const rows = new Map<
    string,
    { readonly bits: number; readonly order: number; readonly row: MarkRow; readonly places: MarkPlace[] }
  >();
  const add = (bits: number, owner: string, does: string, order: number, place: MarkPlace): void => {
    const key = JSON.stringify([bits, owner, does]);
    const known = rows.get(key);
    if (known !== undefined) {
      if (known.places.every(({ text }) => text !== place.text)) known.places.push(place);
    }
    if (known === undefined) {
      const places = [place];
      rows.set(key, {
        bits,
        order,
        places,
        row: { bits: hex(bits), name: nameOf(bits, analysis, family), owner, does, places },
      });
    }
  };
  for (const use of uses)
    add(use.bits, use.owner ?? UNKNOWN, doesWords(use), verbs.indexOf(use.verb), placeOf(use));
  for (const { family: own, priority, mark, markMask } of analysis.node.rules ?? []) {
    if ((own !== null && own !== family) || mark === null || !about(markMask & MAX)) continue;
    const bits = markMask === MAX && mark !== 0 ? mark : markMask;
    add(bits >>> 0, 'ip rule', 'reads', verbs.indexOf('reads'), { rule: null, text: `priority ${priority}` });
  }
  const sorted = [...rows.values()].toSorted(
    (a, b) =>
      a.bits - b.bits || (a.row.owner < b.row.owner ? -1 : a.row.owner > b.row.owner ? 1 : a.order - b.order),
  );
  return { family, rows: sorted.map(({ row }) => row), clashes: clashesOf(markUsesOf(ruleset), wanted) };
}

const MAX = 0xffffffff;
const UNKNOWN = 'unknown';
const verbs: readonly MarkVerb[] = ['sets', 'flips', 'restores', 'saves', 'clears', 'reads'];

/** The bits that `--set-mark 0x1` clears beside the one that it sets: they are told as written over. */
function isRest({ verb, whole, bits }: MarkUse): boolean {
  return whole && verb === 'clears' && bits !== MAX;
}

function doesWords({ verb, connection, whole }: MarkUse): string {
  const over = whole && verb === 'sets' ? ', over the whole mark' : '';
  if (verb === 'saves') return 'saves to the connection';
  if (verb === 'restores') return 'restores from the connection';
  return `${verb}${connection ? ' on the connection' : ''}${over}`;
}

function placeOf({ rule, chain, table }: MarkUse): MarkPlace {
  return { rule, text: `${chain} ${rule.index + 1} (${table})` };
}

/** Of the marks of kube-proxy and the kubelet. */
function nameOf(
  bits: number,
  { iptables, rulesets }: Pick<Analysis, 'iptables' | 'rulesets'>,
  family: Family,
): string {
  const dropMark = chainNamed(rulesets[family], 'nat', 'KUBE-MARK-DROP') !== null;
  return markNames(bits, iptables, dropMark).join(', ');
}

/** So many are told. */
const MOST_CLASHES = 8;

/** Two owners clash where one changes bits that the other sets for itself. A mark that others write over is a clash of all bits. */
function clashesOf(uses: readonly MarkUse[], wanted: number | null): readonly string[] {
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

function bitsByOwner(uses: readonly MarkUse[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { owner, bits } of uses) {
    const name = owner ?? UNKNOWN;
    found.set(name, ((found.get(name) ?? 0) | bits) >>> 0);
  }
  return found;
}
