/** What an editor shows beside the item that is chosen at the moment. */
import { findMatch } from '../../rules/iptables/catalogue/matches.ts';
import { findGeneralOption, findOption } from '../../rules/iptables/catalogue/options.ts';
import { findTarget } from '../../rules/iptables/catalogue/targets.ts';
import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import { protocolMatch } from '../../rules/iptables/parsing/protocols.ts';
import { addressesIn, ownersOf } from '../hover/addresses.ts';
import { chainHover } from '../hover/chainHover.ts';
import type { HoverContext } from '../hover/context.ts';
import { extensionWords } from '../hover/extensionHover.ts';
import { optionSyntax } from '../hover/optionHover.ts';
import { code, paragraphs } from '../markdown.ts';
import type { ItemData } from './itemData.ts';

/** Markdown; empty where nothing is known. */
export function documentationOf(data: ItemData, context: HoverContext | null): string {
  switch (data.kind) {
    case 'match': {
      const definition = findMatch(data.name);
      return definition === null ? '' : extensionWords(definition, 'match');
    }
    case 'target': {
      const definition = findTarget(data.name);
      return definition === null ? '' : extensionWords(definition, 'target');
    }
    case 'option':
      return optionWords(optionOf(data.name, data.loaded));
    case 'chain':
      return context === null ? '' : chainWords(data, context);
    case 'value':
      return paragraphs([valueWords(data.value, context)]);
    default:
      return '';
  }
}

function optionOf(name: string, loaded: readonly string[]): OptionDefinition | null {
  for (const each of loaded.toReversed()) {
    for (const extension of [findMatch(each), findTarget(each), findMatch(protocolMatch(each))]) {
      const option = extension === null ? null : findOption(extension, name);
      if (option !== null) return option;
    }
  }
  return findGeneralOption(name);
}

function optionWords(option: OptionDefinition | null): string {
  return option === null ? '' : `${code(optionSyntax(option))} · ${option.doc}`;
}

function chainWords({ name, table: wanted }: ItemData, context: HoverContext): string {
  const table = context.document.ruleset.tables.find((each) => each.name === wanted && each.chains.has(name));
  const chain = table?.chains.get(name);
  const word = chain?.declaration?.name ?? chain?.rules[0]?.chain;
  if (table === undefined || word === undefined) return '';
  return chainHover(context, { table, word, role: 'declaration' }).markdown;
}

function valueWords(value: string, context: HoverContext | null): string {
  if (context === null) return '';
  return addressesIn(value)
    .flatMap((address) => {
      const owners = ownersOf(context.analysis, address);
      return owners === '' ? [] : [`${code(address)} is ${owners}.`];
    })
    .join('\n\n');
}
