/** Where the rules of a cluster's other nodes lie, seen from a document of one of them. */
import { isNodeName } from '../kubeproxy/ownNode.ts';
import { livePath, liveScheme } from '../protocol/liveUri.ts';
import { liveAddressOf } from './liveAddress.ts';

/**
 * The document of the rules of `node`, for one of the node called `own`: in a live context, or where snapshots lie side by
 * side in folders that are called as their nodes (`…/node-1/iptables-save.txt`). Null where it would be nowhere.
 */
export function rulesUriOf(uri: string, own: string | null, node: string): string | null {
  const live = liveAddressOf(uri);
  if (live !== null) {
    const file = live.file === 'ip6tables-save.txt' ? live.file : 'iptables-save.txt';
    const path = livePath({ context: live.context, node, file });
    return `${liveScheme}:${path.split('/').map(encodeURIComponent).join('/')}`;
  }
  const [, before, folder, file] = /^([^?#]*\/)([^/?#]+)\/([^/?#]+)$/.exec(uri) ?? [];
  const isSideBySide = folder === own && isNodeName(node);
  return before === undefined || !isSideBySide ? null : `${before}${node}/${file}`;
}

/** Whether two addresses are one document: an editor may encode more of a path than is needed. */
export function isSameDocument(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [liveAddressOf(one), liveAddressOf(other)];
  return a !== null && b !== null && a.context === b.context && a.node === b.node && a.file === b.file;
}
