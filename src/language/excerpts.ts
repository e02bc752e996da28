/** The excerpts of one version of a text: which there are, and which one shows a place. */
import type { Location } from 'vscode-languageserver-types';
import type { Chain, Rule, Statement } from '../rules/iptables/nodes.ts';
import { KeptByPart } from '../text/kept.ts';
import type { Span } from '../text/span.ts';
import { Excerpt, type ExcerptAddress, type ExcerptContent } from './excerpt.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** The most rules of a chain that one document shows: some 4 MB, with which an editor is at ease. */
export const MOST_RULES = 20_000;
/** The most lines of no chain. */
const MOST_LINES = 200;
/** Excerpts that were made are found again; those of a whole table would be a second text. */
const MOST_KEPT = 500;

/** Made when they are first asked for. */
export class Excerpts {
  readonly #whole: RulesDocument;
  readonly #uriOf: (address: ExcerptAddress) => string;
  readonly #made = new Map<string, Excerpt>();
  /** The rules of each chain, in the order of the text. */
  readonly #rules = new KeptByPart((chain: Chain): readonly Rule[] => inOrder(chain.rules));

  constructor(whole: RulesDocument, uriOf: (address: ExcerptAddress) => string) {
    this.#whole = whole;
    this.#uriOf = uriOf;
  }

  /** Null for an address that the text has not. */
  at(address: ExcerptAddress): Excerpt | null {
    const uri = this.#uriOf(address);
    const known = this.#made.get(uri);
    if (known !== undefined) return known;
    const made = address.kind === 'chain' ? this.#ofChain(address, uri) : this.#ofLines(address, uri);
    if (made === null) return null;
    if (this.#made.size >= MOST_KEPT) this.#made.clear();
    this.#made.set(uri, made);
    return made;
  }

  /** Where a place of the whole text is shown. */
  readonly locationOf = (span: Span): Location => {
    const shown = this.showing(span);
    return shown === null
      ? { uri: this.#whole.uri, range: this.#whole.rangeOf(span) }
      : { uri: shown.uri, range: shown.rangeOf(span) };
  };

  /** The excerpt in which a place is seen. */
  showing(span: Span): Excerpt | null {
    return this.at(this.#addressOf(span.start));
  }

  #addressOf(offset: number): ExcerptAddress {
    const statement = this.#whole.statementAt(offset);
    const table = this.#whole.tableAt(offset);
    const name =
      statement?.kind === 'chain'
        ? statement.name.text
        : statement?.kind === 'rule'
          ? statement.chain.text
          : null;
    const chain = name === null ? undefined : table?.chains.get(name);
    if (table === null || chain === undefined || statement === null) {
      const { line } = this.#whole.lines.positionAt(offset);
      return { kind: 'lines', from: line - (line % MOST_LINES) };
    }
    const index = statement.kind === 'rule' ? this.#indexOf(chain, statement) : 0;
    const section = this.#whole.ruleset.tables.indexOf(table);
    return { kind: 'chain', section, chain: chain.name, from: index - (index % MOST_RULES) };
  }

  #indexOf(chain: Chain, { start }: Statement): number {
    const rules = this.#rules.of(chain);
    let low = 0;
    let high = rules.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rules[middle]?.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #ofChain(address: ExcerptAddress & { readonly kind: 'chain' }, uri: string): Excerpt | null {
    const { section, from } = address;
    const table = this.#whole.ruleset.tables[section];
    const chain = table?.chains.get(address.chain);
    if (table === undefined || chain === undefined || from % MOST_RULES !== 0) return null;
    const rules = this.#rules.of(chain).slice(from, from + MOST_RULES);
    if (rules.length === 0 && from > 0) return null;
    const head = [table.start, chain.declaration].filter((each) => each !== null);
    return this.#excerpt(address, uri, { table, chain, statements: [...head, ...rules] });
  }

  #ofLines(address: ExcerptAddress & { readonly kind: 'lines' }, uri: string): Excerpt | null {
    const { from } = address;
    if (from % MOST_LINES !== 0 || from >= this.#whole.lines.lineCount) return null;
    const statements = this.#statementsOn(from, from + MOST_LINES);
    const others = statements.filter((each) => this.#addressOf(each.start).kind === 'lines');
    return this.#excerpt(address, uri, { table: null, chain: null, statements: others });
  }

  /** Of the lines from `first` to before `end`; a listing says them in another order, and some twice. */
  #statementsOn(first: number, end: number): readonly Statement[] {
    const { lines, ruleset } = this.#whole;
    const isOn = (line: number): boolean => line >= first && line < end;
    if (ruleset.listing !== null)
      return this.#whole.statements.filter(({ start }) => isOn(lines.positionAt(start).line));
    const at = (line: number): number => lines.offsetAt({ line, character: 0 });
    const found = this.#whole.statementsIn({ start: at(first), end: at(end) });
    return found.filter(({ start }) => isOn(lines.positionAt(start).line));
  }

  #excerpt(
    address: ExcerptAddress,
    uri: string,
    { table, chain, statements }: Pick<ExcerptContent, 'table' | 'chain' | 'statements'>,
  ): Excerpt {
    const whole = this.#whole;
    const lines = linesOf(whole, statements);
    return new Excerpt(address, { whole, uri, table, chain, statements, lines, locate: this.locationOf });
  }
}

function inOrder(rules: readonly Rule[]): readonly Rule[] {
  const isInOrder = rules.every(({ start }, index) => index === 0 || start > (rules[index - 1]?.start ?? 0));
  return isInOrder ? rules : rules.toSorted((a, b) => a.start - b.start);
}

/** The numbers of the lines on which the statements stand, rising. */
function linesOf({ lines }: RulesDocument, statements: readonly Statement[]): readonly number[] {
  const numbers = new Set<number>();
  for (const { start, end } of statements) {
    const last = lines.positionAt(end).line;
    for (let line = lines.positionAt(start).line; line <= last; line++) numbers.add(line);
  }
  return [...numbers].toSorted((a, b) => a - b);
}
