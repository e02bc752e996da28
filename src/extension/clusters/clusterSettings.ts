/** The settings about clusters. A workspace cannot set those that name a file or a program (scope `machine`). */
import * as vscode from 'vscode';
import { isRecord } from '../../text/json.ts';

const section = 'kubeProxy.clusters';

/** The user's own command for a context: argv, with `{node}` for the node's name; null where there is none. */
export function commandFor(context: string): readonly string[] | null {
  const commands = vscode.workspace.getConfiguration(section).get<unknown>('commands');
  const argv = isRecord(commands) && Object.hasOwn(commands, context) ? commands[context] : null;
  if (!Array.isArray(argv) || argv.length === 0) return null;
  return argv.every((word) => typeof word === 'string') ? argv : null;
}

/** The image of a debug Pod; null for the one that we choose. */
export function debugImage(): string | null {
  const image = vscode.workspace.getConfiguration(section).get<string>('debugImage') ?? '';
  return image.trim() === '' ? null : image.trim();
}

/** In milliseconds; null = not by itself. */
export function refreshInterval(): number | null {
  const seconds = vscode.workspace.getConfiguration(section).get<number>('refreshInterval') ?? 0;
  return seconds > 0 ? Math.max(seconds, 2) * 1000 : null;
}
