/** The features of texts of ipvsadm; what a list without rules has not is empty. */
import type { IptablesLanguageService } from '../languageService.ts';
import { ipvsCompletions } from './completion.ts';
import { ipvsHover } from './hover.ts';
import { IpvsDocument } from './ipvsDocument.ts';
import { ipvsFolds, ipvsSymbols } from './structure.ts';
import { ipvsSemanticTokens } from './tokens.ts';
import { atOnce } from '../../values/steps.ts';

/** `others` for their documents, and those of ipvsadm by the functions of this folder. */
export function withIpvs(others: IptablesLanguageService): IptablesLanguageService {
  return Object.freeze({
    ...others,
    symbols: (document, analysis) =>
      document instanceof IpvsDocument ? ipvsSymbols(document, analysis) : others.symbols(document, analysis),
    folds: (document) =>
      document instanceof IpvsDocument ? atOnce(ipvsFolds(document)) : others.folds(document),
    hover: (document, analysis, position) =>
      document instanceof IpvsDocument
        ? ipvsHover(document, analysis, document.offsetAt(position))
        : others.hover(document, analysis, position),
    semanticTokens: (document, range) =>
      document instanceof IpvsDocument
        ? ipvsSemanticTokens(document, range)
        : others.semanticTokens(document, range),
    completions: (request, snippets) =>
      request.document instanceof IpvsDocument
        ? ipvsCompletions(request.document, request.offset, request.names.addresses)
        : others.completions(request, snippets),
  } satisfies IptablesLanguageService);
}
