/** How a command line names the rules of a document. */
import type { RulesNamed } from '../kubeproxy/narrative/toCommandLine.ts';
import { liveAddressOf } from './liveAddress.ts';

/** A live node by its context and name, a file by its path. */
export function rulesNamed(uri: string): RulesNamed {
  const live = liveAddressOf(uri);
  return live?.node === undefined || live.node === null
    ? pathOf(uri)
    : { context: live.context, node: live.node };
}

/** `file:///tmp/a%20b.txt` → `/tmp/a b.txt`; another scheme keeps its address. A percent sign that encodes nothing stays. */
function pathOf(uri: string): string {
  if (!uri.startsWith('file://')) return uri;
  const path = uri.slice('file://'.length).replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25');
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
