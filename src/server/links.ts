import type { DocumentCommand } from '../language/codeActions.ts';
import type { ServiceCommand } from '../language/serviceActions.ts';
import type { CommandLinks, LensCommand } from '../language/links.ts';
import {
  convertListingCommand,
  type ConvertListingArgument,
  diagnoseServiceCommand,
  type DiagnoseServiceArgument,
  openObjectCommand,
  type OpenObjectArgument,
  type ShowInTreeArgument,
  showInTreeCommand,
  showReferencesCommand,
  type ShowReferencesArgument,
  type TracePacketArgument,
  tracePacketCommand,
  useLineFeedsCommand,
  type UseLineFeedsArgument,
} from '../protocol/commands.ts';
import { liveAddressOf } from './liveAddress.ts';

/** Links to the extension's commands: our own constant ids, with arguments as encoded JSON. */
export const commandLinks: CommandLinks = {
  trace: (argument) => link(tracePacketCommand, argument satisfies TracePacketArgument),
  diagnose: (argument) => link(diagnoseServiceCommand, argument satisfies DiagnoseServiceArgument),
  showInTree: (argument) => link(showInTreeCommand, argument satisfies ShowInTreeArgument),
  openObject: ({ uri, ...object }) => {
    const context = liveAddressOf(uri)?.context;
    if (context === undefined) return null;
    return link(openObjectCommand, { context, ...object } satisfies OpenObjectArgument);
  },
  references: (argument) => link(showReferencesCommand, argument satisfies ShowReferencesArgument),
};

/**
 * Parentheses are encoded as well: they would end a Markdown link. Percent signs are encoded twice, since VS Code decodes
 * twice (CommandOpener: `decodeURIComponent(URI.parse(link).query)`), and a live document's URI holds some that must stay.
 */
function link(command: string, argument: object): string {
  const encoded = encodeURIComponent(JSON.stringify([argument]).replaceAll('%', '%25'))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  return `command:${command}?${encoded}`;
}

/** What the lens above a Service chain runs. */
const traceLens: LensCommand = {
  command: tracePacketCommand,
  argument: (uri, packet): TracePacketArgument => ({ uri, ...packet }),
};

/** What the code action of a listing runs. */
const convertListing: DocumentCommand = {
  command: convertListingCommand,
  argument: (uri): ConvertListingArgument => ({ uri }),
};

/** What the code action of a text with the line endings of Windows runs. */
const useLineFeeds: DocumentCommand = {
  command: useLineFeedsCommand,
  argument: (uri): UseLineFeedsArgument => ({ uri }),
};

/** What the action beside a problem of a Service runs. */
const diagnoseAction: ServiceCommand = {
  command: diagnoseServiceCommand,
  argument: (uri, service): DiagnoseServiceArgument => ({ uri, service }),
};

/** What an editor can run beside LSP; null for what it cannot. */
export interface EditorCommands {
  readonly links: CommandLinks | null;
  readonly trace: LensCommand | null;
  readonly convert: DocumentCommand | null;
  readonly lineFeeds: DocumentCommand | null;
  readonly diagnose: ServiceCommand | null;
}

/** Our extension's. */
export const ourCommands: EditorCommands = {
  links: commandLinks,
  trace: traceLens,
  convert: convertListing,
  lineFeeds: useLineFeeds,
  diagnose: diagnoseAction,
};

/** Any other editor's. */
export const noCommands: EditorCommands = {
  links: null,
  trace: null,
  convert: null,
  lineFeeds: null,
  diagnose: null,
};
