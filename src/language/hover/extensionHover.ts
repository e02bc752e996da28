import type { MatchDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Match, Target } from '../../rules/iptables/nodes.ts';
import { code, escaped, paragraphs } from '../markdown.ts';
import { listed } from '../words.ts';
import type { HoverText } from './context.ts';

/** A match or target extension: what it is for, where it may be used, its options. */
export function extensionHover(extension: Match | Target): HoverText {
  const name = extension.name.text;
  const isMatch = extension.kind === 'match';
  const { definition } = extension;
  const what = isMatch ? 'match' : 'target';
  if (definition === null) {
    return { span: extension.name, markdown: `${code(name)} is a ${what} that this program does not know.` };
  }
  return { span: extension.name, markdown: extensionWords(definition, what) };
}

/** What a match or target is for, where it may be used, its options; Markdown. */
export function extensionWords(definition: MatchDefinition, what: 'match' | 'target'): string {
  const options = definition.options.map((option) => code(option.name));
  return paragraphs([
    `**${escaped(definition.name)}** · ${what} · ${definition.doc}`,
    definition.protocols === null ? '' : `Needs ${code(`-p ${definition.protocols.join('|')}`)}.`,
    definition.tables === null ? '' : `Works in table ${listed(definition.tables)}.`,
    definition.hooks === null ? '' : `Works for packets of ${listed(definition.hooks)}.`,
    options.length === 0 ? '' : `Options: ${options.join(', ')}`,
  ]);
}
