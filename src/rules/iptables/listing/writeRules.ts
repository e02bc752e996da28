/** The rules of a listing as iptables-save would print them, line by line in the order of the listing. */
import { lookup } from '../../../text/lookup.ts';
import { findMatch } from '../catalogue/matches.ts';
import { findOption } from '../catalogue/options.ts';
import { findTarget } from '../catalogue/targets.ts';
import type { MatchDefinition, TargetDefinition } from '../catalogue/definitions.ts';
import { printValue } from '../printer.ts';
import type { Span } from '../../../text/span.ts';
import { numberedAddress } from './addressNames.ts';
import type { Cell } from './columns.ts';
import { type Details, readDetails } from './details.ts';
import type { Draft } from './draft.ts';
import type { SaidOption } from './forms/form.ts';
import type { Hidden } from './listing.ts';
import type { ChainLine, RowLine } from './lines.ts';
import { protocolWord } from './protocolNames.ts';
import type { Section } from './sections.ts';

/** `hidden` is told the offset of each rule of which something is not shown. */
export function writeSection(
  draft: Draft,
  section: Section,
  hide: (rule: number, what: readonly Hidden[]) => void,
): void {
  draft.mark(section.start);
  draft.write(`*${section.table}\n`);
  let end = section.start;
  for (const { name, line, rows } of section.chains) {
    if (line === null) draft.write(`:${name} -\n`);
    else writeChain(draft, line);
    for (const row of rows) {
      const start = draft.length;
      const hidden = new RowWriter(draft, row, section.family).write(name);
      if (hidden.length > 0) hide(start, hidden);
      end = row.end;
    }
    end = Math.max(end, line?.end ?? 0);
  }
  draft.mark(end);
  draft.write('COMMIT\n');
}

function writeChain(draft: Draft, { name, policy, counters, start, end }: ChainLine): void {
  draft.mark(start);
  draft.write(':');
  draft.say(name.text, name.at);
  draft.write(' ');
  if (policy === null || policy.text === '-') draft.write('-');
  else draft.say(policy.text, policy.at);
  if (counters !== null) {
    draft.write(' ');
    draft.say(`[${counters.packets}:${counters.bytes}]`, counters.at);
  }
  draft.write(' ');
  draft.mark(end);
  draft.write('\n');
}

class RowWriter {
  readonly #draft: Draft;
  readonly #line: RowLine;
  readonly #family: Section['family'];
  /** Where the row's own offsets begin in the listing. */
  readonly #base: number;

  constructor(draft: Draft, line: RowLine, family: Section['family']) {
    this.#draft = draft;
    this.#family = family;
    this.#line = line;
    this.#base = line.end - line.text.length;
  }

  write(chain: string): readonly Hidden[] {
    const draft = this.#draft;
    const { row, text, start, end } = this.#line;
    const details = readDetails(text, row.end, row.target?.text ?? null);
    draft.mark(start);
    if (row.counters !== null) {
      this.#say(`[${row.counters.packets}:${row.counters.bytes}]`, row.counters.at);
      draft.write(' ');
    }
    draft.write(`-A ${chain}`);
    this.#writeColumns();
    for (const { name, options } of details.matches) {
      draft.write(' -m ');
      this.#say(name.text, name.at);
      this.#writeOptions(options, findMatch(name.text));
    }
    for (const word of details.unread) {
      draft.write(' ');
      this.#say(`"${word.text.replaceAll(/["\\]/g, String.raw`\$&`)}"`, word.at);
    }
    this.#writeTarget(details);
    draft.write(' ');
    draft.mark(end);
    draft.write('\n');
    return [
      ...(row.input === null ? ['interfaces' as const] : []),
      ...(details.isCut ? ['digits' as const] : []),
    ];
  }

  #writeColumns(): void {
    const { source, destination, input, output, protocol, fragment } = this.#line.row;
    this.#writeCell('-s', source, isAnywhere(source) ? null : address(source.text, this.#family));
    this.#writeCell(
      '-d',
      destination,
      isAnywhere(destination) ? null : address(destination.text, this.#family),
    );
    this.#writeCell('-i', input, interfaceName(input));
    this.#writeCell('-o', output, interfaceName(output));
    const named = protocolWord(protocol.text);
    const isAny = named === '0' || named === 'all';
    this.#writeCell('-p', protocol, isAny && protocol.negation === null ? null : named);
    this.#writeCell(fragment?.text ?? '', fragment, '');
  }

  #writeCell(option: string, cell: Cell | null, value: string | null): void {
    if (cell === null || value === null) return;
    this.#writeNegation(cell.negation);
    this.#draft.write(' ');
    if (value === '') this.#say(option, cell.at);
    else {
      this.#say(option, { start: cell.at.start, end: cell.at.start });
      this.#draft.write(' ');
      this.#say(value, cell.at);
    }
  }

  #writeTarget({ isGoto, target: options }: Details): void {
    const { target } = this.#line.row;
    if (target === null) return;
    this.#draft.write(isGoto ? ' -g ' : ' -j ');
    this.#say(printValue(null, target.text), target.at);
    this.#writeOptions(options, findTarget(target.text));
  }

  #writeOptions(options: readonly SaidOption[], extension: MatchDefinition | TargetDefinition | null): void {
    for (const { name, negation, values } of inSavedOrder(extension?.name ?? null, options)) {
      this.#writeNegation(negation);
      this.#draft.write(' ');
      this.#say(name.text, name.at);
      const kind = extension === null ? null : (findOption(extension, name.text)?.kind ?? null);
      for (const value of values) {
        this.#draft.write(' ');
        this.#say(printValue(kind, value.text), value.at);
      }
    }
  }

  #writeNegation(negation: Span | null): void {
    if (negation === null) return;
    this.#draft.write(' ');
    this.#say('!', negation);
  }

  #say(text: string, { start, end }: Span): void {
    this.#draft.say(text, { start: this.#base + start, end: this.#base + end });
  }
}

/** The options that iptables-save writes in another order than the listing. */
const SAVED_ORDER: Readonly<Record<string, readonly string[]>> = lookup({
  recent: ['--name', '--mask', '--rsource', '--rdest'],
  time: ['--timestart', '--timestop', '--monthdays', '--weekdays', '--datestart', '--datestop', '--kerneltz'],
  LOG: [
    '--log-prefix',
    '--log-level',
    '--log-tcp-sequence',
    '--log-tcp-options',
    '--log-ip-options',
    '--log-uid',
  ],
});

function inSavedOrder(extension: string | null, options: readonly SaidOption[]): readonly SaidOption[] {
  const order = SAVED_ORDER[extension ?? ''];
  if (order === undefined) return options;
  const place = ({ name }: SaidOption): number => order.indexOf(name.text);
  const others = options.filter((each) => place(each) < 0);
  return [...others, ...options.filter((each) => place(each) >= 0).toSorted((a, b) => place(a) - place(b))];
}

function isAnywhere({ text, negation }: Cell): boolean {
  return negation === null && /^(?:anywhere|0\.0\.0\.0\/0|::\/0|default)$/.test(text);
}

/** A host with its mask, as iptables-save prints it; a name that is not known as it is. */
function address(written: string, family: Section['family']): string {
  const text = numberedAddress(written, family);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return `${text}/32`;
  if (text.includes(':') && !text.includes('/')) return `${text}/128`;
  return text === 'anywhere' ? '0/0' : text;
}

/** Null for any interface. */
function interfaceName(cell: Cell | null): string | null {
  if (cell === null) return null;
  const isAny = cell.negation === null && ['*', 'any', '+'].includes(cell.text);
  return isAny ? null : cell.text;
}
