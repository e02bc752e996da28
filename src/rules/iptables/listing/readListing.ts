/**
 * `iptables -L` read into the rules that it shows. The rules are written as iptables-save prints them and parsed as such, so
 * that whoever goes by their text finds what a dump has; positions lead back to the listing.
 */
import { Kept } from '../../../text/kept.ts';
import type {
  Chain,
  Commit,
  Generator,
  Rule,
  Ruleset,
  Statement,
  Table,
  TableStart,
  TableTurn,
} from '../nodes.ts';
import type { SyntaxProblem } from '../problems.ts';
import { throughBoth } from '../../../text/offsetMap.ts';
import type { Paste } from '../paste/readPaste.ts';
import type { Span } from '../../../text/span.ts';
import { Draft } from './draft.ts';
import { LineReader, type ListingLine } from './lines.ts';
import type { Hidden, Listing } from './listing.ts';
import { type Section, sectionsOf } from './sections.ts';
import { writeSection } from './writeRules.ts';

/** How many lines may stand among those of the listing that are none. */
const MOST_OTHER = 1;

const SIGN =
  /^\s*(?:Chain \S+ [([]|(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot\b)|\s(?:--|-f|!f)\s+\S+\s+\S/m;

/** Null for a text that is no listing. `parse` reads a dump; `paste` is what `text` was taken out of, where it was pasted. */
export function readListing(
  text: string,
  parse: (text: string) => Ruleset,
  paste: Paste | null = null,
): Ruleset | null {
  if (!SIGN.test(text)) return null;
  const count = new LineCount();
  const draft = new Draft();
  const hidden = new Map<number, readonly Hidden[]>();
  const sections = sectionsOf(count.over(new LineReader(text).lines()));
  if (sections.length === 0 || count.other > count.known * MOST_OTHER) return null;
  for (const section of sections) writeSection(draft, section, (rule, what) => hidden.set(rule, what));
  // Of them one says which of the two kernel implementations has rules besides.
  for (const { start, end } of count.comments) {
    draft.say(text.slice(start, end).trim(), { start, end });
    draft.write('\n');
  }
  const listing: Listing = {
    written: paste?.written ?? text,
    map: paste === null ? draft.map : throughBoth(paste.map, draft.map),
    hidden: (rule) => hidden.get(rule) ?? [],
    signs: new Map(sections.map(({ table, sign }) => [table, sign])),
    hides: new Set([...hidden.values()].flat()),
  };
  return new ListedRuleset(parse(draft.text), listing, sections, paste);
}

/** Counts the lines, and keeps the comments. */
class LineCount {
  known = 0;
  other = 0;
  readonly comments: Span[] = [];

  *over(lines: Iterable<ListingLine>): Iterable<ListingLine> {
    for (const line of lines) {
      if (line.kind === 'comment') this.comments.push(line);
      else if (line.kind === 'other') this.other++;
      else if (line.kind !== 'blank') this.known++;
      yield line;
    }
  }
}

class ListedRuleset implements Ruleset {
  readonly format = 'listing';
  readonly paste: Paste | null;
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly tables: readonly Table[];
  readonly turns: readonly TableTurn[];
  readonly problems: readonly SyntaxProblem[] = [];
  readonly lineProblems: readonly SyntaxProblem[] = [];
  readonly listing: Listing;
  readonly kept: Kept<Ruleset> = new Kept<Ruleset>(this);

  constructor(parsed: Ruleset, listing: Listing, sections: readonly Section[], paste: Paste | null) {
    this.paste = paste;
    this.text = parsed.text;
    this.statements = parsed.statements;
    this.listing = listing;
    this.tables = parsed.tables.map(
      (table, index) => new ListedTable(table, sections[index]?.family ?? null),
    );
    this.turns = this.tables.map((table) => ({ start: table.span.start, table }));
  }
}

/** A table whose family the columns of addresses tell, also where every rule takes any. */
class ListedTable implements Table {
  readonly name: string;
  readonly start: TableStart | null;
  readonly commit: Commit | null;
  readonly span: Span;
  readonly generator: Generator | null = null;
  readonly family: 4 | 6 | null;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly removed: readonly Rule[] = [];

  constructor(table: Table, family: 4 | 6 | null) {
    this.name = table.name;
    this.start = table.start;
    this.commit = table.commit;
    this.span = table.span;
    this.family = family ?? table.family;
    this.chains = table.chains;
  }
}
