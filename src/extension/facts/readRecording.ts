/** Recorded packets out of a file, beside the trace of each. */
import * as vscode from 'vscode';
import { type Recording, recordingRequest } from '../../protocol/recording.ts';
import type { RulesServer } from '../rulesServer.ts';
import { base64Of } from '../base64.ts';

/** A larger file is not read: it would pass through this process several times. */
const MOST_BYTES = 64 * 1024 * 1024;

/** `rules`: the document of the rules that the packets are traced through. */
export async function readRecording(
  server: RulesServer,
  rules: string,
  file: vscode.Uri,
  token?: vscode.CancellationToken,
): Promise<Recording> {
  const bytes = await bytesOf(file);
  if (typeof bytes === 'string') return { kind: 'nothing', message: bytes };
  return server.request(recordingRequest, { uri: rules, bytes: base64Of(bytes) }, token);
}

/** An open editor's text wins over what is on the disk. A sentence where there is none. */
async function bytesOf(uri: vscode.Uri): Promise<Uint8Array | string> {
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (open !== undefined && (open.isDirty || open.isUntitled))
    return new TextEncoder().encode(open.getText());
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_BYTES) return vscode.l10n.t('It is larger than the 64 MiB that are read.');
    return await vscode.workspace.fs.readFile(uri);
  } catch {
    return vscode.l10n.t('It is not there any more, or cannot be read.');
  }
}
