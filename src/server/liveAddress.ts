import { type LiveAddress, liveScheme, readLivePath } from '../protocol/liveUri.ts';

/** `kube-proxy:/kind-dev/node-1/iptables-save` → its parts; null for a document that is no live node's. */
export function liveAddressOf(uri: string): LiveAddress | null {
  const prefix = `${liveScheme}:`;
  if (!uri.startsWith(prefix)) return null;
  const [path = ''] = uri.slice(prefix.length).split(/[?#]/);
  try {
    return readLivePath(decodeURIComponent(path));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
