/** What options, matches and targets are called, whatever spelling a rule uses: the one place where a spelling is resolved. */
import type { Option, Word } from './nodes.ts';

/** A node that is named by a word of the rule, and perhaps known to the catalogue. */
interface Named {
  readonly name: Word;
  readonly definition: { readonly name: string } | null;
}

/**
 * The name as iptables-save prints it: `--dpo`, `--destination-port` → `--dport`, `-m icmpv6` → `icmp6`; as written
 * where the catalogue does not know it.
 */
export function canonicalName({ name, definition }: Named): string {
  return definition?.name ?? name.text;
}

/** The first option of this canonical name; null without one. */
export function optionNamed(options: readonly Option[], name: string): Option | null {
  return options.find((option) => canonicalName(option) === name) ?? null;
}

/** `! --dport 80`: the option in words, by its canonical name. */
export function optionWords(option: Option): string {
  const words = [canonicalName(option), ...option.values.map((value) => value.text)];
  return (option.negation === null ? words : ['!', ...words]).join(' ');
}
