import { type Hover, MarkupKind } from 'vscode-languageserver-types';
import { touches } from '../../text/span.ts';
import { chainWordAt } from '../chains.ts';
import { type HoverContext, type HoverText, familyOf } from './context.ts';
import { chainHover } from './chainHover.ts';
import { extensionHover } from './extensionHover.ts';
import { lineHover } from './lineHover.ts';
import { optionHover } from './optionHover.ts';
import { ruleHover } from './ruleHover.ts';

/** What stands at `offset`: a chain, an option or its value, an extension, else the whole rule. */
export function hoverAt(context: HoverContext, offset: number): Hover | null {
  const found = textAt(context, offset);
  if (found === null || found.markdown === '') return null;
  return {
    contents: { kind: MarkupKind.Markdown, value: found.markdown },
    range: context.document.rangeOf(found.span),
  };
}

function textAt(context: HoverContext, offset: number): HoverText | null {
  const { document } = context;
  const chain = chainWordAt(document, offset);
  if (chain !== null) return chainHover(context, chain);
  const statement = document.statementAt(offset);
  const ofLine = statement === null ? null : lineHover(document, statement, offset);
  if (ofLine !== null) return ofLine;
  const rule = document.ruleAt(offset);
  const table = document.tableAt(offset);
  if (rule === null || table === null) return null;
  const place = { table, rule, family: familyOf(context, table) };
  for (const option of [...rule.general, ...rule.unknown]) {
    if (touches(option, offset)) return optionHover(context, place, option, offset);
  }
  for (const extension of rule.target === null ? rule.matches : [...rule.matches, rule.target]) {
    const option = extension.options.find((each) => touches(each, offset));
    if (option !== undefined) return optionHover(context, place, option, offset);
    if (touches(extension.name, offset)) return extensionHover(extension);
  }
  return ruleHover(context, place);
}
