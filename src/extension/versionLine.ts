/** Which versions run: the first line of a log, for who reads a report of a bug. Nothing of the user's is in it. */
import * as vscode from 'vscode';

/** `kube-proxy Explorer 0.2.0, VS Code 1.139.1, linux x64, Node 24.1.0`. `machine`: what the platform knows of itself. */
export function versionLine({ packageJSON }: vscode.Extension<unknown>, ...machine: string[]): string {
  const { version }: { version: string } = packageJSON;
  const { remoteName } = vscode.env;
  const remote = remoteName === undefined ? [] : [`remote: ${remoteName.split('+')[0] ?? ''}`];
  const host = vscode.env.uiKind === vscode.UIKind.Web ? ['in a browser'] : [];
  return [`kube-proxy Explorer ${version}`, `VS Code ${vscode.version}`, ...host, ...remote, ...machine].join(
    ', ',
  );
}
