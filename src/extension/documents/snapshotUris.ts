/** Where the files of a node's snapshot are: in a folder under their own names, or live under those of `liveUri.ts`. */
import * as vscode from 'vscode';
import { livePath, liveScheme, readLivePath, type LiveAddress } from '../../protocol/liveUri.ts';

/** The node's file `name` (`ip-addr.json`) beside `file`. */
export function beside(file: vscode.Uri, name: string): vscode.Uri {
  const address = liveAddress(file);
  return address === null ? vscode.Uri.joinPath(file, '..', name) : liveUri({ ...address, file: name });
}

/** What a live document shows; null for any other document. */
export function liveAddress(uri: vscode.Uri): LiveAddress | null {
  return uri.scheme === liveScheme ? readLivePath(uri.path) : null;
}

/** The document of a live node's file: `kube-proxy:/kind-dev/node-1/iptables-save`. */
export function liveUri(address: LiveAddress): vscode.Uri {
  return vscode.Uri.from({ scheme: liveScheme, path: livePath(address) });
}
