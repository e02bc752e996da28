import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Option, Word } from '../../rules/iptables/nodes.ts';
import { touches } from '../../text/span.ts';
import { code, paragraphs } from '../markdown.ts';
import { addressesIn, ownersOf } from './addresses.ts';
import type { HoverContext, HoverText, RuleIn } from './context.ts';
import { nodeWords } from './valueHover.ts';
import { MARK_OPTIONS } from './marks.ts';
import { markOwners } from './markOwners.ts';
import { meaningOf } from './optionMeaning.ts';

/** An option: what it does in this rule, who has the addresses in it, then its syntax. */
export function optionHover(context: HoverContext, place: RuleIn, option: Option, offset: number): HoverText {
  const { definition } = option;
  if (definition === null) {
    return {
      span: option,
      markdown: `${code(option.name.text)} is an option that this program does not know.`,
    };
  }
  const value = option.values.find((each) => touches(each, offset));
  return {
    span: value ?? option,
    markdown: paragraphs([
      meaningOf(context, place, option, definition),
      ...option.values.flatMap((each) => ownerLines(context, each)),
      ...nodeWords(context.analysis, place.rule, option),
      ...(MARK_OPTIONS.has(definition.name)
        ? option.values.flatMap((each) => markOwners(context.analysis, place.family, each.text))
        : []),
      `${code(optionSyntax(definition))} · ${definition.doc}`,
    ]),
  };
}

/** `[!] --dport VALUE` */
export function optionSyntax(definition: OptionDefinition): string {
  const { keywords } = definition;
  const value = keywords.length > 0 && keywords.length <= 6 ? keywords.join('|') : 'VALUE';
  const values = Array.from({ length: definition.values }, () => value);
  return [...(definition.negatable ? ['[!]'] : []), definition.name, ...values].join(' ');
}

function ownerLines(context: HoverContext, value: Word): string[] {
  return addressesIn(value.text).flatMap((address) => {
    const owners = ownersOf(context.analysis, address);
    return owners === '' ? [] : [`${code(address)} is ${owners}.`];
  });
}
