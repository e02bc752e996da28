/** The features of nftables, as those of iptables; what a language of rules without chains of kube-proxy has not is empty. */
import { type ActionCommands, codeActions } from '../codeActions.ts';
import type { IptablesLanguageService } from '../languageService.ts';
import type { RulesDocument } from '../rulesDocument.ts';
import { nftCompletions } from './completion/completion.ts';
import { nftFindings } from './findings.ts';
import { nftFormat } from './format.ts';
import { nftHover } from './hover.ts';
import { nftDefinition, nftHighlights, nftReferences, nftRename, nftRenamePlace } from './navigation.ts';
import { NftDocument } from './nftDocument.ts';
import { nftSelectionRange } from './selectionRanges.ts';
import { nftFolds, nftSymbols, nftWorkspaceSymbols } from './structure.ts';
import { nftSemanticTokens } from './tokens.ts';
import { atOnce } from '../../values/steps.ts';

/** No fix of nftables needs more than an edit. */
const noCommands: ActionCommands = { convert: null, lineFeeds: null };

/** What answers by the text of one language. */
type Features = Pick<
  IptablesLanguageService,
  | 'findings'
  | 'codeActions'
  | 'format'
  | 'symbols'
  | 'workspaceSymbols'
  | 'folds'
  | 'semanticTokens'
  | 'hover'
  | 'definition'
  | 'references'
  | 'highlights'
  | 'completions'
  | 'selectionRange'
  | 'renamePlace'
  | 'rename'
>;

/** `iptables` for its documents, and those of nftables by the functions of this folder. */
export function withNftables(iptables: IptablesLanguageService): IptablesLanguageService {
  const features: Features = {
    findings: (document) => (isNft(document) ? atOnce(nftFindings(document)) : iptables.findings(document)),
    codeActions: (document, request) =>
      isNft(document)
        ? codeActions(document, request, noCommands, () => atOnce(nftFindings(document)))
        : iptables.codeActions(document, request),
    format: (document, range) =>
      isNft(document) ? nftFormat(document, range) : iptables.format(document, range),
    symbols: (document, analysis) =>
      isNft(document) ? atOnce(nftSymbols(document)) : iptables.symbols(document, analysis),
    workspaceSymbols: (document, analysis, query) =>
      isNft(document)
        ? nftWorkspaceSymbols(document, query)
        : iptables.workspaceSymbols(document, analysis, query),
    folds: (document) => (isNft(document) ? atOnce(nftFolds(document)) : iptables.folds(document)),
    semanticTokens: (document, range) =>
      isNft(document) ? nftSemanticTokens(document, range) : iptables.semanticTokens(document, range),
    hover: (document, analysis, position) =>
      isNft(document)
        ? nftHover(document, analysis, document.offsetAt(position))
        : iptables.hover(document, analysis, position),
    definition: (document, position) =>
      isNft(document)
        ? nftDefinition(document, document.offsetAt(position))
        : iptables.definition(document, position),
    references: (document, position, options) =>
      isNft(document)
        ? nftReferences(document, document.offsetAt(position), options)
        : iptables.references(document, position, options),
    highlights: (document, position) =>
      isNft(document)
        ? nftHighlights(document, document.offsetAt(position))
        : iptables.highlights(document, position),
    completions: (request, snippets) =>
      isNft(request.document)
        ? nftCompletions(request.document, request.offset, request.names.addresses)
        : iptables.completions(request, snippets),
    selectionRange: (document, position) =>
      isNft(document)
        ? nftSelectionRange(document, document.offsetAt(position))
        : iptables.selectionRange(document, position),
    renamePlace: (document, position) =>
      isNft(document)
        ? nftRenamePlace(document, document.offsetAt(position))
        : iptables.renamePlace(document, position),
    rename: (document, position, name) =>
      isNft(document)
        ? nftRename(document, document.offsetAt(position), name)
        : iptables.rename(document, position, name),
  };
  return Object.freeze({ ...iptables, ...features });
}

function isNft(document: RulesDocument): document is NftDocument {
  return document instanceof NftDocument;
}
