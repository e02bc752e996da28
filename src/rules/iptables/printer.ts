import type { ValueKind } from './catalogue/definitions.ts';
import { canonicalName } from './names.ts';
import type { Option, Rule, Ruleset } from './nodes.ts';

/** The text of a ruleset, from its statements: the same bytes that were parsed, of a paste with all that stands around the rules. */
export function printRuleset({ text, paste, listing, statements }: Ruleset): string {
  const read = listing === null ? paste : null;
  const written = read?.written ?? text;
  let printed = '';
  let at = 0;
  for (const statement of statements) {
    const start = read?.map.before(statement.start) ?? statement.start;
    const end = read?.map.before(statement.end) ?? statement.end;
    printed += written.slice(at, start) + written.slice(start, end);
    at = end;
  }
  return printed + written.slice(at);
}

/** One rule as iptables-save writes it, from its nodes: `-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 80 -j ACCEPT`. */
export function printRule(rule: Rule): string {
  const { counters } = rule;
  const written = rule.general.some((option) => option.definition?.name === '-c');
  const prefix = counters === null || written ? '' : `[${counters.packets}:${counters.bytes}] `;
  return `${prefix}-A ${printWord(rule.chain.text)}${printConditions(rule)}`;
}

/** What a rule says beside its chain and counters, with a blank before each word: ` -p tcp -j ACCEPT`. Equal for equal rules. */
export function printConditions(rule: Rule): string {
  const { target } = rule;
  let printed = printOptions(rule.general);
  for (const match of rule.matches)
    printed += ` -m ${printWord(canonicalName(match))}${printOptions(match.options)}`;
  printed += printOptions(rule.unknown);
  if (target === null) return printed;
  const letter = target.kind === 'jump' ? '-j' : '-g';
  return `${printed} ${letter} ${printWord(canonicalName(target))}${printOptions(target.options)}`;
}

/** ` ! --dport 80 --syn` */
function printOptions(options: readonly Option[]): string {
  return options.map((option) => ` ${printOption(option)}`).join('');
}

/** One option as iptables-save writes it: `! --dport 80`. */
export function printOption(option: Option): string {
  const { definition, negation, values } = option;
  const gap = definition?.wideGap === true ? '  ' : ' ';
  const kind = definition?.kind ?? null;
  const words = [
    printName(canonicalName(option)),
    ...values.map((value) => printValue(kind, value.text)),
  ].join(gap);
  return negation === null ? words : `! ${words}`;
}

/** A value of an option as iptables-save writes it; `kind` null for one of which nothing is known. */
export function printValue(kind: ValueKind | null, text: string): string {
  return kind === 'text' ? printText(text) : printWord(text);
}

/** The name of an option that nobody knows. */
function printName(text: string): string {
  return /[\s"]/.test(text) ? quote(text) : text;
}

/** Free text as `xtables_save_string` of libxtables/xtables.c writes it: quoted unless it is one plain name. */
function printText(text: string): string {
  return /^[\w-]+$/.test(text) ? text : quote(text);
}

/** A value that iptables writes as it is; only what would be read back as something else is quoted. */
function printWord(text: string): string {
  const plain = text !== '' && text !== '!' && !/[\s"]|^-[a-z-]/i.test(text);
  return plain ? text : quote(text);
}

/** `it's` → `"it\'s"` */
function quote(text: string): string {
  return `"${text.replaceAll(/["'\\]/g, String.raw`\$&`)}"`;
}
