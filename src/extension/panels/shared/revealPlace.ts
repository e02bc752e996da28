/** Shows in an editor what a panel is about. */
import type * as vscode from 'vscode';
import type { TextLocation } from '../../../protocol/requests.ts';
import { revealLocation } from '../../commands/revealLocation.ts';
import { shownPlace } from '../../commands/shownPlace.ts';
import type { RulesServer } from '../../rulesServer.ts';
import type { RuleHighlight } from './ruleHighlight.ts';

interface Shows {
  readonly server: RulesServer;
  readonly highlight: RuleHighlight;
}

/** Marks the line, where an editor shows it; answers where it is shown. */
export async function highlightPlace(
  { server, highlight }: Shows,
  location: TextLocation,
): Promise<TextLocation> {
  const shown = await shownPlace(server, location);
  highlight.show(shown);
  return shown;
}

/** Marks the line and goes there, in a column beside the panel's. */
export async function revealPlace(
  shows: Shows,
  location: TextLocation,
  panel: vscode.ViewColumn | undefined,
): Promise<void> {
  await revealLocation(await highlightPlace(shows, location), { beside: panel });
}
