/** What was given and could not be read: every answer that stands on the rest says so. */
import type { Family } from '../kernel/flow.ts';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { Span } from '../text/span.ts';
import { KeptByPart } from '../text/kept.ts';
import type { Analysis } from './analysis.ts';
import { families } from './rulesets.ts';
import type { Source } from './sources.ts';

/** So many lines are named one by one. */
const MOST_LINES = 3;
/** Characters of a line that are shown. */
const MOST_CHARACTERS = 60;

/** All of `unreadOf` in a sentence; null where everything was read. */
export function unreadWords(source: UnreadSource, family: Family | null = null): string | null {
  let known = wordsBySource.get(source);
  if (known === undefined) {
    known = new KeptByPart((each: Family | null) => wordsOf(source, each));
    wordsBySource.set(source, known);
  }
  return known.of(family);
}

/** Said with every answer. */
const wordsBySource = new WeakMap<UnreadSource, KeptByPart<Family | null, string | null>>();

function wordsOf(source: UnreadSource, family: Family | null): string | null {
  const clauses = unreadOf(source, family);
  return clauses.length === 0
    ? null
    : `Not everything that was given could be read, and what could not is left out: ${clauses.join('; ')}.`;
}

type UnreadSource = Pick<Analysis, 'sources' | 'node' | 'objectProblems'>;

/**
 * Lines of the rules that are followed, and what of the node's other files could not be read; a clause each, which may
 * hold anything. With a family only what packets of it stand on.
 */
export function unreadOf(
  { sources, node, objectProblems }: UnreadSource,
  family: Family | null = null,
): readonly string[] {
  const texts = new Map(
    families
      .filter((each) => family === null || each === family)
      .flatMap((each) => sources.followed(each) ?? [])
      .map((source) => [source.text, source]),
  );
  return [
    ...[...texts.values()].flatMap(unreadLines),
    ...node.problems,
    ...objectProblems.map((problem) => `objects.json: ${problem}`),
  ];
}

function unreadLines({ text }: Source): readonly string[] {
  const { ruleset } = text;
  const bad = ruleset.kept.of(badLines);
  const named = bad.slice(0, MOST_LINES).map(({ start, end }) => {
    const { line } = text.lines.positionAt(readOffset(ruleset, start));
    const cut = end - start > MOST_CHARACTERS ? '…' : '';
    const words = writtenText(ruleset).slice(start, Math.min(end, start + MOST_CHARACTERS));
    return `line ${line + 1} of the rules is not understood (${words}${cut})`;
  });
  const more = bad.length - named.length;
  return more > 0 ? [...named, `${more} more such ${more === 1 ? 'line' : 'lines'}`] : named;
}

function readOffset({ paste, listing }: Ruleset, written: number): number {
  return listing === null ? (paste?.map.after(written) ?? written) : written;
}

/** In the text as it was given. */
function badLines(ruleset: Ruleset): readonly Span[] {
  const bad = badStatements(ruleset);
  if (ruleset.paste === null || ruleset.listing !== null) return bad;
  const { map, unread } = ruleset.paste;
  const written = bad.map(({ start, end }) => ({ start: map.before(start), end: map.before(end) }));
  return [...written, ...unread].toSorted((a, b) => a.start - b.start);
}

/** Each has a problem of its line, so that most texts need not be looked through. */
function badStatements(ruleset: Ruleset): readonly Span[] {
  const { format, lineProblems } = ruleset;
  if (format !== 'foreign' && !lineProblems.some(({ code }) => code === 'bad-line')) return [];
  return ruleset.statements.filter(({ kind }) => kind === 'bad');
}

function writtenText({ text, paste, listing }: Ruleset): string {
  return listing === null ? (paste?.written ?? text) : text;
}
