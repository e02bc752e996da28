import * as vscode from 'vscode';
import type { UseLineFeedsArgument } from '../../protocol/commands.ts';

/** Ends the lines of a document with LF, as iptables-restore wants them; edits of text cannot, since an editor gives them its own. */
export async function useLineFeeds({ uri }: UseLineFeedsArgument): Promise<void> {
  const editor = await vscode.window.showTextDocument(vscode.Uri.parse(uri, true));
  await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.LF));
}
